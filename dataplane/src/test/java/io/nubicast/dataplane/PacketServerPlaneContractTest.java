package io.nubicast.dataplane;

import io.nubicast.dataplane.packet.PacketServerPlane;
import io.nubicast.dataplane.socket.SocketClientPlane;
import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.DataPlane;
import io.nubicast.forwarding.PlaneUnavailable;

class PacketServerPlaneContractTest extends WiredServerPlaneContract {
    @Override
    String prefix() {
        return "nbpktsrv";
    }

    @Override
    DataPlane openPlane(CounterRegistry registry) throws PlaneUnavailable {
        return new PacketServerPlane(registry, PlaneOptions.DEFAULT);
    }

    @Override
    DataPlane openClientPlane(CounterRegistry registry) throws PlaneUnavailable {
        return new SocketClientPlane(registry);
    }
}
