package io.nubicast.dataplane;

import io.nubicast.dataplane.ebpf.EbpfServerPlane;
import io.nubicast.dataplane.socket.SocketClientPlane;
import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.DataPlane;
import io.nubicast.forwarding.PlaneUnavailable;
import org.junit.jupiter.api.Tag;

/// The plane `ebpf` where user space gathers what local applications send, and the kernel copies bursts.
@Tag("ci")
class EbpfBurstsServerPlaneContractTest extends WiredServerPlaneContract {
    @Override
    String prefix() {
        return "nbebpfbst";
    }

    @Override
    DataPlane openPlane(CounterRegistry registry) throws PlaneUnavailable {
        return new EbpfServerPlane(registry, PlaneOptions.DEFAULT.withKernel(true, false));
    }

    @Override
    DataPlane openClientPlane(CounterRegistry registry) throws PlaneUnavailable {
        return new SocketClientPlane(registry);
    }
}
