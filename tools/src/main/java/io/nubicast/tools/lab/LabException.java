package io.nubicast.tools.lab;

/// A lab cannot be built, or a command of it failed; the message says what and, where there is a cure, the cure.
public final class LabException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LabException(String message) {
        super(message);
    }

    public LabException(String message, Throwable cause) {
        super(message, cause);
    }
}
