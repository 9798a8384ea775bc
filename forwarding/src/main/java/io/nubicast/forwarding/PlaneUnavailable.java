package io.nubicast.forwarding;

import java.io.Serial;

/// A data plane cannot run here. The message names what is missing, in one clause.
public final class PlaneUnavailable extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    public PlaneUnavailable(String message) {
        super(message);
    }

    public PlaneUnavailable(String message, Throwable cause) {
        super(message, cause);
    }
}
