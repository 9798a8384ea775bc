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
        assertThat(options.phases()).containsExactly(Options.Phase.values());
        assertThat(options.holdSeconds()).isEqualTo(10);
    }

    @Test
    void whatIsGivenWinsOverQuickWhereverItStands() {
        Options options = Options.parse(List.of("--cells", "5x300", "--quick", "--hold", "3"));

        assertThat(options.cells()).containsExactly(new Cell(5, 300));
        assertThat(options.holdSeconds()).isEqualTo(3);
        assertThat(options.rounds()).isEqualTo(3);
    }

    @Test
    void listsAreReadWithoutRegardToCase() {
        Options options = Options.parse(List.of("--variants", "socket,C_RAW", "--phases", "cost"));

        assertThat(options.variants()).containsExactly(Variant.C_RAW, Variant.SOCKET);
        assertThat(options.phases()).containsExactly(Options.Phase.COST);
    }

    @Test
    void anUnknownOptionAndAMissingValueAreNamed() {
        assertThatIllegalArgumentException().isThrownBy(() -> Options.parse(List.of("--fast", "1")))
                .withMessageContaining("--fast");
        assertThatIllegalArgumentException().isThrownBy(() -> Options.parse(List.of("--hold")))
                .withMessageContaining("--hold");
        assertThatIllegalArgumentException().isThrownBy(() -> Options.parse(List.of("--cells", "3x9")))
                .withMessageContaining("3x9");
    }
}
