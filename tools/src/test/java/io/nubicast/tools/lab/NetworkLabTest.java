package io.nubicast.tools.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NetworkLabTest {
    private static final String PREFIX = "nbtoolslab";

    @BeforeEach
    void aLabCanBeBuiltHere() {
        Optional<String> missing = NetworkLab.missing();
        assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
    }

    @Test
    void nodesOnASwitchReachEachOther() {
        try (NetworkLab lab = NetworkLab.open(PREFIX)) {
            Node a = lab.node("a");
            Node b = lab.node("b");
            lab.bridge("lan").attach(a, "eth0", "10.9.0.1/24").attach(b, "eth0", "10.9.0.2/24");

            // A TCP connection to a closed port is refused by the other node's kernel: it answered.
            String answer = a.run("bash", "-c", "(exec 3<>/dev/tcp/10.9.0.2/9) 2>&1 || true");

            assertThat(answer).contains("refused");
        }
    }

    @Test
    void closingEndsWhatRunsInsideAndDeletesTheNamespaces() throws Exception {
        Process sleeper;
        Node node;
        try (NetworkLab lab = NetworkLab.open(PREFIX)) {
            node = lab.node("a");
            sleeper = node.start(new ProcessBuilder("sleep", "60").redirectOutput(Redirect.DISCARD));
            assertThat(sleeper.isAlive()).isTrue();
            assertThat(namespace(node)).exists();
        }

        assertThat(sleeper.waitFor(5, TimeUnit.SECONDS)).isTrue();
        assertThat(namespace(node)).doesNotExist();
    }

    @Test
    void closingAlsoEndsProcessesThatLeftTheirParent() {
        long orphan;
        try (NetworkLab lab = NetworkLab.open(PREFIX)) {
            orphan = Long.parseLong(
                    lab.node("a").run("sh", "-c", "setsid sleep 60 >/dev/null 2>&1 </dev/null & echo $!"));
            assertThat(ProcessHandle.of(orphan)).isPresent();
        }

        assertThat(ProcessHandle.of(orphan).filter(ProcessHandle::isAlive)
                .filter(handle -> handle.info().command().isPresent())).isEmpty();
    }

    @Test
    void whatADeadOwnerLeftIsRemovedAndALivingOwnersNamespacesStay() throws Exception {
        Process dead = new ProcessBuilder("true").start();
        dead.waitFor();
        String left = PREFIX + dead.pid() + "-left";
        String alive = PREFIX + ProcessHandle.current().pid() + "-alive";
        assertThat(Command.run("ip", "netns", "add", left).succeeded()).isTrue();
        assertThat(Command.run("ip", "netns", "add", alive).succeeded()).isTrue();
        try {
            List<String> removed = Leftovers.remove(PREFIX);

            assertThat(removed).containsExactly(left);
            assertThat(Path.of("/run/netns", left)).doesNotExist();
            assertThat(Path.of("/run/netns", alive)).exists();
        } finally {
            Leftovers.delete(alive);
        }
    }

    @Test
    void aFailingCommandIsReportedWithItsOutput() {
        try (NetworkLab lab = NetworkLab.open(PREFIX)) {
            Node node = lab.node("a");

            assertThatThrownBy(() -> node.address("eth7", "10.0.0.1/24")).isInstanceOf(LabException.class)
                    .hasMessageContaining("addr add 10.0.0.1/24 dev eth7").hasMessageContaining("eth7");
        }
    }

    @Test
    void aSwitchThatBlocksMulticastStillCarriesUnicast() {
        try (NetworkLab lab = NetworkLab.open(PREFIX)) {
            Node a = lab.node("a");
            Node b = lab.node("b");
            Switch vpc = lab.bridge("vpc").attach(a, "eth0", "10.9.0.1/24").attach(b, "eth0", "10.9.0.2/24")
                    .blockMulticast("239.9.9.9", "239.9.9.8");
            a.route("224.0.0.0/4 dev eth0");

            a.run("bash", "-c", "echo x > /dev/udp/239.9.9.9/9");
            String answer = a.run("bash", "-c", "(exec 3<>/dev/tcp/10.9.0.2/9) 2>&1 || true");

            assertThat(answer).contains("refused");
            if (vpc.multicastDropped() >= 0) {
                assertThat(vpc.multicastDropped()).isEqualTo(1);
                assertThat(vpc.multicastDropped("239.9.9.9")).isEqualTo(1);
                assertThat(vpc.multicastDropped("239.9.9.8")).isZero();
            }
        }
    }

    @Test
    void anOwnersPidIsReadFromTheName() {
        assertThat(Leftovers.owner("nbdemo", "nbdemo123-ecs1")).contains(123L);
        assertThat(Leftovers.owner("nbdemo", "nbdemo-ecs1")).isEmpty();
        assertThat(Leftovers.owner("nbdemo", "nbdemox1-ecs1")).isEmpty();
        assertThat(Leftovers.owner("nbdemo", "other123-ecs1")).isEmpty();
    }

    private static Path namespace(Node node) {
        Path path = Path.of("/run/netns", node.namespace());
        assertThat(Files.isDirectory(path)).isFalse();
        return path;
    }
}
