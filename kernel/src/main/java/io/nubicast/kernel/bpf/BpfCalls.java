package io.nubicast.kernel.bpf;

import io.nubicast.kernel.sys.Errno;
import io.nubicast.kernel.sys.RareCalls;
import io.nubicast.kernel.sys.Scratch;
import io.nubicast.kernel.sys.Structs;
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
    static final int LINK_CREATE = 28;
    static final int LINK_UPDATE = 29;

    /// BPF_OBJ_NAME_LEN with its final zero
    private static final int NAME_BYTES = 16;
    private static final int RLIMIT_MEMLOCK = 8;
    private static final long RLIM_INFINITY = -1;

    private BpfCalls() {}

    /// The call's result, or `-errno`.
    static int call(int command, MemorySegment attributes, StructLayout layout) {
        return RareCalls.bpf(Scratch.capture(), command, attributes, (int) layout.byteSize());
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

    /// Writes an object's name, as `bpftool` shows it.
    ///
    /// @param name letters, digits, `_` and `.`; cut off after 15
    static void name(MemorySegment attributes, long offset, String name) {
        byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        MemorySegment.copy(bytes, 0, attributes, ValueLayout.JAVA_BYTE, offset, Math.min(bytes.length, NAME_BYTES - 1));
    }
}
