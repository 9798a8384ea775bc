package io.nubicast.bench;

/// What is compared. The order is that of the tables.
enum Variant {
    /// `relay.c raw`: the C twin of `socket`.
    C_RAW("C twin", "relay.c raw: raw capture, own headers, recvmmsg(64) to sendmmsg(256), source kept"),
    /// The plane of that name.
    SOCKET("socket", "data plane socket (Java)"),
    /// `relay.c udp`, for reference: no source kept, so less to do.
    C_UDP("C plain UDP", "relay.c udp: recvmmsg(64) to sendmmsg(256) on a UDP socket, own source"),
    /// [NioRelay].
    NIO("NIO loop", "Java DatagramChannel: receive, send to each member, own source"),
    /// The plane of that name.
    PORTABLE("portable", "data plane portable (Java)");

    private final String label;
    private final String description;

    Variant(String label, String description) {
        this.label = label;
        this.description = description;
    }

    String label() {
        return label;
    }

    String description() {
        return description;
    }

    boolean isC() {
        return this == C_RAW || this == C_UDP;
    }

    boolean isPlane() {
        return this == SOCKET || this == PORTABLE;
    }

    /// With what it is compared.
    Variant reference() {
        return switch (this) {
            case C_RAW, SOCKET, C_UDP -> C_RAW;
            case NIO, PORTABLE -> NIO;
        };
    }
}
