package io.nubicast.kernel.sys;

import java.io.IOException;
import java.io.Serial;

/// A system call of a cold path failed. The message has the call, the argument that matters and the error's name.
public final class SystemCallException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int errno;

    SystemCallException(String call, int errno) {
        super(call + ": " + Errno.name(errno));
        this.errno = errno;
    }

    /// Positive, as in [Errno].
    public int errno() {
        return errno;
    }
}
