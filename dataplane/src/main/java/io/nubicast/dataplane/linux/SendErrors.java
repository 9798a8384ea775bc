package io.nubicast.dataplane.linux;

import io.nubicast.forwarding.SendError;
import io.nubicast.kernel.sys.Errno;

/// The kernel's error numbers as kinds of errors a member.
public final class SendErrors {
    private SendErrors() {}

    /// The kind of a failed send.
    ///
    /// @param errno positive
    public static SendError kind(int errno) {
        return switch (errno) {
            case Errno.ENETUNREACH, Errno.EHOSTUNREACH, Errno.ENETDOWN -> SendError.NO_ROUTE;
            case Errno.EAGAIN, Errno.ENOBUFS, Errno.ENOMEM -> SendError.BUFFER_FULL;
            case Errno.EMSGSIZE -> SendError.TOO_BIG;
            case Errno.EPERM, Errno.EACCES -> SendError.NOT_PERMITTED;
            case Errno.EHOSTDOWN -> SendError.NO_NEIGHBOUR;
            case Errno.ECONNREFUSED -> SendError.REFUSED;
            default -> SendError.OTHER;
        };
    }
}
