package io.nubicast.dataplane.socket;

import io.nubicast.dataplane.PlaneOptions;
import io.nubicast.dataplane.ebpf.EbpfServerPlane;

class EbpfServerPlaneTest extends LinuxServerPlaneTest {
    EbpfServerPlaneTest() {
        super(counters -> new EbpfServerPlane(counters, PlaneOptions.DEFAULT));
    }
}
