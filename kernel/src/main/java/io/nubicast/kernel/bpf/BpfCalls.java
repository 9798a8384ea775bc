package io.nubicast.kernel.bpf;

import io.nubicast.kernel.sys.Errno;
import io.nubicast.kernel.sys.RareCalls;
import io.nubicast.kernel.sys.Scratch;
import io.nubicast.kernel.sys.Structs;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.kernel.sys.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/// The commands of bpf(2) that are used.
final class BpfCalls {
    static final int MAP_CREATE = 0;
    static final int MAP_LOOKUP_ELEM = 1;
    static final int MAP_UPDATE_ELEM = 2;
    static final int MAP_DELETE_ELEM = 3;
    static final int MAP_GET_NEXT_KEY = 4;
    static final int PROG_LOAD = 5;
    static final int OBJ_PIN = 6;
    static final int OBJ_GET = 7;
    static final int PROG_GET_NEXT_ID = 11;
    static final int PROG_GET_FD_BY_ID = 13;
    static final int MAP_GET_FD_BY_ID = 14;
    static final int OBJ_GET_INFO_BY_FD = 15;
    static final int PROG_QUERY = 16;
    static final int LINK_CREATE = 28;
    static final int LINK_UPDATE = 29;
    static final int LINK_GET_FD_BY_ID = 30;
    static final int LINK_DETACH = 34;

    /// BPF_OBJ_NAME_LEN with its final zero
    private static final int NAME_BYTES = 16;
    private static final int RLIMIT_MEMLOCK = 8;
    private static final long RLIM_INFINITY = -1;

    private BpfCalls() {}

    /// The call's result, or `-errno`.
    static int call(int command, MemorySegment attributes, StructLayout layout) {
        return RareCalls.bpf(Scratch.capture(), command, attributes, (int) layout.byteSize());
    }

    /// [#call(int, MemorySegment, StructLayout)] with all of the memory.
    static int call(int command, MemorySegment attributes) {
        return RareCalls.bpf(Scratch.capture(), command, attributes, (int) attributes.byteSize());
    }

    /// [#call] for what is made of kernel memory. Before Linux 5.11 that counts as locked memory, of which a process may have
    /// little: then it gives itself more and asks again.
    static int create(int command, MemorySegment attributes, StructLayout layout) {
        int result = call(command, attributes, layout);
        if (result != -Errno.EPERM || !raiseLockedMemory()) {
            return result;
        }
        return call(command, attributes, layout);
    }

    private static boolean raiseLockedMemory() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment limit = arena.allocate(Structs.RLIMIT);
            limit.set(ValueLayout.JAVA_LONG, Structs.offset(Structs.RLIMIT, "rlim_cur"), RLIM_INFINITY);
            limit.set(ValueLayout.JAVA_LONG, Structs.offset(Structs.RLIMIT, "rlim_max"), RLIM_INFINITY);
            return RareCalls.setrlimit(Scratch.capture(), RLIMIT_MEMLOCK, limit) == 0;
        }
    }

    /// Fills in what the kernel knows of a program, map or link.
    ///
    /// @param info zeros, of a size that this or an older kernel knows
    static void info(int fd, MemorySegment info) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(Structs.BPF_OBJ_INFO);
            attributes.set(ValueLayout.JAVA_INT, Structs.offset(Structs.BPF_OBJ_INFO, "bpf_fd"), fd);
            attributes.set(ValueLayout.JAVA_INT, Structs.offset(Structs.BPF_OBJ_INFO, "info_len"),
                    (int) info.byteSize());
            attributes.set(ValueLayout.JAVA_LONG, Structs.offset(Structs.BPF_OBJ_INFO, "info"), info.address());
            SystemCalls.check("bpf BPF_OBJ_GET_INFO_BY_FD", call(OBJ_GET_INFO_BY_FD, attributes, Structs.BPF_OBJ_INFO));
        }
    }

    /// A descriptor of the program, map or link with an id, or `-errno`: EPERM without CAP_SYS_ADMIN, ENOENT when it is gone.
    static int byId(int command, int id) {
        MemorySegment attributes = Scratch.memory();
        attributes.set(ValueLayout.JAVA_INT, Structs.offset(Structs.BPF_GET_ID, "id"), id);
        return call(command, attributes, Structs.BPF_GET_ID);
    }

    /// Writes an object's name, as `bpftool` shows it.
    ///
    /// @param name letters, digits, `_` and `.`; cut off after 15
    static void name(MemorySegment attributes, long offset, String name) {
        byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        MemorySegment.copy(bytes, 0, attributes, ValueLayout.JAVA_BYTE, offset, Math.min(bytes.length, NAME_BYTES - 1));
    }
}
