package io.nubicast.dataplane;

import io.nubicast.dataplane.socket.SocketClientPlane;
import io.nubicast.dataplane.socket.SocketServerPlane;
import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.DataPlane;
import io.nubicast.forwarding.PlaneUnavailable;

class SocketServerPlaneContractTest extends WiredServerPlaneContract {
    @Override
    String prefix() {
        return "nbsocksrv";
    }

    @Override
    DataPlane openPlane(CounterRegistry registry) throws PlaneUnavailable {
        return new SocketServerPlane(registry);
    }

    @Override
    DataPlane openClientPlane(CounterRegistry registry) throws PlaneUnavailable {
        return new SocketClientPlane(registry);
    }
}
