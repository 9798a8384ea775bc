package io.nubicast.app.demo;

import io.nubicast.kernel.sys.NetworkNamespace;
import io.nubicast.kernel.sys.SystemCallException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A platform thread that lives on one machine of the demo: it enters the network namespace, opens its sockets there, and then
/// does its work.
final class Actor {
    /// What an actor does: opens its sockets, says so, and works.
    @FunctionalInterface
    interface Role<T> {
        /// Plays; `opened` is completed when the sockets are open.
        void play(CompletableFuture<T> opened);
    }

    private static final long OPEN_SECONDS = 10;
    private static final long END_SECONDS = 5;

    private final Thread thread;

    private Actor(Thread thread) {
        this.thread = thread;
    }

    /// A started actor and what it has opened.
    ///
    /// @param <T> what it opens
    record Started<T>(Actor actor, T opened) {}

    /// Starts an actor and waits until its sockets are open.
    ///
    /// @param namespace where; empty: where this process is
    /// @throws DemoException when they cannot be opened
    static <T> Started<T> start(String name, Optional<String> namespace, Role<T> role) {
        CompletableFuture<T> opened = new CompletableFuture<>();
        Thread thread = Thread.ofPlatform().name(name).daemon().start(() -> {
            try {
                if (namespace.isPresent()) {
                    NetworkNamespace.enter(namespace.get());
                }
                role.play(opened);
            } catch (SystemCallException | RuntimeException e) {
                if (!opened.completeExceptionally(e)) {
                    throw new DemoException(name + " stopped: " + e.getMessage(), e);
                }
            }
        });
        try {
            return new Started<>(new Actor(thread), opened.get(OPEN_SECONDS, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw new DemoException(name + ": " + (cause == null ? e : cause).getMessage(), e);
        } catch (TimeoutException e) {
            throw new DemoException(name + ": its socket did not open in " + OPEN_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DemoException("interrupted", e);
        }
    }

    /// Waits for its end, which the caller has asked for.
    void join() {
        try {
            thread.join(TimeUnit.SECONDS.toMillis(END_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
