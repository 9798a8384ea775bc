package io.nubicast.dataplane;

import io.nubicast.dataplane.portable.PortableClientPlane;
import io.nubicast.dataplane.portable.PortableServerPlane;
import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.DataPlane;
import io.nubicast.forwarding.PlaneUnavailable;

class PortableServerPlaneNamespaceTest extends WiredServerPlaneContract {
    @Override
    String prefix() {
        return "nbportsrv";
    }

    @Override
    DataPlane openPlane(CounterRegistry registry) throws PlaneUnavailable {
        return new PortableServerPlane(registry);
    }

    @Override
    DataPlane openClientPlane(CounterRegistry registry) throws PlaneUnavailable {
        return new PortableClientPlane(registry);
    }
}
