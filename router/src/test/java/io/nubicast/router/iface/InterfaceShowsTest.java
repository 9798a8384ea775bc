package io.nubicast.router.iface;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.wire.Address;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class InterfaceShowsTest {
    private static final InterfaceReport ETHERNET = new InterfaceReport("GigabitEthernet1", "eth0", "to the VPC", true,
            true, InterfaceReport.Kind.ETHERNET, OptionalLong.of(0x0242AC110002L),
            List.of(new InterfaceAddress(Address.ipv4("192.168.0.129"), 24)), 1500, 1_000_000,
            new InterfaceReport.Traffic(5096, 5_238_688, 5096, 0, 7, 700, 0, 2_400_000, 300, 0, 0,
                    OptionalLong.of(3_000_000_000L), OptionalLong.empty(), Map.of()),
            Optional.empty());
    private static final InterfaceReport TUNNEL = new InterfaceReport("Tunnel1", "Tunnel1", "", true, false,
            InterfaceReport.Kind.TUNNEL, OptionalLong.empty(),
            List.of(new InterfaceAddress(Address.ipv4("10.0.0.1"), 30)), 1476, 100, InterfaceReport.Traffic.NONE,
            Optional.of(new InterfaceReport.Tunnel("192.168.0.129 (GigabitEthernet1)", "8.208.89.10", "GRE/IP",
                    Optional.of(7L), false, false, 255, 1472, "set (10 sec), retries 3",
                    "no route to the destination", "user space: no CAP_BPF")));

    @Test
    void anEthernetReadsAsInIos() {
        assertThat(InterfaceShows.interfaces(List.of(ETHERNET)).text()).isEqualTo("""
                GigabitEthernet1 is up, line protocol is up
                  Hardware is Ethernet, address is 0242.ac11.0002 (bia 0242.ac11.0002)
                  Description: to the VPC
                  Linux device is eth0
                  Internet address is 192.168.0.129/24
                  MTU 1500 bytes, BW 1000000 Kbit/sec, DLY 10 usec,
                     reliability 255/255, txload 1/255, rxload 1/255
                  Encapsulation ARPA, loopback not set
                  Last input 00:00:03, output never, output hang never
                  Last clearing of "show interface" counters never
                  5 minute input rate 2400000 bits/sec, 300 packets/sec
                  5 minute output rate 0 bits/sec, 0 packets/sec
                     5096 packets input, 5238688 bytes, 0 no buffer
                     Received 0 broadcasts (5096 IP multicasts)
                     0 runts, 0 giants, 0 throttles
                     0 input errors, 0 CRC, 0 frame, 0 overrun, 0 ignored, 0 abort
                     7 packets output, 700 bytes, 0 underruns
                     0 output errors, 0 collisions, 0 interface resets
                """);
    }

    @Test
    void aTunnelSaysWhyItsLineIsDownAndWhoCarriesIt() {
        assertThat(InterfaceShows.interfaces(List.of(TUNNEL)).text()).startsWith("""
                Tunnel1 is up, line protocol is down
                  Hardware is Tunnel
                  Linux device is Tunnel1
                  Internet address is 10.0.0.1/30
                  MTU 1476 bytes, BW 100 Kbit/sec, DLY 50000 usec,
                     reliability 255/255, txload 1/255, rxload 1/255
                  Encapsulation TUNNEL, loopback not set
                  Keepalive set (10 sec), retries 3
                  Tunnel linestate evaluation down - no route to the destination
                  Tunnel source 192.168.0.129 (GigabitEthernet1), destination 8.208.89.10
                  Tunnel protocol/transport GRE/IP
                    Key 0x7, sequencing disabled
                    Checksumming of packets disabled
                  Tunnel TTL 255
                  Tunnel transport MTU 1472 bytes
                  Tunnel packets are carried by user space: no CAP_BPF
                """);
    }

    @Test
    void theBriefListHasIossColumns() {
        assertThat(InterfaceShows.brief(List.of(ETHERNET, TUNNEL)).text()).isEqualTo("""
                Interface              IP-Address      OK? Method Status                Protocol
                GigabitEthernet1       192.168.0.129   YES manual up                    up
                Tunnel1                10.0.0.1        YES manual up                    down
                """);
    }
}
