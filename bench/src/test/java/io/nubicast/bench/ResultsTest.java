package io.nubicast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.bench.Results.Window;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResultsTest {
    @Test
    void theFastestDecileIsTheTenthPartOfTheWindows() {
        List<Window> windows = new ArrayList<>();
        for (int i = 1; i <= 20; i++) {
            windows.add(new Window(10_000_000, i * 100_000L, 1000, 1000, 0));
        }

        assertThat(Window.costNs(windows)).isEqualTo(300);
    }

    @Test
    void whatTheSourceSpendsInItsSendsIsPartOfTheCostOfKernelCopies() {
        List<Window> windows = List.of(new Window(10_000_000, 1_000_000, 1000, 1000, 500_000));

        assertThat(Window.costNs(windows)).isEqualTo(1000);
        assertThat(Window.costWithSourceNs(windows)).isEqualTo(1500);
    }

    @Test
    void aWindowInWhichTheRelayHardlyRanDoesNotCount() {
        List<Window> windows =
                List.of(new Window(10_000_000, 10, 10, 10, 0), new Window(10_000_000, 2_000_000, 1000, 1000, 0));

        assertThat(Window.costNs(windows)).isEqualTo(2000);
    }

    @Test
    void theMeanBurstIsDatagramsAFrame() {
        List<Window> windows = List.of(new Window(10_000_000, 1, 1000, 500, 0), new Window(10_000_000, 1, 200, 100, 0));

        assertThat(Window.meanBurst(windows)).isEqualTo(2);
    }

    @Test
    void aGroupIsWrittenAsARelayReadsIt() {
        RelayGroup group = Relays.group(Variant.SOCKET, 64);

        assertThat(RelayGroup.parse(new String[]{"mc0", group.toString()}, 1)).containsExactly(group);
        assertThat(group.group().isMulticast()).isTrue();
        assertThat(group.member(63)).hasToString("10.98.0.64");
    }
}
