package io.nubicast.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.app.ExitCode;
import io.nubicast.app.daemon.Role;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CliTest {
    @TempDir
    private Path directory;
    private final StringWriter err = new StringWriter();

    private int run(String... words) {
        CommandLine line = Cli.commandLine();
        line.setErr(new PrintWriter(err, true));
        return line.execute(words);
    }

    @ParameterizedTest
    @ValueSource(strings = {"proxy server --ttl 256", "proxy server --interface a/b", "proxy client --address 10.1",
            "proxy server --metrics nonsense", "proxy server --management 127.0.0.1:70000", "proxy nonsense",
            "nonsense",
            "proxy status backwards", "send --port x", "receive --group 10.0.0.1", "proxy server --data-plane",
            "proxy server --data-plane carrier-pigeon", "proxy server --burst 0", "proxy client --burst 65",
            "proxy server --burst x", "proxy server --burst 16 --no-coalescing", "proxy server --workers 0",
            "proxy server --workers 65", "proxy server --marker tos", "proxy client --real-time 0",
            "proxy server --real-time 100"})
    void aWrongCommandLineExitsWith64AndSaysWhatIsWrong(String words) {
        assertThat(run(words.split(" ", -1))).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).startsWith("nubicast: ");
    }

    @Test
    void withoutACommandTheHelpIsPrinted() {
        assertThat(run()).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("Usage: nubicast").contains("proxy");
    }

    @Test
    void aGoodFileOfEitherRolePassesTheCheck() throws IOException {
        Path server = Files.writeString(directory.resolve("a.json"),
                "{\"multi_group_array\":[{\"group_ip\":\"239.1.1.1\",\"member_array\":[\"10.9.9.9\"]}]}");
        Path client = Files.writeString(directory.resolve("b.json"),
                "{\"multi_server_info_array\":[{\"server_ip\":\"10.9.9.9\",\"group_ip\":\"239.1.1.1\"}]}");

        assertThat(run("proxy", "check", server.toString())).isZero();
        assertThat(run("proxy", "check", client.toString())).isZero();
    }

    @Test
    void aFileThatCannotBeUsedFailsTheCheckWith78() throws IOException {
        Path file = Files.writeString(directory.resolve("server_cfg.json.txt"), "{\"multi_group_array\":[{");

        assertThat(run("proxy", "check", file.toString())).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(run("proxy", "check", directory.resolve("absent").toString())).isEqualTo(ExitCode.CONFIGURATION);
    }

    @Test
    void statusWithoutADaemonExitsWith69() {
        ByteArrayOutputStream complaints = new ByteArrayOutputStream();

        int code = Status.parse(List.of("--control", directory.resolve("none.sock").toString())).orElseThrow()
                .run(System.out, new PrintStream(complaints, true, StandardCharsets.UTF_8));

        assertThat(code).isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(complaints.toString(StandardCharsets.UTF_8)).contains("no daemon answers at");
    }

    @Test
    void whatIsNotPlainIsLeftToPicocli() {
        assertThat(Status.parse(List.of("--help"))).isEmpty();
        assertThat(Status.parse(List.of("--control"))).isEmpty();
        assertThat(Status.parse(List.of("client", "--json"))).map(Status::roles)
                .isEqualTo(Optional.of(List.of(Role.CLIENT)));
    }

    @Test
    void aMeshIsWrittenOnceAndLeavesThisHostOut() throws IOException {
        Path list = Files.writeString(directory.resolve("iplist"), "239.1.1.1 5000\n192.168.1.1\n192.168.1.10\n");

        assertThat(run("proxy", "mesh", "--self", "192.168.1.1", "--directory", directory.toString(), list.toString()))
                .isZero();
        String server = Files.readString(directory.resolve("server_cfg.json.txt"));
        assertThat(run("proxy", "mesh", "--self", "192.168.1.1", "--directory", directory.toString(), list.toString()))
                .isZero();

        assertThat(server).contains("192.168.1.10").doesNotContain("\"192.168.1.1\"");
        assertThat(directory.resolve("server_cfg.json.txt")).hasContent(server);
        assertThat(directory.resolve("client_cfg.json.txt")).content().contains("\"server_ip\":\"192.168.1.10\"");
    }
}
