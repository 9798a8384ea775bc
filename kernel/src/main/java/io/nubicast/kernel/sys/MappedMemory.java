package io.nubicast.kernel.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Memory that this process shares with whatever a descriptor stands for.
public final class MappedMemory {
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_SHARED = 1;

    private MappedMemory() {}

    /// Maps the first bytes, to read and to write.
    ///
    /// @param call for people, when it fails
    /// @param arena ends the mapping
    /// @throws SystemCallException EPERM or EACCES when it cannot be shared, ENOMEM
    @SuppressWarnings("restricted")
    public static MemorySegment shared(String call, int fd, long bytes, Arena arena) throws SystemCallException {
        long address = RareCalls.mmap(Scratch.capture(), bytes, PROT_READ_WRITE, MAP_SHARED, fd);
        if (address < 0) {
            SystemCalls.check(call, (int) address);
        }
        return MemorySegment.ofAddress(address).reinterpret(bytes, arena,
                mapping -> RareCalls.munmap(Scratch.capture(), mapping));
    }
}
