package io.nubicast.dataplane;

import io.nubicast.dataplane.socket.SocketClientPlane;
import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.DataPlane;
import io.nubicast.forwarding.PlaneUnavailable;

class SocketClientPlaneContractTest extends WiredClientPlaneContract {
    @Override
    String prefix() {
        return "nbsockcli";
    }

    @Override
    DataPlane openPlane(CounterRegistry registry) throws PlaneUnavailable {
        return new SocketClientPlane(registry);
    }
}
