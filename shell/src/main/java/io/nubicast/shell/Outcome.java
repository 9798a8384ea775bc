package io.nubicast.shell;

/// What became of a line that was read.
public sealed interface Outcome {
    /// It is that command.
    ///
    /// @param form how it was given
    record Matched(Command command, Command.Form form, Arguments arguments) implements Outcome {}

    /// It is none.
    record Faulty(Fault fault) implements Outcome {}
}
