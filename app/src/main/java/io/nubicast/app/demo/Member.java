package io.nubicast.app.demo;

import io.nubicast.tools.mpegts.TsHealth;
import io.nubicast.tools.traffic.ReceiveOptions;
import io.nubicast.tools.traffic.ReceiveReport;
import io.nubicast.tools.traffic.Receiver;
import java.util.Optional;

/// An application that has joined a group and watches the stream. [#report()] from any thread; the fingerprint after [#end()].
final class Member {
    private final Fingerprint fingerprint = new Fingerprint();
    private final Actor actor;
    private final Receiver receiver;
    private volatile boolean ending;

    private Member(String name, Optional<String> namespace, ReceiveOptions options) {
        Actor.Started<Receiver> started = Actor.start(name, namespace, opened -> {
            try (Receiver made = Receiver.open(options.withTs(), fingerprint::add)) {
                opened.complete(made);
                made.run(() -> ending);
            }
        });
        this.actor = started.actor();
        this.receiver = started.opened();
    }

    /// Opens the socket and joins before it returns.
    static Member start(String name, Optional<String> namespace, ReceiveOptions options) {
        return new Member(name, namespace, options);
    }

    ReceiveReport report() {
        return receiver.report();
    }

    TsHealth health() {
        return receiver.report().ts().orElseThrow();
    }

    long packets() {
        return receiver.report().packets();
    }

    void end() {
        ending = true;
        actor.join();
    }

    /// Of everything received. Once, after [#end()].
    String fingerprint() {
        return fingerprint.text();
    }
}
