package io.nubicast.kernel.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A little memory of the calling thread for cold calls: arguments and the captured errno. Valid until the thread's next cold
/// call; never for the hot path, which brings its own.
public final class Scratch {
    /// Enough for any option or socket address used here.
    public static final int BYTES = 256;

    private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);

    private final MemorySegment capture = SystemCalls.newCapture(Arena.ofAuto());
    private final MemorySegment memory = Arena.ofAuto().allocate(BYTES, 16);

    private Scratch() {}

    /// Where the calling thread's errno is captured.
    public static MemorySegment capture() {
        return OF_THREAD.get().capture;
    }

    /// [#BYTES] zeroed bytes.
    public static MemorySegment memory() {
        return OF_THREAD.get().memory.fill((byte) 0);
    }
}
