package io.nubicast.dataplane;

import io.nubicast.dataplane.ebpf.EbpfClientPlane;
import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.DataPlane;
import io.nubicast.forwarding.PlaneUnavailable;

class EbpfClientPlaneContractTest extends WiredClientPlaneContract {
    @Override
    String prefix() {
        return "nbebpfcli";
    }

    @Override
    DataPlane openPlane(CounterRegistry registry) throws PlaneUnavailable {
        Steering.assume();
        return new EbpfClientPlane(registry, PlaneOptions.DEFAULT);
    }
}
