package io.nubicast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.bench.Results.Latency;
import io.nubicast.bench.Results.Window;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsTest {
    private static final Cell CELL = new Cell(3, 200);

    @Test
    void theFastestDecileIsTheTenthPartOfTheWindows() {
        List<Window> windows = new ArrayList<>();
        for (int i = 1; i <= 20; i++) {
            windows.add(new Window(10_000_000, i * 100_000L, 1000));
        }

        assertThat(Window.costNs(windows)).isEqualTo(300);
    }

    @Test
    void aWindowInWhichTheRelayHardlyRanDoesNotCount() {
        List<Window> windows = List.of(new Window(10_000_000, 10, 10), new Window(10_000_000, 2_000_000, 1000));

        assertThat(Window.costNs(windows)).isEqualTo(2000);
    }

    @Test
    void theTablePutsEachVariantBesideItsReference(@TempDir Path directory) throws IOException {
        Report report = new Report(Options.parse(List.of("--variants", "c_raw,socket")));
        report.cost().add(CELL, Variant.C_RAW, new Window(10_000_000, 1_200_000, 1000));
        report.cost().add(CELL, Variant.SOCKET, new Window(10_000_000, 1_250_000, 1000));
        report.latency().add(CELL, Variant.C_RAW, new Latency(30_000, 0, 0, 20, 40, 50));
        report.latency().add(CELL, Variant.SOCKET, new Latency(30_000, 0, 2, 21, 40, 50));

        assertThat(report.text()).contains("| C twin | 1200 |", "| socket | 1250 (0.96) |",
                "| socket | 21.0 (21.0) | 1.05 |",
                "Copies out of order, all variants: 2");
        report.write(directory.resolve("results.json"));
        assertThat(Files.readString(directory.resolve("results.json")))
                .contains("\"variant\":\"socket\",\"members\":3,\"bytes\":200,\"cpuNsPerCopy\":1250.0");
    }

    @Test
    void aGroupIsWrittenAsARelayReadsIt() {
        RelayGroup group = Relays.group(Variant.SOCKET, 64);

        assertThat(RelayGroup.parse(new String[]{"mc0", group.toString()}, 1)).containsExactly(group);
        assertThat(group.group().isMulticast()).isTrue();
        assertThat(group.member(63)).hasToString("10.98.0.64");
    }
}
