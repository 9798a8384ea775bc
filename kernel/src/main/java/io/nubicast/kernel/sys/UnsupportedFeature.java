package io.nubicast.kernel.sys;

import java.io.IOException;
import java.io.Serial;

/// The running kernel lacks something, or was built without it.
public final class UnsupportedFeature extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    /// A feature that was probed for and not found.
    ///
    /// @param feature as people know it: `UDP_GRO`
    /// @param minimumKernel the first version that has it: `5.0`
    public UnsupportedFeature(String feature, String minimumKernel) {
        super(feature + " needs Linux " + minimumKernel + " or newer; this is " + System.getProperty("os.version"));
    }
}
