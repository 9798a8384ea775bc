package io.nubicast.tools.traffic;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Runs something once a second on a thread of its own, until it is closed.
final class Ticker implements AutoCloseable {
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    /// Does nothing before [#start()].
    Ticker(String name, Runnable work) {
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(() -> loop(work));
    }

    void start() {
        thread.start();
    }

    private void loop(Runnable work) {
        try {
            while (!closed.await(1, TimeUnit.SECONDS)) {
                work.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Returns when the work no longer runs.
    @Override
    public void close() {
        closed.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
