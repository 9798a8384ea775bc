package io.nubicast.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nubicast.kernel.bpf.BpfFeature;

/// Whether copies can be steered where the tests run.
public final class Steering {
    private Steering() {}

    /// Skips a test that needs it, with the reason, where the kernel is older or privileges are missing, as in a user namespace.
    /// Fails where it should work and does not.
    public static void assume() {
        String missing = BpfFeature.SOCKET_LOOKUP.missing().orElse("");
        assumeTrue(!missing.contains("CAP_BPF") && !missing.contains("needs Linux"), missing);
        assertThat(missing).isEmpty();
    }
}
