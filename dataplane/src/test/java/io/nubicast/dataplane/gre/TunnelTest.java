package io.nubicast.dataplane.gre;

import static io.nubicast.dataplane.gre.TunnelLab.leftToRight;
import static io.nubicast.dataplane.gre.TunnelLab.rightToLeft;
import static io.nubicast.dataplane.gre.TunnelLab.tunnel;
import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.wire.gre.GreDropReason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// User space carries both ends.
class TunnelTest {
    @AfterEach
    void nothingStaysOpen() {
        assertThat(Descriptor.stillOpen()).isEmpty();
    }

    /// T-GRE-03: the largest packet passes, one byte more is answered with the MTU.
    @Test
    void pingsPassUpToTheMtuAndAreToldWhenTheyDoNot() throws Exception {
        try (TunnelLab lab = new TunnelLab()) {
            Tunnel left = tunnel(lab.left, lab.engine(lab.left), "Tunnel1", leftToRight(), "10.0.0.1/30");
            Tunnel right = tunnel(lab.right, lab.engine(lab.right), "Tunnel1", rightToLeft(), "10.0.0.2/30");

            assertThat(Ping.once(lab.left, "10.0.0.2", 84, true)).isEqualTo("reply");
            assertThat(Ping.once(lab.right, "10.0.0.1", 84, false)).isEqualTo("reply");
            assertThat(left.status().transportMtu()).isEqualTo(1_476);
            assertThat(left.status().deviceMtu()).isEqualTo(1_500);
            assertThat(Ping.once(lab.left, "10.0.0.2", 1_476, true)).isEqualTo("reply");
            assertThat(Ping.once(lab.left, "10.0.0.2", 1_477, true)).isEqualTo("too big: 1476");
            assertThat(Ping.once(lab.right, "10.0.0.1", 1_477, false)).isEqualTo("reply");
            assertThat(right.status().traffic().packetsIn()).isEqualTo(5);
            assertThat(TunnelLab.dropsOut(left, GreDropReason.TOO_BIG)).isEqualTo(1);
        }
    }
}
