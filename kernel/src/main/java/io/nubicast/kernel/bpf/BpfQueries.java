package io.nubicast.kernel.bpf;

import static io.nubicast.kernel.sys.SystemCalls.check;

import io.nubicast.kernel.netlink.TrafficControl;
import io.nubicast.kernel.sys.Errno;
import io.nubicast.kernel.sys.Scratch;
import io.nubicast.kernel.sys.Structs;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.kernel.sys.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What of eBPF is in the kernel, this process's own and that of others.
public final class BpfQueries {
    private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT;
    /// An interface takes 64 in each direction (BPF_MPROG_MAX).
    private static final int MOST_ATTACHED = 64;

    private BpfQueries() {}

    /// A program in the kernel.
    ///
    /// @param type as the kernel numbers it
    /// @param name as it was loaded, 15 letters at most
    public record LoadedProgram(int id, int type, String name) {}

    /// A program at an interface.
    ///
    /// @param program its id
    /// @param name its name, "" where this process may not look (CAP_SYS_ADMIN)
    /// @param link the id of the TCX link that holds it there, 0 without one
    /// @param filter of [Attachment.Mechanism#CLSACT], the name of the filter; else ""
    public record Attached(Attachment.Mechanism mechanism, int program, String name, int link, String filter) {}

    /// All programs.
    ///
    /// @throws SystemCallException EPERM without CAP_SYS_ADMIN
    public static List<LoadedProgram> programs() throws SystemCallException {
        List<LoadedProgram> found = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(Structs.BPF_GET_ID);
            long next = Structs.offset(Structs.BPF_GET_ID, "next_id");
            while (true) {
                int result = BpfCalls.call(BpfCalls.PROG_GET_NEXT_ID, attributes, Structs.BPF_GET_ID);
                if (result == -Errno.ENOENT) {
                    return found;
                }
                check("bpf BPF_PROG_GET_NEXT_ID", result);
                int id = attributes.get(I32, next);
                program(id).ifPresent(found::add);
                attributes.fill((byte) 0);
                attributes.set(I32, 0, id);
            }
        }
    }

    /// The program with that id; empty when it is gone, or this process may not look.
    public static Optional<LoadedProgram> program(int id) throws SystemCallException {
        int fd = BpfCalls.byId(BpfCalls.PROG_GET_FD_BY_ID, id);
        if (fd == -Errno.ENOENT || fd == -Errno.EPERM) {
            return Optional.empty();
        }
        check("bpf BPF_PROG_GET_FD_BY_ID " + id, fd);
        try {
            return Optional.of(programOf(fd));
        } finally {
            SystemCalls.close(Scratch.capture(), fd);
        }
    }

    static LoadedProgram programOf(int fd) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(Structs.BPF_PROG_INFO);
            BpfCalls.info(fd, info);
            return new LoadedProgram(info.get(I32, Structs.offset(Structs.BPF_PROG_INFO, "id")), info.get(I32, 0),
                    info.getString(Structs.offset(Structs.BPF_PROG_INFO, "name"), StandardCharsets.US_ASCII));
        }
    }

    /// Programs at an interface of the calling thread's network namespace, in the order they run: those of TCX come first.
    ///
    /// @throws SystemCallException ENODEV, EPERM without CAP_NET_ADMIN
    public static List<Attached> attached(int interfaceIndex, BpfLink.Direction direction) throws SystemCallException {
        List<Attached> found = new ArrayList<>();
        if (Attachment.Mechanism.TCX.missing().isEmpty()) {
            tcx(interfaceIndex, direction, found);
        }
        try (TrafficControl traffic = TrafficControl.open()) {
            for (TrafficControl.Filter filter : traffic.filters(interfaceIndex, direction.parent)) {
                found.add(new Attached(Attachment.Mechanism.CLSACT, filter.program(), nameOf(filter.program()), 0,
                        filter.name()));
            }
        }
        return found;
    }

    private static void tcx(int interfaceIndex, BpfLink.Direction direction, List<Attached> found)
            throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(Structs.BPF_PROG_QUERY);
            MemorySegment programs = arena.allocate(I32, MOST_ATTACHED);
            MemorySegment links = arena.allocate(I32, MOST_ATTACHED);
            long count = Structs.offset(Structs.BPF_PROG_QUERY, "prog_cnt");
            attributes.set(I32, count, MOST_ATTACHED);
            attributes.set(ValueLayout.JAVA_LONG, Structs.offset(Structs.BPF_PROG_QUERY, "prog_ids"),
                    programs.address());
            attributes.set(ValueLayout.JAVA_LONG, Structs.offset(Structs.BPF_PROG_QUERY, "link_ids"), links.address());
            check("bpf BPF_PROG_QUERY of interface " + interfaceIndex,
                    queryTcx(attributes, interfaceIndex, direction));
            for (int i = 0; i < attributes.get(I32, count); i++) {
                int id = programs.getAtIndex(I32, i);
                found.add(new Attached(Attachment.Mechanism.TCX, id, nameOf(id), links.getAtIndex(I32, i), ""));
            }
        }
    }

    /// Asks for TCX programs of the loopback interface, which has number 1 in every namespace.
    ///
    /// @throws SystemCallException EINVAL before Linux 6.6, EPERM without CAP_NET_ADMIN
    static void tryTcx() throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            check("bpf BPF_PROG_QUERY", queryTcx(arena.allocate(Structs.BPF_PROG_QUERY), 1, BpfLink.Direction.EGRESS));
        }
    }

    /// BPF_PROG_QUERY; with nothing more in the attributes, how many programs there are.
    private static int queryTcx(MemorySegment attributes, int interfaceIndex, BpfLink.Direction direction) {
        attributes.set(I32, Structs.offset(Structs.BPF_PROG_QUERY, "target_fd"), interfaceIndex);
        attributes.set(I32, Structs.offset(Structs.BPF_PROG_QUERY, "attach_type"), direction.tcx);
        return BpfCalls.call(BpfCalls.PROG_QUERY, attributes, Structs.BPF_PROG_QUERY);
    }

    private static String nameOf(int program) throws SystemCallException {
        return program(program).map(LoadedProgram::name).orElse("");
    }
}
