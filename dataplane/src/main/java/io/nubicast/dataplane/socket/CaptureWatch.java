package io.nubicast.dataplane.socket;

import java.util.List;

final class CaptureWatch implements AutoCloseable {
    CaptureWatch(PlaneEvents events) {}

    void soon(long nowNs) {}

    void tick(long nowNs, CaptureScope scope, OwnAddresses own, List<HostInterface> known) {}

    @Override
    public void close() {}
}
