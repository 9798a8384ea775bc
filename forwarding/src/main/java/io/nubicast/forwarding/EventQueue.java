package io.nubicast.forwarding;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;

/// The bounded queue behind [DataPlane#pollEvent()]: when it is full the oldest event goes and is counted. Any thread; events are
/// rare, so a lock is enough.
public final class EventQueue {
    private final int capacity;
    private final Queue<PlaneEvent> events = new ArrayDeque<>();
    private long lost;

    /// An empty queue.
    ///
    /// @param capacity the most events that wait, at least 1
    public EventQueue(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity " + capacity);
        }
        this.capacity = capacity;
    }

    public synchronized void add(PlaneEvent event) {
        if (events.size() == capacity) {
            events.remove();
            lost++;
        }
        events.add(event);
    }

    /// The oldest event. Never blocks.
    public synchronized Optional<PlaneEvent> poll() {
        return Optional.ofNullable(events.poll());
    }

    /// Events that were dropped because nobody polled.
    public synchronized long lost() {
        return lost;
    }
}
