package io.nubicast.tools.traffic;

/// `send` or `receive` cannot start; the message says why and what to change.
public final class TrafficException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TrafficException(String message) {
        super(message);
    }

    public TrafficException(String message, Throwable cause) {
        super(message, cause);
    }
}
