package io.nubicast.dataplane.gre;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.dataplane.ebpf.KernelPrograms;
import io.nubicast.kernel.bpf.BpfObject;
import org.junit.jupiter.api.Test;

class KernelTunnelsTest {
    @Test
    void entriesAreAsTheProgramsHaveThem() {
        BpfObject gre = KernelPrograms.object("gre.o");

        assertThat(gre.map("tunnels").valueBytes()).isEqualTo(KernelTunnels.TUNNEL_BYTES);
        assertThat(gre.map("arrivals").keyBytes()).isEqualTo(KernelTunnels.ENDPOINT_BYTES);
        assertThat(gre.map("arrivals").valueBytes()).isEqualTo(KernelTunnels.ARRIVAL_BYTES);
        assertThat(gre.map("counters").valueBytes()).isEqualTo(KernelTunnels.COUNT_BYTES);
    }
}
