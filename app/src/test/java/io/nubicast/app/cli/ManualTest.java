package io.nubicast.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.forwarding.SendError;
import io.nubicast.wire.DropReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/// The manual pages name everything that there is.
class ManualTest {
    private static final Path PAGES = Path.of("../docs/man");
    private static final Map<String, String> PAGE_OF = Map.of("nubicast send", "nubicast-send.1", "nubicast receive",
            "nubicast-receive.1", "nubicast demo", "nubicast.1", "nubicast", "nubicast.1", "nubicast shell",
            "nubicast-shell.1", "nubicast router", "nubicast-router.8");

    static Stream<CommandLine> commands() {
        return below(Cli.commandLine());
    }

    private static Stream<CommandLine> below(CommandLine command) {
        return Stream.concat(Stream.of(command), command.getSubcommands().values().stream().flatMap(ManualTest::below));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyOptionStandsInItsManualPage(CommandLine command) throws IOException {
        String name = command.getCommandSpec().qualifiedName();
        String page = Files.readString(PAGES.resolve(PAGE_OF.getOrDefault(name, "nubicast-proxy.8")));

        List<String> missing = command.getCommandSpec().options().stream().filter(option -> !option.hidden())
                .map(OptionSpec::longestName).filter(option -> !option.equals("--help"))
                .filter(option -> !page.contains("Fl " + option.substring(1))).toList();

        assertThat(missing).as(name).isEmpty();
    }

    @Test
    void everyReasonOfADropOrAFailureStandsInTheManual() throws IOException {
        String page = Files.readString(PAGES.resolve("nubicast-proxy.8"));

        assertThat(Stream.of(DropReason.values()).map(DropReason::label))
                .allSatisfy(label -> assertThat(page).contains(label));
        assertThat(Stream.of(SendError.values()).map(SendError::label))
                .allSatisfy(label -> assertThat(page).contains(label));
    }
}
