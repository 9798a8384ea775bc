package io.nubicast.tools.mpegts;

import java.io.IOException;

/// A file cannot be played as a transport stream; the message says why and what to do.
public final class TsFileException extends IOException {
    private static final long serialVersionUID = 1L;

    public TsFileException(String message) {
        super(message);
    }
}
