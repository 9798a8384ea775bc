package io.nubicast.dataplane.portable;

import io.nubicast.forwarding.SendError;
import java.io.IOException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.util.Locale;

/// The kind of a failed send. NIO gives the system's message only, so its text decides: Linux and macOS share theirs, Windows
/// has its own.
final class SendErrors {
    private SendErrors() {}

    static SendError kindOf(IOException failure) {
        return switch (failure) {
            case NoRouteToHostException e -> SendError.NO_ROUTE;
            case PortUnreachableException e -> SendError.REFUSED;
            default -> kindOf(failure.getMessage() == null ? "" : failure.getMessage().toLowerCase(Locale.ROOT));
        };
    }

    private static SendError kindOf(String message) {
        if (message.contains("unreachable") || message.contains("no route")) {
            return SendError.NO_ROUTE;
        }
        if (message.contains("too long") || message.contains("larger than")) {
            return SendError.TOO_BIG;
        }
        if (message.contains("not permitted") || message.contains("permission") || message.contains("forbidden")) {
            return SendError.NOT_PERMITTED;
        }
        if (message.contains("buffer")) {
            return SendError.BUFFER_FULL;
        }
        return SendError.OTHER;
    }
}
