package io.nubicast.router.port;

import io.nubicast.shell.Answer;
import io.nubicast.shell.Refused;
import java.util.function.LongFunction;

/// Where the state of the protocols lives: what a command asks of it is asked there.
@FunctionalInterface
public interface RouterThread {
    /// Has it done on the router's thread, with that thread's time in nanoseconds, and waits for the answer.
    ///
    /// @throws Refused when the router is about to end
    Answer answer(LongFunction<Answer> command) throws Refused;
}
