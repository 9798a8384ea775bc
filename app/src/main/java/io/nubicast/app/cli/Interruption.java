package io.nubicast.app.cli;

import io.nubicast.app.daemon.Signals;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/// Ctrl-C and SIGTERM as a wish to end in order, with a summary.
final class Interruption {
    private Interruption() {}

    /// True once a signal came. A second one ends the process at once.
    static BooleanSupplier asStop() {
        AtomicBoolean stopped = new AtomicBoolean();
        Runnable onSignal = () -> {
            if (stopped.getAndSet(true)) {
                Runtime.getRuntime().halt(130);
            }
        };
        Signals.on("INT", onSignal);
        Signals.on("TERM", onSignal);
        return stopped::get;
    }
}
