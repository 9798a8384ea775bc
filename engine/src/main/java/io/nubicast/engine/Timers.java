package io.nubicast.engine;

import java.util.ArrayList;
import java.util.List;

/// The timers of a protocol core: it is given the time, and says when it wants to be called next. One thread; no clock inside.
///
/// Timers that are due at the same time go off in the order in which they were set.
public final class Timers {
    /// What a timer does when it goes off. It may set, stop and make timers, also itself.
    @FunctionalInterface
    public interface Action {
        void run(long nowNs);
    }

    /// A timer. Stopped when new.
    public final class Timer {
        private final Action action;
        private int at = -1;
        private long dueNs;
        private long order;

        private Timer(Action action) {
            this.action = action;
        }

        /// Starts it, or moves it: it goes off once, at that time or with the first [Timers#run(long)] after it.
        public void set(long whenNs) {
            dueNs = whenNs;
            order = ++orders;
            if (at < 0) {
                at = heap.size();
                heap.add(this);
            }
            down(up(at));
        }

        /// Sets it if it is stopped, or would go off later.
        public void setAtMost(long whenNs) {
            if (at < 0 || dueNs - whenNs > 0) {
                set(whenNs);
            }
        }

        /// Sets it if it is stopped, or would go off earlier.
        public void setAtLeast(long whenNs) {
            if (at < 0 || dueNs - whenNs < 0) {
                set(whenNs);
            }
        }

        /// It does not go off any more.
        public void stop() {
            if (at >= 0) {
                remove(at);
            }
        }

        public boolean isRunning() {
            return at >= 0;
        }

        /// When it goes off; [Long#MAX_VALUE] when it is stopped.
        public long dueNs() {
            return at < 0 ? Long.MAX_VALUE : dueNs;
        }

        /// How long until it goes off, at least 0; [Long#MAX_VALUE] when it is stopped.
        public long remainingNs(long nowNs) {
            return at < 0 ? Long.MAX_VALUE : Math.max(0, dueNs - nowNs);
        }
    }

    private final List<Timer> heap = new ArrayList<>();
    private long orders;

    /// A new timer, stopped.
    public Timer timer(Action action) {
        return new Timer(action);
    }

    /// When [#run(long)] is wanted next; [Long#MAX_VALUE] while every timer is stopped.
    public long nextDeadlineNs() {
        return heap.isEmpty() ? Long.MAX_VALUE : heap.getFirst().dueNs;
    }

    /// Lets everything go off that is due. A timer that is set again to a time not after `nowNs` goes off again in the same call.
    public void run(long nowNs) {
        while (!heap.isEmpty() && heap.getFirst().dueNs - nowNs <= 0) {
            Timer first = heap.getFirst();
            remove(0);
            first.action.run(nowNs);
        }
    }

    /// How many are running.
    public int running() {
        return heap.size();
    }

    private void remove(int place) {
        heap.get(place).at = -1;
        Timer last = heap.removeLast();
        if (place < heap.size()) {
            heap.set(place, last);
            last.at = place;
            down(up(place));
        }
    }

    private int up(int place) {
        int child = place;
        while (child > 0 && before(heap.get(child), heap.get((child - 1) / 2))) {
            swap(child, (child - 1) / 2);
            child = (child - 1) / 2;
        }
        return child;
    }

    private void down(int place) {
        int parent = place;
        while (true) {
            int least = parent;
            for (int child = 2 * parent + 1; child <= 2 * parent + 2 && child < heap.size(); child++) {
                if (before(heap.get(child), heap.get(least))) {
                    least = child;
                }
            }
            if (least == parent) {
                return;
            }
            swap(parent, least);
            parent = least;
        }
    }

    private void swap(int a, int b) {
        Timer first = heap.get(a);
        Timer second = heap.get(b);
        heap.set(a, second);
        heap.set(b, first);
        second.at = a;
        first.at = b;
    }

    private static boolean before(Timer a, Timer b) {
        return a.dueNs != b.dueNs ? a.dueNs - b.dueNs < 0 : a.order - b.order < 0;
    }
}
