package io.nubicast.shell;

/// Why a line was not accepted.
///
/// @param column of the first wrong character, from 0; -1 where the whole line is meant
/// @param message as IOS words it, without line feed
/// @param advice one line that says what would do; may be empty
public record Fault(Kind kind, int column, String message, String advice) {
    /// What sort of fault.
    public enum Kind {
        /// A word that does not belong there.
        INVALID,
        /// The line stops too early.
        INCOMPLETE,
        /// An abbreviation of several commands.
        AMBIGUOUS,
        /// No such command.
        UNKNOWN,
        /// The line is right, and what it asks for cannot be.
        REFUSED
    }

    static Fault invalid(int column, String expected) {
        return new Fault(Kind.INVALID, column, "% Invalid input detected at '^' marker.", "% Expected: " + expected);
    }

    static Fault incomplete(String expected, int column) {
        return new Fault(Kind.INCOMPLETE, column, "% Incomplete command.", "% Expected: " + expected);
    }

    static Fault ambiguous(String line, int column, String candidates) {
        return new Fault(Kind.AMBIGUOUS, column, "% Ambiguous command:  \"" + line.strip() + "\"",
                "% It may be: " + candidates);
    }

    /// As it is printed below a line that was typed after `indent` characters of prompt: with the caret where IOS puts it.
    public String text(int indent) {
        StringBuilder text = new StringBuilder();
        if (kind == Kind.INVALID && column >= 0) {
            text.repeat(' ', indent + column).append("^\n");
        }
        text.append(message).append('\n');
        if (!advice.isEmpty()) {
            text.append(advice).append('\n');
        }
        return text.toString();
    }
}
