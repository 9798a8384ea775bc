package io.nubicast.dataplane.socket;

import static io.nubicast.dataplane.socket.Lan.GROUP;
import static io.nubicast.dataplane.socket.Lan.GROUP_PORT;
import static io.nubicast.dataplane.socket.Lan.SERVER_PORT;
import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.dataplane.PlaneOptions;
import io.nubicast.dataplane.ebpf.EbpfServerPlane;
import io.nubicast.dataplane.socket.ServerProcess.Bpffs;
import io.nubicast.dataplane.socket.ServerProcess.Mode;
import io.nubicast.kernel.socket.UdpSocket;
import io.nubicast.tools.lab.Node;
import io.nubicast.wire.Address;
import java.net.DatagramSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// BPF-005: copies that outlive the server, where the user asked for it, and are taken over by the next one.
class KeptForwardingTest {
    private final Lan lan = new Lan(counters -> new EbpfServerPlane(counters, PlaneOptions.DEFAULT));
    @TempDir
    private Path mount;
    private Bpffs bpffs;
    private Node first;
    private Node second;

    @BeforeEach
    void mount() throws Exception {
        bpffs = Bpffs.mount(lan.proxy, mount);
        first = lan.member(1);
        second = lan.member(2);
        introduce(first, 1);
        introduce(second, 2);
    }

    @AfterEach
    void close() {
        lan.close();
    }

    private void introduce(Node node, int number) {
        String mac = node.run("cat", "/sys/class/net/eth0/address").strip();
        lan.proxy.ip("neigh", "replace", "10.0.0." + (10 + number), "lladdr", mac, "dev", "eth0");
    }

    private Application application(Node node) throws Exception {
        return lan.keep(Application.open(node, Address.ANY_IPV4, SERVER_PORT, true, Address.ANY_IPV4));
    }

    /// Where what a member received, all of which its socket has room for, is not 0, 1, 2, … in order.
    private static List<String> faults(Application member, int sent) throws Exception {
        List<String> faults = new ArrayList<>();
        int next = 0;
        for (Application.Received each : member.receive(sent)) {
            int number = ByteBuffer.wrap(each.payload()).getInt();
            if (number != next) {
                faults.add(number + " instead of " + next);
            }
            next = number + 1;
        }
        if (next != sent) {
            faults.add("the end instead of " + next);
        }
        return faults;
    }

    /// Sends numbers until it is told to stop.
    private static final class Stream extends Thread {
        private final UdpSocket sender;
        private final int most;
        private volatile boolean stopped;
        private volatile int sent;

        Stream(UdpSocket sender, int most) {
            this.sender = sender;
            this.most = most;
            setDaemon(true);
            start();
        }

        @Override
        public void run() {
            byte[] payload = new byte[32];
            for (int number = 0; number < most && !stopped; number++) {
                ByteBuffer.wrap(payload).putInt(number);
                sender.sendTo(payload, GROUP.ipv4(), GROUP_PORT);
                sent = number + 1;
                LockSupport.parkNanos(200_000);
            }
        }

        void awaitMore(int datagrams) {
            int until = sent + datagrams;
            Lan.until("more is sent", () -> sent >= until);
        }

        int end() throws InterruptedException {
            stopped = true;
            join();
            return sent;
        }
    }

    /// `kill -9` under load, nobody there, the next one, twice in a row: each member has each datagram once.
    @ParameterizedTest
    @EnumSource(value = Mode.class, names = {"KEEP", "KEEP_BY_CLSACT"})
    void copiesGoOnWhenTheServerIsKilledAndAreTakenOverWithoutAGapOrADuplicate(Mode mode) throws Exception {
        Application one = application(first);
        Application two = application(second);
        UdpSocket sender = lan.sender(lan.proxy, 40_000);
        Process server = ServerProcess.start(lan.proxy, bpffs, mode, "10.0.0.11", "10.0.0.12");
        Stream stream = new Stream(sender, 1 << 20);

        for (int kill = 0; kill < 2; kill++) {
            stream.awaitMore(500);
            server.destroyForcibly().waitFor();
            Lan.until("its device is gone", () -> !lan.proxy.ip("link").contains("nubicast"));
            stream.awaitMore(500);
            server = ServerProcess.start(lan.proxy, bpffs, mode, "10.0.0.11", "10.0.0.12");
        }
        stream.awaitMore(500);
        int sent = stream.end();

        assertThat(sent).isGreaterThan(2_500);
        assertThat(faults(one, sent)).isEmpty();
        assertThat(faults(two, sent)).isEmpty();
    }

