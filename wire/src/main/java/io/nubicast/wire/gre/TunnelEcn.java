package io.nubicast.wire.gre;

/// Explicit congestion notification through a tunnel, RFC 6040: two bits of the type of service. Pure functions.
public final class TunnelEcn {
    /// The sender does not understand congestion marks.
    public static final int NOT_ECT = 0b00;
    public static final int ECT_1 = 0b01;
    public static final int ECT_0 = 0b10;
    /// Congestion experienced.
    public static final int CE = 0b11;
    /// What [#decapsulated(int, int)] answers where the packet must be dropped.
    public static final int DROP = -1;

    private TunnelEcn() {}

    /// The outer field in normal mode: a copy (RFC 6040 section 4.1).
    public static int encapsulated(int inner) {
        return inner & 0b11;
    }

    /// What the packet carries on behind the tunnel (RFC 6040 section 4.2, figure 4).
    ///
    /// @param inner of the packet inside, 0..3
    /// @param outer of the packet that carried it, 0..3
    /// @return 0..3, or [#DROP]
    public static int decapsulated(int inner, int outer) {
        return switch (outer) {
            case CE -> inner == NOT_ECT ? DROP : CE;
            case ECT_1 -> inner == ECT_0 ? ECT_1 : inner;
            default -> inner;
        };
    }
}
