package io.nubicast.app.router;

import static io.nubicast.app.lab.Application.eventually;
import static io.nubicast.app.lab.Application.numbered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nubicast.app.lab.Application;
import io.nubicast.app.lab.FrrRouter;
import io.nubicast.app.lab.Machine;
import io.nubicast.tools.lab.NetworkLab;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// With FRR as a peer (T-PIM-11): each of the two is once first hop and once last hop, and once the rendezvous point.
///
///     left 10.1.0.10 ── ours 10.1.0.1 │ 10.12.0.1 ── 10.12.0.2 │ frr 10.2.0.1 ── right 10.2.0.10
@Tag("ci")
@Timeout(120)
class FrrIT {
    private static final String GROUP = "239.7.7.7";
    private static final int PORT = 5007;

    @TempDir
    private Path directory;
    private final List<AutoCloseable> opened = new ArrayList<>();
    private Machine left;
    private Machine right;
    private Machine ours;
    private Machine theirs;

    @BeforeEach
    void build() throws Exception {
        assumeTrue(NetworkLab.missing().isEmpty(), () -> NetworkLab.missing().orElse(""));
        assumeTrue(FrrRouter.missing().isEmpty(), () -> FrrRouter.missing().orElse(""));
        NetworkLab lab = keep(NetworkLab.open("nbfrr"));
        left = keep(Machine.in(lab, "left", directory));
        right = keep(Machine.in(lab, "right", directory));
        ours = keep(Machine.in(lab, "ours", directory));
        theirs = keep(Machine.in(lab, "frr", directory));
        lab.cable(left.node(), "eth0", ours.node(), "eth0");
        lab.cable(ours.node(), "eth1", theirs.node(), "eth0");
        lab.cable(theirs.node(), "eth1", right.node(), "eth0");
        left.node().address("eth0", "10.1.0.10/24").route("default via 10.1.0.1");
        right.node().address("eth0", "10.2.0.10/24").route("default via 10.2.0.1");
        ours.node().address("eth0", "10.1.0.1/24").address("eth1", "10.12.0.1/24").sysctl("net/ipv4/ip_forward", "1");
        theirs.node().address("eth0", "10.12.0.2/24").address("eth1", "10.2.0.1/24").sysctl("net/ipv4/ip_forward",
                "1");
    }

    private <T extends AutoCloseable> T keep(T resource) {
        opened.add(resource);
        return resource;
    }

    @AfterEach
    void tearDown() throws Exception {
        for (AutoCloseable each : opened.reversed()) {
            each.close();
        }
    }

    @ParameterizedTest(name = "the source is {0}, the rendezvous point is {1}")
    @CsvSource({"left,ours", "left,frr", "right,ours", "right,frr"})
    void theStreamPassesBothAndBothAgree(String side, String rp) throws Exception {
        String rpAddress = rp.equals("ours") ? "10.12.0.1" : "10.12.0.2";
        RouterProcess router = keep(RouterProcess.start(ours.node(), directory.resolve("router"), """
                hostname ours
                ip multicast-routing
                ip pim rp-address %s
                interface GigabitEthernet1
                 device eth0
                 ip pim sparse-mode
                interface GigabitEthernet2
                 device eth1
                 ip pim sparse-mode
                 ip pim query-interval 2
                ip route 10.2.0.0 255.255.255.0 10.12.0.2
                """.formatted(rpAddress)));
        FrrRouter frr = keep(FrrRouter.start(theirs.node(), """
                ip pim rp %s 224.0.0.0/4
                ip route 10.1.0.0/24 10.12.0.1
                interface eth0
                 ip pim
                 ip pim hello 2 7
                interface eth1
                 ip pim
                 ip igmp
                """.formatted(rpAddress)));
        router.until("FRR is a neighbour", text -> text.contains("10.12.0.2"), "show ip pim neighbor");
        eventually("FRR sees us", () -> frr.vtysh("show ip pim neighbor json").contains("10.12.0.1"));
        boolean fromLeft = side.equals("left");
        Application member = (fromLeft ? right : left).member(GROUP, PORT, "eth0");
        if (fromLeft) {
            eventually("FRR has the member", () -> frr.vtysh("show ip igmp groups json").contains(GROUP));
        } else {
            router.until("we have the member", text -> text.contains(GROUP), "show ip igmp groups");
        }
        Application source = (fromLeft ? left : right).sender(fromLeft ? "10.1.0.10" : "10.2.0.10", "eth0");
        source.channel().setOption(java.net.StandardSocketOptions.IP_MULTICAST_TTL, 16);

        long[] number = {0};
        eventually("the stream is steady", () -> {
            try {
                source.send(numbered(number[0]++, 500), GROUP, PORT);
                java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
                return !member.isSilent() && member.isSilent();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        for (int i = 0; i < 50; i++) {
            source.send(numbered(1_000 + i, 500), GROUP, PORT);
            long arrived = member.next().number();
            while (arrived < 1_000) {
                arrived = member.next().number();
            }
            assertThat(arrived).isEqualTo(1_000 + i);
        }

        String sourceAddress = fromLeft ? "10.1.0.10" : "10.2.0.10";
        assertThat(router.shell("show ip mroute")).contains("(" + sourceAddress + ", " + GROUP + ")");
        assertThat(frr.vtysh("show ip mroute json")).contains(sourceAddress);
    }
}
