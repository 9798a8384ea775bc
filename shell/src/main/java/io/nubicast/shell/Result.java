package io.nubicast.shell;

import java.util.Optional;

/// What became of a line.
///
/// @param answer what the command printed and told; of a line that was not accepted, the message with its caret line
/// @param prompt for the next line
/// @param fault why the line was not accepted; empty when it was
/// @param closed whether the session is over
/// @param terminalLength lines of a page, see [Session#terminalLength()]
public record Result(Answer answer, String prompt, Optional<Fault> fault, boolean closed, int terminalLength) {
    /// Whether the line was accepted.
    public boolean ok() {
        return fault.isEmpty();
    }

    /// What is printed.
    public String text() {
        return answer.text();
    }
}
