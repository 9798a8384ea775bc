package io.nubicast.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.dataplane.socket.SocketClientPlane;
import io.nubicast.forwarding.Capability;
import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.DataPlane;
import io.nubicast.forwarding.PlaneUnavailable;
import org.junit.jupiter.api.Test;

/// Copies are steered.
class SocketClientPlaneContractTest extends WiredClientPlaneContract {
    @Override
    String prefix() {
        return "nbsockcli";
    }

    @Override
    DataPlane openPlane(CounterRegistry registry) throws PlaneUnavailable {
        Steering.assume();
        return new SocketClientPlane(registry, PlaneOptions.DEFAULT, SocketClientPlane.Intake.STEERED);
    }

    @Test
    void ofItselfThePlaneTakesTheBetterWay() throws Exception {
        try (DataPlane best = network().onHost(() -> new SocketClientPlane(new CounterRegistry()))) {
            assertThat(best.capabilities()).contains(Capability.LEAVES_PORTS_FREE);
        }
    }
}