    @Test
    void copiesGoOnWhenTheServerEndsUntilTheyAreEnded() throws Exception {
        DatagramSocket member = lan.receiver(first, SERVER_PORT);
        UdpSocket sender = lan.sender(lan.proxy, 40_000);
        Process server = ServerProcess.start(lan.proxy, bpffs, Mode.KEEP, "10.0.0.11");
        assertThat(ServerProcess.ask(lan.proxy, bpffs, Mode.LIST)).as("a server is there").isEmpty();
        server.destroy();
        server.waitFor();

        sender.sendTo(new byte[]{1}, GROUP.ipv4(), GROUP_PORT);
        assertThat(Lan.receive(member)).containsExactly(1);
        assertThat(ServerProcess.ask(lan.proxy, bpffs, Mode.LIST)).isEqualTo(" eth0");

        assertThat(ServerProcess.ask(lan.proxy, bpffs, Mode.END)).isEqualTo(" eth0");
        sender.sendTo(new byte[]{2}, GROUP.ipv4(), GROUP_PORT);
        assertThat(Lan.drain(member, 200)).isZero();
        assertThat(ServerProcess.ask(lan.proxy, bpffs, Mode.LIST)).isEmpty();
    }

    /// One that does not keep takes over all the same, else each datagram would be copied twice; then they end with it.
    @Test
    void theNextServerNeedNotKeepThem() throws Exception {
        DatagramSocket member = lan.receiver(first, SERVER_PORT);
        UdpSocket sender = lan.sender(lan.proxy, 40_000);
        ServerProcess.start(lan.proxy, bpffs, Mode.KEEP, "10.0.0.11").destroyForcibly().waitFor();
        Process next = ServerProcess.start(lan.proxy, bpffs, Mode.PLAIN, "10.0.0.11", "10.0.0.12");

        sender.sendTo(new byte[]{1}, GROUP.ipv4(), GROUP_PORT);
        assertThat(Lan.drain(member, 300)).isEqualTo(1);
        next.destroyForcibly().waitFor();

        Lan.until("its device is gone", () -> !lan.proxy.ip("link").contains("nubicast"));
        sender.sendTo(new byte[]{2}, GROUP.ipv4(), GROUP_PORT);
        assertThat(Lan.drain(member, 200)).isZero();
        assertThat(ServerProcess.ask(lan.proxy, bpffs, Mode.LIST)).isEmpty();
    }

    /// A member that the next configuration leaves out gets nothing more; one that it adds does.
    @Test
    void theNextServersConfigurationHolds() throws Exception {
        DatagramSocket other = lan.receiver(second, SERVER_PORT);
        DatagramSocket member = lan.receiver(first, SERVER_PORT);
        UdpSocket sender = lan.sender(lan.proxy, 40_000);
        ServerProcess.start(lan.proxy, bpffs, Mode.KEEP, "10.0.0.11").destroyForcibly().waitFor();
        Process next = ServerProcess.start(lan.proxy, bpffs, Mode.KEEP, "10.0.0.12");

        sender.sendTo(new byte[]{1}, GROUP.ipv4(), GROUP_PORT);
        assertThat(Lan.receive(other)).containsExactly(1);
        assertThat(Lan.drain(member, 200)).isZero();
        next.destroyForcibly().waitFor();
        assertThat(ServerProcess.ask(lan.proxy, bpffs, Mode.END)).isEqualTo(" eth0");
    }

    @Test
    void withoutBpffsTheReasonAndTheCommandAreSaid() {
        Process server = ServerProcess.startWithoutBpffs(lan.proxy);

        assertThat(server.inputReader(StandardCharsets.UTF_8).lines())
                .anyMatch(line -> line.contains("mount -t bpf bpf"));
    }
}
