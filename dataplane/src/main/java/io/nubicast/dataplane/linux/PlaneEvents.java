package io.nubicast.dataplane.linux;

import io.nubicast.forwarding.PlaneEvent;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;

/// A bounded queue of events, each cause once. Any thread.
public final class PlaneEvents {
    private static final int CAPACITY = 256;
    private static final int CAUSES = 4096;

    private final Queue<PlaneEvent> queue = new ArrayDeque<>();
    private final Set<PlaneEvent> told = new HashSet<>();
    private long lost;

    /// Queues the event unless an equal one was told before. When the queue is full the oldest goes.
    public synchronized void add(PlaneEvent event) {
        if (told.size() >= CAUSES) {
            told.clear();
        }
        if (!told.add(event)) {
            return;
        }
        if (queue.size() >= CAPACITY) {
            queue.remove();
            lost++;
        }
        queue.add(event);
    }

    public synchronized Optional<PlaneEvent> poll() {
        return Optional.ofNullable(queue.poll());
    }

    /// Events that had to go unread.
    public synchronized long lost() {
        return lost;
    }
}
