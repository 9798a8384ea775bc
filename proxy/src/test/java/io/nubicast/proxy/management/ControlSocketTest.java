package io.nubicast.proxy.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlSocketTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @TempDir
    Path directory;

    @Test
    void aRequestIsALineAndSoIsItsAnswer() throws IOException {
        Path path = directory.resolve("sub/c.sock");
        try (ControlServer server = ControlServer.open(path, request -> "{\"asked\":\"" + request + "\"}")) {
            assertThat(ControlClient.ask(path, "status", PATIENCE)).isEqualTo("{\"asked\":\"status\"}");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path))).isEqualTo("rw-------");
            assertThat(server.path()).isEqualTo(path);
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void aLongAnswerArrivesWhole() throws IOException {
        String answer = "x".repeat(3_000_000);
        Path path = directory.resolve("c.sock");
        try (ControlServer server = ControlServer.open(path, request -> answer)) {
            assertThat(ControlClient.ask(server.path(), "status", PATIENCE)).isEqualTo(answer);
        }
    }

    @Test
    void whoIsSilentBlocksNobody() throws IOException {
        Path path = directory.resolve("c.sock");
        List<SocketChannel> silent = new ArrayList<>();
        try (ControlServer server = ControlServer.open(path, request -> "{}")) {
            for (int i = 0; i < 150; i++) {
                silent.add(SocketChannel.open(UnixDomainSocketAddress.of(path)));
            }
            assertThat(ControlClient.ask(server.path(), "status", PATIENCE)).isEqualTo("{}");
        } finally {
            for (SocketChannel channel : silent) {
                channel.close();
            }
        }
    }

    @Test
    void aSocketThatNobodyAnswersIsReplaced() throws IOException {
        Path path = directory.resolve("c.sock");
        try (ServerSocketChannel killed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            killed.bind(UnixDomainSocketAddress.of(path));
        }
        assertThat(path).exists();

        try (ControlServer server = ControlServer.open(path, request -> "{}")) {
            assertThat(ControlClient.ask(server.path(), "x", PATIENCE)).isEqualTo("{}");
        }
    }

    @Test
    void aSocketThatSomebodyAnswersIsLeftAlone() throws IOException {
        Path path = directory.resolve("c.sock");
        try (ControlServer first = ControlServer.open(path, request -> "{\"first\":1}")) {
            assertThatThrownBy(() -> ControlServer.open(path, request -> "{}"))
                    .hasMessageContaining("another daemon answers there");
            assertThat(ControlClient.ask(first.path(), "x", PATIENCE)).isEqualTo("{\"first\":1}");
        }
    }

    @Test
    void aFileThatIsNoSocketIsLeftAlone() throws IOException {
        Path path = directory.resolve("c.sock");
        Files.writeString(path, "mine");

        assertThatThrownBy(() -> ControlServer.open(path, request -> "{}")).hasMessageContaining("is no socket");
        assertThat(path).hasContent("mine");
    }

    @Test
    void aDirectoryThatOthersMayWriteToIsRefused() throws IOException {
        Path open = Files.createDirectory(directory.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThatThrownBy(() -> ControlServer.open(open.resolve("c.sock"), request -> "{}"))
                .hasMessageContaining("other users can put files there");
    }

    @Test
    void onlyRootAndTheDaemonsUserMayAsk() {
        UserPrincipal daemon = () -> "nubicast";

        assertThat(ControlServer.mayAsk(daemon, daemon)).isTrue();
        assertThat(ControlServer.mayAsk(() -> "root", daemon)).isTrue();
        assertThat(ControlServer.mayAsk(() -> "mallory", daemon)).isFalse();
    }

    @Test
    void aProcessOfAnotherUserIsRefusedEvenWhereTheFileModeLetsItIn() throws Exception {
        assumeTrue(ControlSocket.ownUid() == 0, "needs root, to become another user");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")), "needs setpriv of util-linux");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/perl")), "needs perl");
        Path path = directory.resolve("c.sock");
        try (ControlServer server = ControlServer.open(path, request -> "{\"secret\":1}")) {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.setPosixFilePermissions(server.path(), PosixFilePermissions.fromString("rw-rw-rw-"));

            assertThat(askAs("0", path)).isEqualTo("{\"secret\":1}\n");
            assertThat(askAs("65534", path))
                    .isEqualTo("{\"error\":\"only root and the user who runs the daemon may ask\"}\n");
        }
    }

    private static String askAs(String uid, Path path) throws IOException, InterruptedException {
        Process peer = new ProcessBuilder("/usr/bin/setpriv", "--reuid", uid, "--clear-groups", "/usr/bin/perl",
                "-MIO::Socket::UNIX", "-e",
                "$s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die; syswrite($s, qq(status\\n)); print scalar <$s>;",
                path.toString()).redirectErrorStream(true).start();
        String answer = new String(peer.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        peer.waitFor();
        return answer;
    }

    @Test
    void withoutADaemonItSaysSo() {
        assertThatThrownBy(() -> ControlClient.ask(directory.resolve("none.sock"), "status", PATIENCE))
                .isInstanceOf(ControlClient.NotRunning.class)
                .hasMessageContaining("no daemon answers at");
    }

    @Test
    void aDaemonThatDoesNotAnswerIsNotWaitedForForEver() throws IOException {
        Path path = directory.resolve("c.sock");
        try (ServerSocketChannel deaf = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            deaf.bind(UnixDomainSocketAddress.of(path));

            assertThatThrownBy(() -> ControlClient.ask(path, "status", Duration.ofMillis(30)))
                    .hasMessageContaining("does not answer in time");
        }
    }

    @Test
    void theUsualPlaceDependsOnTheUser() {
        Path place = ControlSocket.path("proxy-server", Map.of("XDG_RUNTIME_DIR", "/run/user/7"));

        assertThat(place).isEqualTo(ControlSocket.ownUid() == 0
                ? Path.of("/run/nubicast/proxy-server.sock")
                : Path.of("/run/user/7/nubicast/proxy-server.sock"));
    }
}
