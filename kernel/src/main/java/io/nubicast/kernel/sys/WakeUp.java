package io.nubicast.kernel.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A descriptor that any thread makes readable, to wake one that waits for descriptors (eventfd(2)).
public final class WakeUp extends Descriptor {
    private static final int EFD_CLOEXEC = 02000000;
    private static final int EFD_NONBLOCK = 04000;

    private final MemorySegment value = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG);

    private WakeUp(int fd) {
        super(fd);
    }

    public static WakeUp open() throws SystemCallException {
        return new WakeUp(SystemCalls.check("eventfd",
                RareCalls.eventfd(Scratch.capture(), 0, EFD_CLOEXEC | EFD_NONBLOCK)));
    }

    /// Makes it readable until [#clear()]. Any thread; nothing happens once it is closed.
    public void ring() {
        RareCalls.eventfdWrite(Scratch.capture(), fd(), 1);
    }

    /// Makes it unreadable. One thread.
    public void clear() {
        RareCalls.eventfdRead(Scratch.capture(), fd(), value);
    }
}
