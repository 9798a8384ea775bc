package io.nubicast.dataplane;

import io.nubicast.dataplane.ebpf.EbpfServerPlane;
import io.nubicast.dataplane.socket.SocketClientPlane;
import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.DataPlane;
import io.nubicast.forwarding.PlaneUnavailable;

class EbpfServerPlaneContractTest extends WiredServerPlaneContract {
    @Override
    String prefix() {
        return "nbebpfsrv";
    }

    @Override
    DataPlane openPlane(CounterRegistry registry) throws PlaneUnavailable {
        return new EbpfServerPlane(registry, PlaneOptions.DEFAULT);
    }

    @Override
    DataPlane openClientPlane(CounterRegistry registry) throws PlaneUnavailable {
        return new SocketClientPlane(registry);
    }
}
