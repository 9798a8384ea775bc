package io.nubicast.app.router.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nubicast.app.ExitCode;
import io.nubicast.proxy.management.ControlClient;
import io.nubicast.router.config.ConfigCommands;
import io.nubicast.router.config.ConfigStore;
import io.nubicast.router.config.ConfigTypes;
import io.nubicast.router.config.RunningConfig;
import io.nubicast.shell.Grammar;
import io.nubicast.shell.Mode;
import io.nubicast.shell.Session;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShellOverSocketTest {
    @TempDir
    private Path directory;

    private final RunningConfig running = new RunningConfig((before, now) -> {});
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private Path socket = Path.of("");
    private @Nullable ShellServer server;

    @BeforeEach
    void serve() throws IOException {
        Grammar.Builder builder = Grammar.builder(ConfigTypes.ALL);
        ConfigCommands.add(builder, running, new NoStore());
        Grammar grammar = builder.build();
        socket = directory.resolve("router.sock");
        server = ShellServer.open(socket,
                () -> new Session(grammar, Mode.PRIVILEGED, () -> running.config().hostname()));
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private int script(boolean json, String... lines) throws IOException {
        try (ShellClient client = ShellClient.open(socket)) {
            return new ShellScript(client, json, print(out), print(err)).run(List.of(lines).iterator());
        }
    }

    private static PrintStream print(ByteArrayOutputStream to) {
        return new PrintStream(to, true, StandardCharsets.UTF_8);
    }

    @Test
    void allLinesOfAScriptAreOneSession() throws IOException {
        int code = script(false, "configure terminal", "hostname c8kv", "interface gi1", "ip pim sparse-mode", "end",
                "show running-config | include hostname|interface|pim");

        assertThat(code).isZero();
        assertThat(running.config().hostname()).isEqualTo("c8kv");
        assertThat(out.toString(StandardCharsets.UTF_8)).endsWith("""
                hostname c8kv
                interface GigabitEthernet1
                 ip pim sparse-mode
                """);
        assertThat(err.size()).isZero();
    }

    @Test
    void aRefusedLineSetsTheExitStatusAndIsShownWithItsCaret() throws IOException {
        int code = script(false, "configure terminal", "ip pim rp-address 239.1.1.1", "hostname still-done");

        assertThat(code).isEqualTo(ExitCode.FAILED);
        assertThat(running.config().hostname()).isEqualTo("still-done");
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("""
                router(config)#ip pim rp-address 239.1.1.1
                                                 ^
                % Invalid input detected at '^' marker.
                % Expected: the IPv4 address of a host: no group, broadcast or 0.0.0.0
                """);
    }

    @Test
    void jsonIsOneLineForEachAnswer() throws IOException {
        int code = script(true, "show access-lists", "show foo");

        assertThat(code).isEqualTo(ExitCode.FAILED);
        List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines).hasSize(2);
        assertThat(lines.getFirst()).isEqualTo("{\"access-lists\":[]}");
        assertThat(lines.getLast()).startsWith("{\"error\":\"% Invalid input");
    }

    @Test
    void twoConnectionsHaveSessionsOfTheirOwn() throws IOException {
        try (ShellClient one = ShellClient.open(socket); ShellClient other = ShellClient.open(socket)) {
            one.run("configure terminal");
            other.run("show access-lists");

            assertThat(one.prompt()).isEqualTo("router(config)#");
            assertThat(other.prompt()).isEqualTo("router#");
            assertThat(one.complete("host")).containsExactly("hostname");
            assertThat(one.help("hostname ")).startsWith("  WORD  ");
        }
    }

    @Test
    void exitEndsTheConversation() throws IOException {
        try (ShellClient client = ShellClient.open(socket)) {
            assertThat(client.run("exit").closed()).isTrue();
        }
    }

    @Test
    void whereNoRouterAnswersItSaysSo() {
        assertThatThrownBy(() -> ShellClient.open(directory.resolve("none.sock")))
                .isInstanceOf(ControlClient.NotRunning.class).hasMessageContaining("no daemon answers at");
    }

    @Test
    void longTextsAreShownPageByPage() throws IOException {
        assertThat(paged("1\n2\n3\n4\n5\n6\n7\n", 3, ' ', '\r', 'q')).isEqualTo("1|2|3|4|5");
        assertThat(paged("1\n2\n3\n", 0)).isEqualTo("1|2|3");
        assertThat(paged("1\n2\n", 3)).isEqualTo("1|2");
    }

    private static String paged(String text, int length, int... keys) throws IOException {
        Deque<Integer> pressed = new ArrayDeque<>();
        for (int key : keys) {
            pressed.add(key);
        }
        StringWriter screen = new StringWriter();
        Pager.show(text, length, new PrintWriter(screen), () -> pressed.isEmpty() ? -1 : pressed.remove());
        assertThat(pressed).isEmpty();
        return String.join("|", screen.toString().replaceAll(" --More-- \\r *\\r", "").lines().toList());
    }

    private static final class NoStore implements ConfigStore {
        @Override
        public Optional<String> startup() {
            return Optional.empty();
        }

        @Override
        public void saveStartup(String text) throws IOException {
            throw new IOException("read-only");
        }

        @Override
        public String read(String file) throws IOException {
            throw new IOException("no files");
        }
    }
}
