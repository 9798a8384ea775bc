package io.nubicast.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.nubicast.bench.Load.Shape;
import io.nubicast.bench.Results.Case;
import io.nubicast.bench.Results.Latency;
import io.nubicast.bench.Results.Paced;
import io.nubicast.bench.Results.Window;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;

class TablesTest {
    private static final Cell CELL = new Cell(3, 200);
    private static final Cell CELL_64 = new Cell(64, 200);

    @TempDir
    Path directory = Path.of("");

    private final Report report = new Report(Options.parse(List.of()));

    @Test
    void theTablePutsEachVariantBesideItsReference() {
        cost(CELL, Variant.C_RAW, 1200, 1000);
        cost(CELL, Variant.SOCKET, 1250, 1000);
        cost(CELL, Variant.C_PACKET, 800, 1000);
        cost(CELL, Variant.PACKET1, 750, 1000);
        report.latency().add(CELL, Variant.C_RAW, new Latency(30_000, 0, 0, 20, 40, 50));
        report.latency().add(CELL, Variant.SOCKET, new Latency(30_000, 0, 2, 21, 40, 50));

        assertThat(new Tables(report.summary()).all()).contains("| C sendmmsg | 1200 |", "| socket | 1250 (0.96) |",
                "| C packet | 800 (1.50) |", "| packet(1) | 750 (1.07) |",
                "| socket | 21.0 (21.0) | 1.05 of C sendmmsg |", "Copies out of order, all variants: 2");
    }

    @Test
    void aGoalIsMeasuredInItsWorstCell() {
        cost(CELL, Variant.C_RAW, 1250, 1000);
        cost(CELL, Variant.SOCKET, 1000, 1000);
        cost(CELL_64, Variant.C_RAW, 1200, 1000);
        cost(CELL_64, Variant.SOCKET, 1500, 1000);

        assertThat(new Tables(report.summary()).ofTheDocument())
                .contains("| socket / C sendmmsg, cost in every cell | >= 0.95 | 0.80 (64x200) to 1.25 | **no** |",
                        "| socket / C sendmmsg | 1.25 | 0.80 |");
    }

    @Test
    void whatEvenTheTwinsCannotReachIsShownButNotJudged() {
        cost(CELL, Variant.C_RAW, 1400, 1000);
        cost(CELL, Variant.C_PACKET, 1000, 1000);
        cost(CELL, Variant.SOCKET, 1400, 1000);
        cost(CELL, Variant.PACKET1, 1000, 1000);
        cost(CELL_64, Variant.SOCKET, 1200, 1000);
        cost(CELL_64, Variant.PACKET1, 750, 1000);

        assertThat(new Tables(report.summary()).ofTheDocument()).contains(
                "| packet(1) / socket, cost | >= 1.5 | 1.40 (3x200, the twins in C 1.40: not judged), 1.60 (64x200) | yes |");
    }

    @Test
    void burstsAreComparedWithTheRelayWithoutAny() {
        cost(CELL_64, Variant.C_RAW, 1200, 1000);
        cost(CELL_64, Variant.PACKET_BURST, 60, 100);
        cost(new Cell(64, 1000), Variant.C_RAW, 1200, 1000);
        cost(new Cell(64, 1000), Variant.PACKET_BURST, 120, 100);

        assertThat(new Tables(report.summary()).ofTheDocument())
                .contains(
                        "| packet(16) / C sendmmsg, cost at 64 members | >= 12 | 20.0 (64x200), 10.0 (64x1000) | yes |",
                        "| packet(16) | 60, 10.0 | 120, 10.0 |");
    }

    @Test
    void theStreamIsHeldWithoutAnyLoss() {
        Case place = new Case(CELL_64, new Load(100_000, Shape.EVEN));
        report.stream().add(place, Variant.C_GSO64, new Paced(100_000, 0, 9.2, 0, 140, 900, 1000, false));
        report.stream().add(place, Variant.PACKET, new Paced(100_000, 0.001, 8.6, 0, 150, 1900, 2000, false));

        assertThat(new Tables(report.summary()).ofTheDocument()).contains(
                "| loss 0.0010, p99 1.9 ms | **no** |",
                "| 100 k/s even | 9.2; 140 / 900, no loss | 8.6; 150 / 1900, loss 0.10 % |");
    }

