package io.nubicast.dataplane.forwarder;

import io.nubicast.forwarding.routing.RoutingEvent;
import io.nubicast.kernel.sys.WakeUp;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Queue;

/// What waits for the router's thread: events and IGMP packets, so many at most. Guarded by the plane's lock.
final class Outbox {
    private static final int MOST = 4_096;

    /// Something for the router.
    sealed interface Item {}

    /// An event.
    record Event(RoutingEvent event) implements Item {}

    /// An IGMP packet.
    ///
    /// @param datagram with its IP header
    record Igmp(int interfaceIndex, MemorySegment datagram) implements Item {}

    private final Queue<Item> items = new ArrayDeque<>();
    private final WakeUp bell;
    private long lost;

    Outbox(WakeUp bell) {
        this.bell = bell;
    }

    /// Adds something, if there is room.
    ///
    /// @return whether there was
    boolean add(Item item) {
        if (items.size() >= MOST) {
            lost++;
            return false;
        }
        items.add(item);
        if (items.size() == 1) {
            bell.ring();
        }
        return true;
    }

    /// Moves at most so many.
    void take(int most, Queue<Item> into) {
        for (int i = 0; i < most && !items.isEmpty(); i++) {
            into.add(items.remove());
        }
        if (items.isEmpty()) {
            bell.clear();
        }
    }

    long lost() {
        return lost;
    }

    void countLost() {
        lost++;
    }
}
