package io.nubicast.forwarding;

/// Why a copy did not reach a member, by kind: one counter a member, one label in metrics.
public enum SendError {
    /// No route to the member (ENETUNREACH, EHOSTUNREACH).
    NO_ROUTE("no route to the member"),
    /// The member, or the gateway before it, does not answer ARP.
    NO_NEIGHBOUR("the member, or the gateway before it, does not answer ARP"),
    /// The member's host answered that nobody listens on that port (ICMP port unreachable).
    REFUSED("nobody listens on that port of the member"),
    /// The socket's or the device's buffer was full (EAGAIN, ENOBUFS).
    BUFFER_FULL("the send buffer or the device queue was full"),
    /// Above the MTU and could not be fragmented (EMSGSIZE).
    TOO_BIG("larger than the path takes"),
    /// A firewall rule or missing privilege (EPERM, EACCES).
    NOT_PERMITTED("not permitted: a firewall rule of this host, or a missing privilege"),
    /// Anything else; the log has the error's name.
    OTHER("another error of the kernel");

    private final String text;

    SendError(String text) {
        this.text = text;
    }

    public String text() {
        return text;
    }

    public String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
