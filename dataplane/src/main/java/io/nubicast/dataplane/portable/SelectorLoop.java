package io.nubicast.dataplane.portable;

import io.nubicast.forwarding.PlaneUnavailable;
import io.nubicast.forwarding.RouteTable;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one thread of a portable plane: waits for datagrams, takes new tables between two rounds, and looks at the interfaces
/// once a second.
final class SelectorLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SelectorLoop.class);
    private static final long INTERFACES_EVERY_NS = 1_000_000_000L;
    private static final long SELECT_MILLIS = 1_000;

    /// What the plane does on the loop's thread.
    interface Duty {
        /// A new table: opens, keeps and closes channels so that they fit it.
        void apply(RouteTable table, Interfaces interfaces, Selector selector);

        /// Once a second: the interfaces may be others now, and what failed before may work.
        void follow(Interfaces interfaces, Selector selector);

        void closeAll();
    }

    /// What is attached to a key.
    interface Input {
        /// Reads what waits, up to a bound that keeps the inputs fair to each other.
        void onReadable(long nowNs);
    }

    private record Order(RouteTable table, CountDownLatch done) {}

    private final Selector selector;
    private final Duty duty;
    private final Thread thread;
    private final Consumer<SelectionKey> onKey = this::onKey;
    private final AtomicReference<@Nullable Order> order = new AtomicReference<>();
    private volatile boolean closed;
    private long nowNs;

    SelectorLoop(String name, Duty duty) throws PlaneUnavailable {
        this.duty = duty;
        try {
            selector = Selector.open();
        } catch (IOException e) {
            throw new PlaneUnavailable("no selector: " + e.getMessage(), e);
        }
        thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /// Returns when the loop serves the table, or when it is closed.
    synchronized void apply(RouteTable newTable) {
        Order mine = new Order(newTable, new CountDownLatch(1));
        order.set(mine);
        if (closed) {
            return;
        }
        selector.wakeup();
        try {
            mine.done.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        long lookNs = System.nanoTime();
        try {
            while (!closed) {
                Order taken = order.getAndSet(null);
                nowNs = System.nanoTime();
                if (taken != null || nowNs - lookNs >= 0) {
                    lookNs = nowNs + INTERFACES_EVERY_NS;
                    reconcile(taken);
                }
                selector.select(onKey, SELECT_MILLIS);
            }
        } catch (IOException | RuntimeException e) {
            LOG.error("the portable data plane stops: {}", e.getMessage(), e);
        } finally {
            closed = true;
            duty.closeAll();
            closeSelector();
            releaseWaiting();
        }
    }

    private void reconcile(@Nullable Order taken) {
        if (taken == null) {
            duty.follow(Interfaces.read(), selector);
            return;
        }
        try {
            duty.apply(taken.table, Interfaces.read(), selector);
        } finally {
            taken.done.countDown();
        }
    }

    private void onKey(SelectionKey key) {
        if (key.isValid() && key.attachment() instanceof Input input) {
            nowNs = System.nanoTime();
            input.onReadable(nowNs);
        }
    }

    private void releaseWaiting() {
        Order waiting = order.get();
        if (waiting != null) {
            waiting.done.countDown();
        }
    }

    private void closeSelector() {
        try {
            selector.close();
        } catch (IOException e) {
            LOG.debug("closing the selector", e);
        }
    }

    /// Returns when the thread has ended and every channel is closed.
    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        boolean interrupted = false;
        while (thread.isAlive() && Thread.currentThread() != thread) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
