package io.nubicast.wire.gre;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.wire.Ipv4Header;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// GREU-001, GREU-002
class GreInUdpTest {
    private static byte[] packet(int group, int sourcePort, int protocol, int fragmentOffset) {
        byte[] bytes = new byte[28];
        new Ipv4Header().wrap(MemorySegment.ofArray(bytes), 0).versionAndHeaderLength(20).totalLength(28)
                .fragmentation(true, false, fragmentOffset).protocol(protocol).source(0xC0A80080).destination(group);
        bytes[20] = (byte) (sourcePort >>> 8);
        bytes[21] = (byte) sourcePort;
        return bytes;
    }

    private static int port(byte[] packet) {
        return GreInUdp.sourcePort(MemorySegment.ofArray(packet), 0, packet.length);
    }

    @Test
    void aFlowKeepsItsPortWhateverElseChanges() {
        byte[] first = packet(0xEF00000A, 1234, 17, 0);
        byte[] second = first.clone();
        second[4] = 99; // identification
        second[8] = 15; // TTL
        second[26] = 1; // UDP checksum

        assertThat(port(second)).isEqualTo(port(first)).isBetween(49_152, 65_535);
    }

    @Test
    void flowsAreSpreadOverThePorts() {
        Set<Integer> ports = new HashSet<>();
        for (int group = 0; group < 100; group++) {
            for (int sourcePort = 0; sourcePort < 10; sourcePort++) {
                int port = port(packet(0xEF000000 + group, 5000 + sourcePort, 17, 0));
                assertThat(port).isBetween(49_152, 65_535);
                ports.add(port);
            }
        }
        // 1000 flows on 16384 ports meet about 30 times
        assertThat(ports).hasSizeGreaterThan(900);
    }

    @Test
    void fragmentsAndProtocolsWithoutPortsGoByTheirAddresses() {
        assertThat(port(packet(0xEF00000A, 1, 17, 8))).isEqualTo(port(packet(0xEF00000A, 2, 17, 8)));
        assertThat(port(packet(0xEF00000A, 1, 103, 0))).isEqualTo(port(packet(0xEF00000A, 2, 103, 0)));
    }
}
