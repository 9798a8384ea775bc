package io.nubicast.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.dataplane.socket.SocketClientPlane;
import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.DataPlane;
import io.nubicast.forwarding.PlaneUnavailable;
import org.junit.jupiter.api.Test;

/// The same where eBPF cannot be had: the copies' ports are bound.
class BoundClientPlaneContractTest extends WiredClientPlaneContract {
    @Override
    String prefix() {
        return "nbboundcli";
    }

    @Override
    DataPlane openPlane(CounterRegistry registry) throws PlaneUnavailable {
        return new SocketClientPlane(registry, PlaneOptions.DEFAULT, SocketClientPlane.Intake.BOUND);
    }

    @Test
    void itSaysSo() {
        assertThat(plane.remark()).contains("the ports of the copies are bound, because that was asked for");
    }
}
