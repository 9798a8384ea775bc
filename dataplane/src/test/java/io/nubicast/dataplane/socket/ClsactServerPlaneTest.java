package io.nubicast.dataplane.socket;

import io.nubicast.dataplane.PlaneOptions;
import io.nubicast.dataplane.ebpf.EbpfServerPlane;
import io.nubicast.kernel.bpf.Attachment;
import org.junit.jupiter.api.Tag;

/// The plane `ebpf` as it is before Linux 6.6. What is different there (AttachmentTest, KeptForwardingTest) always runs.
@Tag("ci")
class ClsactServerPlaneTest extends LinuxServerPlaneTest {
    ClsactServerPlaneTest() {
        super(counters -> new EbpfServerPlane(counters, PlaneOptions.DEFAULT, Attachment.Mechanism.CLSACT));
    }
}
