package io.nubicast.bench;

/// What is compared. The order is that of the tables.
enum Variant {
    /// `relay.c raw`: the C twin of `socket`.
    C_RAW("C sendmmsg", Kind.RELAY_C, "raw"),
    /// The plane of that name.
    SOCKET("socket", Kind.PLANE, "socket"),
    /// `packet.c 1`: the C twin of `packet` without coalescing.
    C_PACKET("C packet", Kind.PACKET_C, "1"),
    /// The plane of that name, coalescing switched off.
    PACKET1("packet(1)", Kind.PLANE, "packet"),
    /// `packet.c K`, K being `--burst`.
    C_GSO("C gso %d", Kind.PACKET_C, ""),
    /// The plane of that name with at most `--burst` datagrams a frame.
    PACKET_BURST("packet(%d)", Kind.PLANE, "packet"),
    /// `packet.c 64`.
    C_GSO64("C gso 64", Kind.PACKET_C, "64"),
    /// The plane of that name as it is by default.
    PACKET("packet(64)", Kind.PLANE, "packet"),
    /// `relay.c udp`, for reference: no source kept, so less to do.
    C_UDP("C plain UDP", Kind.RELAY_C, "udp"),
    /// [NioRelay].
    NIO("NIO loop", Kind.NIO, ""),
    /// The plane of that name.
    PORTABLE("portable", Kind.PLANE, "portable"),
    /// The plane of that name: the kernel makes the copies in the application's own call.
    EBPF("ebpf", Kind.PLANE, "ebpf:send"),
    /// The same, the application sending `--burst` datagrams a call (UDP_SEGMENT).
    EBPF_SEGMENT("ebpf, UDP_SEGMENT %d", Kind.PLANE, "ebpf:send"),
    /// The same plane, coalescing what the application sends one by one, at most `--burst` datagrams a frame.
    EBPF_BURST("ebpf burst(%d)", Kind.PLANE, "ebpf:burst");

    private final String label;
    private final Kind kind;
    private final String mode;

    Variant(String label, Kind kind, String mode) {
        this.label = label;
        this.kind = kind;
        this.mode = mode;
    }

    /// How a relay is started.
    enum Kind {
        RELAY_C, PACKET_C, PLANE, NIO
    }

    /// As in the tables.
    ///
    /// @param forcedBurst the value of `--burst`
    String label(int forcedBurst) {
        return label.formatted(forcedBurst);
    }

    Kind kind() {
        return kind;
    }

    /// The name of the plane, or the first argument of the C program.
    String mode(int forcedBurst) {
        return this == C_GSO ? Integer.toString(forcedBurst) : mode;
    }

    /// The most datagrams that leave in one frame.
    int burst(int forcedBurst) {
        return switch (this) {
            case C_GSO, PACKET_BURST, EBPF_BURST -> forcedBurst;
            case C_GSO64, PACKET -> 64;
            default -> 1;
        };
    }

    boolean isJava() {
        return kind == Kind.PLANE || kind == Kind.NIO;
    }

    /// Whether several datagrams share a frame.
    boolean coalesces() {
        return this == C_GSO || this == PACKET_BURST || this == C_GSO64 || this == PACKET || this == EBPF_SEGMENT
                || this == EBPF_BURST;
    }

    /// Whether the kernel makes the copies: in the source's own call, so that the relay's CPU time is not their cost.
    boolean isKernel() {
        return this == EBPF || this == EBPF_SEGMENT || this == EBPF_BURST;
    }

    /// Whether the source does the relay's work.
    boolean copiesInSource() {
        return this == EBPF || this == EBPF_SEGMENT;
    }

    /// How many datagrams a call the application sends.
    int together(int forcedBurst) {
        return this == EBPF_SEGMENT ? forcedBurst : 1;
    }

    /// Whether members see the address and port of the application that sent.
    boolean keepsSource() {
        return this != C_UDP && this != NIO && this != PORTABLE;
    }

    /// With what its cost is compared.
    Variant reference() {
        return switch (this) {
            case C_RAW, SOCKET, C_UDP, C_PACKET, C_GSO, C_GSO64, EBPF, EBPF_SEGMENT, EBPF_BURST -> C_RAW;
            case PACKET1 -> C_PACKET;
            case PACKET_BURST -> C_GSO;
            case PACKET -> C_GSO64;
            case NIO, PORTABLE -> NIO;
        };
    }

    /// With what its latency is compared: coalescing with not coalescing.
    Variant latencyReference() {
        return this == PACKET ? PACKET1 : this == C_GSO64 ? C_PACKET : reference();
    }
}
