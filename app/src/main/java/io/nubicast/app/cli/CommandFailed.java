package io.nubicast.app.cli;

import java.io.Serial;

/// A command cannot do what it was asked. The message is for people, and says what to change.
public final class CommandFailed extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    public CommandFailed(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }
}
