package io.nubicast.dataplane;

import io.nubicast.dataplane.portable.PortableClientPlane;
import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.DataPlane;
import io.nubicast.forwarding.PlaneUnavailable;

class PortableClientPlaneNamespaceTest extends WiredClientPlaneContract {
    @Override
    String prefix() {
        return "nbportcli";
    }

    @Override
    DataPlane openPlane(CounterRegistry registry) throws PlaneUnavailable {
        return new PortableClientPlane(registry);
    }
}
