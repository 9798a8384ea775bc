package io.nubicast.kernel.socket;

import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.kernel.sys.Errno;
import io.nubicast.kernel.sys.Structs;
import io.nubicast.kernel.sys.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// poll(2) over a fixed number of places, for readable descriptors. Allocates nothing after construction. One thread.
public final class Poller {
    private static final long POLLFD_BYTES = Structs.POLLFD.byteSize();
    private static final long REVENTS = Structs.offset(Structs.POLLFD, "revents");
    private static final long EVENTS = Structs.offset(Structs.POLLFD, "events");
    private static final short POLLIN = 1;

    private final MemorySegment capture;
    private final MemorySegment places;
    private final int capacity;
    private int used;

    /// Room for that many descriptors.
    ///
    /// @param arena lives as long as the poller
    public Poller(Arena arena, int capacity) {
        this.capacity = capacity;
        capture = SystemCalls.newCapture(arena);
        places = arena.allocate(Math.max(1, capacity) * POLLFD_BYTES, 8);
    }

    /// Forgets all descriptors.
    public void clear() {
        used = 0;
    }

    /// Watches one more; its place is the number of those added before it.
    public void add(Descriptor descriptor) {
        add(descriptor.fd());
    }

    /// Takes a place that is never ready.
    public void addNone() {
        add(-1);
    }

    /// [#add(Descriptor)] by number, for what its owner keeps open.
    public void add(int fd) {
        if (used == capacity) {
            throw new IllegalStateException("room for " + capacity + " descriptors only");
        }
        long at = used++ * POLLFD_BYTES;
        places.set(ValueLayout.JAVA_INT, at, fd);
        places.set(ValueLayout.JAVA_SHORT, at + EVENTS, POLLIN);
        places.set(ValueLayout.JAVA_SHORT, at + REVENTS, (short) 0);
    }

    /// Waits until one is readable or in error.
    ///
    /// @param timeoutMs 0 looks only, -1 waits for ever
    /// @return how many are ready, 0 after the timeout or a signal, else `-errno`
    public int poll(int timeoutMs) {
        int ready = SystemCalls.poll(capture, places, used, timeoutMs);
        if (ready < 0) {
            // A failed poll leaves the old answers behind.
            for (int place = 0; place < used; place++) {
                places.set(ValueLayout.JAVA_SHORT, place * POLLFD_BYTES + REVENTS, (short) 0);
            }
        }
        return ready == -Errno.EINTR ? 0 : ready;
    }

    /// Whether the descriptor at this place can be read, or has an error to read.
    public boolean isReady(int place) {
        return places.get(ValueLayout.JAVA_SHORT, place * POLLFD_BYTES + REVENTS) != 0;
    }
}
