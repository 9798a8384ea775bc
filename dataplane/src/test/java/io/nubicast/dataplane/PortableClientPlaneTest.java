package io.nubicast.dataplane;

import io.nubicast.dataplane.portable.PortableClientPlane;
import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.DataPlane;
import io.nubicast.forwarding.PlaneUnavailable;

/// On the loopback interface, without privileges.
class PortableClientPlaneTest extends ClientPlaneContract {
    @Override
    ContractNetwork openNetwork() {
        return new LoopbackNetwork();
    }

    @Override
    DataPlane openPlane(CounterRegistry registry) throws PlaneUnavailable {
        return new PortableClientPlane(registry);
    }
}
