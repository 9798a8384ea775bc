package io.nubicast.dataplane.gre;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nubicast.kernel.bpf.BpfFeature;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;

/// The kernel carries the left end and user space the right one.
class MixedTunnelTest extends TunnelContract {
    @BeforeEach
    void programsCanBeHad() {
        Optional<String> missing = BpfFeature.TCX.missing();
        assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
    }

    @Override
    TunnelConfig.Carrier leftCarrier() {
        return TunnelConfig.Carrier.AUTOMATIC;
    }

    @Override
    TunnelConfig.Carrier rightCarrier() {
        return TunnelConfig.Carrier.USER_SPACE;
    }
}
