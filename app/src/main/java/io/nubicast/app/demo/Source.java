package io.nubicast.app.demo;

import io.nubicast.tools.traffic.SendOptions;
import io.nubicast.tools.traffic.Sender;
import java.util.Optional;

/// An application that streams the sample to a group. Counters from any thread; the fingerprint after [#end()].
final class Source {
    private final Fingerprint fingerprint = new Fingerprint();
    private final Actor actor;
    private final Sender sender;
    private volatile boolean ending;
    private volatile boolean running;

    private Source(String name, Optional<String> namespace, SendOptions options) {
        Actor.Started<Sender> started = Actor.start(name, namespace, opened -> {
            try (Sender made = Sender.open(options, fingerprint::add)) {
                opened.complete(made);
                made.run(() -> ending);
            }
        });
        this.actor = started.actor();
        this.sender = started.opened();
        this.running = true;
    }

    static Source start(String name, Optional<String> namespace, SendOptions options) {
        return new Source(name, namespace, options);
    }

    long packets() {
        return sender.packets();
    }

    long bytes() {
        return sender.bytes();
    }

    /// Datagrams that the kernel refused, with its reason; empty when none.
    Optional<String> refused() {
        return sender.errors() == 0
                ? Optional.empty()
                : Optional.of(sender.errors() + " datagrams refused: " + sender.lastError());
    }

    /// Stops sending; returns when the last datagram is out.
    void end() {
        ending = true;
        if (running) {
            actor.join();
            running = false;
        }
    }

    /// Of everything sent. Once, after [#end()].
    String fingerprint() {
        return fingerprint.text();
    }
}
