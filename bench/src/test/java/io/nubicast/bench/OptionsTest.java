package io.nubicast.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTest {
    @Test
    void withoutOptionsAllIsMeasuredInTheSixCellsOfTheIssue() {
        Options options = Options.parse(List.of());

        assertThat(options.cells()).extracting(Cell::toString).containsExactly("3x200", "3x1000", "64x200", "64x1000",
                "256x200", "256x1000");
        assertThat(options.variants()).containsExactly(Variant.values());
        assertThat(options.phases()).containsExactly(Phase.CHECK, Phase.COST, Phase.SPLIT, Phase.KERNEL, Phase.STREAM,
                Phase.CURVE, Phase.THROUGHPUT, Phase.WOKEN, Phase.GRO, Phase.LATENCY, Phase.DELAY, Phase.BUSY);
        assertThat(options.holdSeconds()).isEqualTo(10);
    }

    @Test
    void whatIsGivenWinsOverQuickWhereverItStands() {
        Options options = Options.parse(List.of("--cells", "5x300", "--quick", "--hold", "3"));

        assertThat(options.cells()).containsExactly(new Cell(5, 300));
        assertThat(options.holdSeconds()).isEqualTo(3);
        assertThat(options.rounds()).isEqualTo(2);
        assertThat(options.variants()).contains(Variant.PACKET).doesNotContain(Variant.NIO);
    }

    @Test
    void listsAreReadWithoutRegardToCase() {
        Options options = Options.parse(List.of("--variants", "socket,C_RAW", "--phases", "cost"));

        assertThat(options.variants()).containsExactly(Variant.C_RAW, Variant.SOCKET);
        assertThat(options.phases()).containsExactly(Phase.COST);
    }

    @Test
    void theMembersAreThoseOfTheCellsAndOfThePhases() {
        assertThat(Options.parse(List.of("--cells", "5x300", "--phases", "cost")).memberCounts()).containsExactly(5);
        assertThat(Options.parse(List.of("--cells", "5x300")).memberCounts()).containsExactly(3, 5, 64);
    }

    @Test
    void theForcedBurstIsThatOfTheOption() {
        Options options = Options.parse(List.of("--burst", "4"));

        assertThat(options.label(Variant.PACKET_BURST)).isEqualTo("packet(4)");
        assertThat(Variant.C_GSO.mode(options.burst())).isEqualTo("4");
        assertThat(Variant.PACKET.burst(options.burst())).isEqualTo(64);
    }

    @Test
    void anUnknownOptionAndAMissingValueAreNamed() {
        assertThatIllegalArgumentException().isThrownBy(() -> Options.parse(List.of("--fast", "1")))
                .withMessageContaining("--fast");
        assertThatIllegalArgumentException().isThrownBy(() -> Options.parse(List.of("--hold")))
                .withMessageContaining("--hold");
        assertThatIllegalArgumentException().isThrownBy(() -> Options.parse(List.of("--cells", "3x9")))
                .withMessageContaining("3x9");
        assertThatIllegalArgumentException().isThrownBy(() -> Options.parse(List.of("--burst", "65")))
                .withMessageContaining("--burst 65");
    }
}
