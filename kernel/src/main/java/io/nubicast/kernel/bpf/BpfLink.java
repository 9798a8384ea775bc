package io.nubicast.kernel.bpf;

import static io.nubicast.kernel.sys.SystemCalls.check;

import io.nubicast.kernel.netlink.TrafficControl;
import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.kernel.sys.Scratch;
import io.nubicast.kernel.sys.Structs;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.kernel.sys.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.util.Locale;

/// A program at work. It ends when the link is closed, also by the end of the process, however that comes. The program and its
/// maps may be closed before: the link keeps them.
public final class BpfLink extends Descriptor {
    private static final int O_CLOEXEC = 02000000;
    private static final int BPF_LINK_TYPE_TCX = 11;
    private static final String NAMESPACE = "/proc/thread-self/ns/net";

    /// Which packets of an interface.
    public enum Direction {
        /// What it receives.
        INGRESS(46, TrafficControl.INGRESS),
        /// What it sends.
        EGRESS(47, TrafficControl.EGRESS);

        /// BPF_TCX_INGRESS, BPF_TCX_EGRESS
        final int tcx;
        /// of a filter
        final int parent;

        Direction(int tcx, int parent) {
            this.tcx = tcx;
            this.parent = parent;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private BpfLink(int fd) {
        super(fd);
    }

    /// Attaches a program of type [BpfProgram.Type#SK_LOOKUP] to the calling thread's network namespace. Several may be
    /// attached there; all run.
    ///
    /// @throws SystemCallException EPERM without CAP_NET_ADMIN in that namespace, E2BIG when 64 are attached already
    public static BpfLink toNetworkNamespace(BpfProgram program) throws SystemCallException {
        if (program.type() != BpfProgram.Type.SK_LOOKUP) {
            throw new IllegalArgumentException(program.type() + " is not for a network namespace");
        }
        try (Arena arena = Arena.ofConfined()) {
            int namespace = check("open " + NAMESPACE,
                    SystemCalls.open(Scratch.capture(), arena.allocateFrom(NAMESPACE), O_CLOEXEC));
            try {
                return create("bpf BPF_LINK_CREATE", program, namespace, program.attachType());
            } finally {
                SystemCalls.close(Scratch.capture(), namespace);
            }
        }
    }

    /// Attaches a program of type [BpfProgram.Type#SCHED_CLS] to an interface, by TCX (Linux 6.6). Several may be attached
    /// there; they run in the order they came, as long as each answers TCX_NEXT.
    ///
    /// @param interfaceIndex of an interface in the calling thread's network namespace
    /// @throws SystemCallException EINVAL on an older kernel, ENODEV when there is no such interface, EEXIST when this very program
    ///         is there already, EPERM without CAP_NET_ADMIN
    public static BpfLink toInterface(BpfProgram program, int interfaceIndex, Direction direction)
            throws SystemCallException {
        if (program.type() != BpfProgram.Type.SCHED_CLS) {
            throw new IllegalArgumentException(program.type() + " is not for an interface");
        }
        return create("bpf BPF_LINK_CREATE to interface " + interfaceIndex + ", " + direction, program, interfaceIndex,
                direction.tcx);
    }

    private static BpfLink create(String call, BpfProgram program, int target, int attachType)
            throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(Structs.BPF_LINK_CREATE);
            set(attributes, Structs.BPF_LINK_CREATE, "prog_fd", program.fd());
            set(attributes, Structs.BPF_LINK_CREATE, "target_fd", target);
            set(attributes, Structs.BPF_LINK_CREATE, "attach_type", attachType);
            return new BpfLink(check(call, BpfCalls.call(BpfCalls.LINK_CREATE, attributes, Structs.BPF_LINK_CREATE)));
        }
    }

    /// Puts another program of the same type in the place of this one; each packet meets the old or the new one.
    public void update(BpfProgram program) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(Structs.BPF_LINK_UPDATE);
            set(attributes, Structs.BPF_LINK_UPDATE, "link_fd", fd());
            set(attributes, Structs.BPF_LINK_UPDATE, "new_prog_fd", program.fd());
            check("bpf BPF_LINK_UPDATE", BpfCalls.call(BpfCalls.LINK_UPDATE, attributes, Structs.BPF_LINK_UPDATE));
        }
    }

    /// Takes over a descriptor of a link.
    static BpfLink adopt(int fd) {
        return new BpfLink(fd);
    }

    /// Whether this is a TCX link at that interface, which is still there.
    boolean isAt(int interfaceIndex, Direction direction) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(Structs.BPF_LINK_INFO);
            BpfCalls.info(fd(), info);
            return info.get(ValueLayout.JAVA_INT, 0) == BPF_LINK_TYPE_TCX
                    && info.get(ValueLayout.JAVA_INT,
                            Structs.offset(Structs.BPF_LINK_INFO, "ifindex")) == interfaceIndex
                    && info.get(ValueLayout.JAVA_INT,
                            Structs.offset(Structs.BPF_LINK_INFO, "attach_type")) == direction.tcx;
        }
    }

    /// Takes the program away for good, also where the link has a name or is open elsewhere (Linux 5.9).
    public void detach() throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(ValueLayout.JAVA_INT);
            attributes.set(ValueLayout.JAVA_INT, 0, fd());
            check("bpf BPF_LINK_DETACH", BpfCalls.call(BpfCalls.LINK_DETACH, attributes));
        }
    }

    private static void set(MemorySegment attributes, StructLayout layout, String field, int value) {
        attributes.set(ValueLayout.JAVA_INT, Structs.offset(layout, field), value);
    }
}
