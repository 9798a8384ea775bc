package io.nubicast.shell;

/// A command of a grammar.
///
/// @param pattern see [Grammar.Builder]
/// @param noWords how many words a line needs after `no` or `default`, the rest being optional then; -1 where these do not go
public record Command(Mode mode, String pattern, int noWords, Handler handler) {
    /// What a command does.
    @FunctionalInterface
    public interface Handler {
        /// Carries the command out.
        ///
        /// @throws Refused when it cannot; nothing is changed then
        Answer run(Call call) throws Refused;
    }

    /// How a configuration line was given.
    public enum Form {
        SET, NO, DEFAULT
    }

    /// One call of a command.
    ///
    /// @param form [Form#SET] for everything but configuration lines
    public record Call(Session session, Form form, Arguments arguments) {}
}
