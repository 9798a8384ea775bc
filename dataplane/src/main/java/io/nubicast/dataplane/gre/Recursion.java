package io.nubicast.dataplane.gre;

import java.util.function.IntUnaryOperator;

/// Whether a tunnel's own packets would go into a tunnel that leads back to it (GRE-030). A pure function.
public final class Recursion {
    /// Most tunnels inside one another.
    public static final int MOST_NESTED = 4;

    private Recursion() {}

    /// Judges one tunnel.
    ///
    /// @param tunnel interface index
    /// @param underlay for a tunnel's interface index, that of the interface by which the route to its destination leaves;
    ///     0 for what is no tunnel, or has no route
    /// @return true when the way leads back to the tunnel, or through more than [#MOST_NESTED] others
    public static boolean isRecursive(int tunnel, IntUnaryOperator underlay) {
        int at = underlay.applyAsInt(tunnel);
        for (int nested = 0; at != 0; nested++) {
            if (at == tunnel || nested == MOST_NESTED) {
                return true;
            }
            at = underlay.applyAsInt(at);
        }
        return false;
    }
}