    @Test
    void resultsAreReadAsTheyWereWritten() throws IOException {
        cost(CELL, Variant.C_RAW, 1200, 1000);
        curve(Variant.PACKET, 50_000, Shape.POISSON, 4.25, 110, 205.5);
        Path file = directory.resolve("fanout.json");

        report.summary().write(file);

        assertThat(Summary.read(file)).isEqualTo(report.summary());
        assertThat(Files.readString(file)).contains(
                "{\"phase\":\"cost\",\"variant\":\"c_raw\",\"members\":3,\"bytes\":200,\"cpuNsPerCopy\":1200",
                "\"rate\":50000,\"shape\":\"poisson\"");
    }

    @Test
    void thePlotIsWellFormedAndLeavesOutWhatWasOverloaded() throws Exception {
        for (Shape shape : Shape.values()) {
            curve(Variant.PACKET, 10_000, shape, 1.2, 95, 200);
            curve(Variant.PACKET, 100_000, shape, 9.1, 134, 287);
        }
        report.curve().add(new Case(CELL_64, new Load(50_000, Shape.EVEN)), Variant.PACKET,
                new Paced(9_000, 0.5, 60, 0, 1e6, 2e6, 2e6, true));

        Plot.write(report.summary(), directory.resolve(Plot.FILE));

        String svg = Files.readString(directory.resolve(Plot.FILE));
        DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
        // three shapes in the legend; of each two points on the left and four on the right
        assertThat(svg.split(" mark\"", -1)).hasSize(1 + 3 + 3 * 6);
        assertThat(svg).doesNotContain("NaN");
    }

    @Test
    void theTablesOfADocumentAreReplacedBetweenItsMarks() throws IOException {
        cost(CELL, Variant.C_RAW, 1200, 1000);
        Path document = directory.resolve("performance.md");
        Files.writeString(document, """
                before
                <!-- bench/fanout --markdown: begin -->
                old
                <!-- bench/fanout --markdown: end -->
                after
                """);

        Document.update(document, report.summary());

        assertThat(Files.readString(document)).startsWith("before\n<!--").contains("| C sendmmsg | 1200 |")
                .doesNotContain("old").endsWith("end -->\nafter\n");
        Files.writeString(document, "no marks");
        assertThatIOException().isThrownBy(() -> Document.update(document, report.summary()))
                .withMessageContaining("begin");
    }

    @Test
    void kernelCopiesAreJudgedByTheTimeOfSourceAndRelay() {
        kernel(CELL_64, Variant.C_RAW, 1200, 20);
        kernel(CELL_64, Variant.EBPF, 0, 400);
        kernel(CELL_64, Variant.EBPF_BURST, 20, 50);

        String tables = new Tables(report.summary()).ofTheDocument();

        assertThat(tables).contains(
                "| ebpf / C sendmmsg, cost with the source's, 64 members and more | >= 2.3 | 3.05 (64x200) | yes |")
                .contains(
                        "| ebpf burst(16) / C sendmmsg, cost of the relay alone, receive included, 64 members | >= 20 | 60.00 (64x200) | yes |")
                .contains("| ebpf | 400; 400 |").contains("| ebpf / C sendmmsg | 3.05 |");
    }

    @Test
    void aDelayIsJudgedBesideTheRelayOfTheSameRun() {
        Case few = new Case(new Cell(3, 200), new Load(10_000, Shape.EVEN));
        report.busy().add(few, Variant.C_RAW, new Paced(10_000, 0, 1, 0, 50, 4000, 9000, false));
        report.busy().add(few, Variant.EBPF, new Paced(10_000, 0, 1, 0, 10, 500, 900, false));

        assertThat(new Tables(report.summary()).ofTheDocument())
                .contains("| C sendmmsg / ebpf, p50 of the delay beside other work | >= 2.5 | 5.0 | yes |")
                .contains("| C sendmmsg / ebpf, p99 of the delay beside other work | >= 10 | 8.0 | **no** |")
                .contains("| ebpf | 10.0 | 500.0 | 900 | none |");
    }

    private void kernel(Cell cell, Variant variant, int relayNs, int sourceNs) {
        report.kernel().add(cell, variant, new Window(10_000_000, relayNs * 1000L, 1000, 1000, sourceNs * 1000L));
    }

    private void cost(Cell cell, Variant variant, int nsPerCopy, int frames) {
        report.cost().add(cell, variant, new Window(10_000_000, nsPerCopy * 1000L, 1000, frames, 0));
    }

    private void curve(Variant variant, int rate, Shape shape, double burst, double p50Us, double p99Us) {
        report.curve().add(new Case(CELL_64, new Load(rate, shape)), variant,
                new Paced(rate, 0, burst, 0, p50Us, p99Us, p99Us, false));
    }
}
