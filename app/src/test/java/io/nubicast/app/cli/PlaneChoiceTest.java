package io.nubicast.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nubicast.app.daemon.PlaneWish;
import io.nubicast.app.daemon.Role;
import io.nubicast.dataplane.PlaneOptions;
import io.nubicast.forwarding.Capability;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class PlaneChoiceTest {
    @Command
    private static final class Line {
        @Mixin
        private final PlaneChoice choice = new PlaneChoice();
    }

    private static PlaneChoice choice(String... words) {
        Line line = new Line();
        new CommandLine(line).parseArgs(words);
        return line.choice;
    }

    @Test
    void withoutOptionsItCoalescesAndTakesHalfOfTheProcessorsAtMostFour() throws CommandFailed {
        assertThat(choice().options(1)).isEqualTo(new PlaneOptions(64, 1, false, 0, true));
        assertThat(choice().options(2).workers()).isEqualTo(1);
        assertThat(choice().options(6).workers()).isEqualTo(3);
        assertThat(choice().options(64).workers()).isEqualTo(4);
        assertThat(choice().wishes()).isEmpty();
        assertThat(choice().name(Role.CLIENT)).isEqualTo("auto");
        // The old command's -R starts a daemon without a command line.
        assertThat(new PlaneChoice().options(1)).isEqualTo(choice().options(1));
    }

    @Test
    void everyOptionReachesThePlaneAndIsAWishOfTheUser() throws CommandFailed {
        PlaneChoice all = choice("--burst", "16", "--workers", "3", "--pin", "--real-time", "50");

        assertThat(all.options(4)).isEqualTo(new PlaneOptions(16, 3, true, 50, true));
        assertThat(all.wishes()).containsExactly(new PlaneWish("--burst 16", Capability.COALESCES),
                new PlaneWish("--workers 3", Capability.SPREADS_FLOWS),
                new PlaneWish("--pin", Capability.PLACES_WORKERS),
                new PlaneWish("--real-time 50", Capability.PLACES_WORKERS));
    }

    @Test
    void copiesMayOutliveTheServerButNotThoseThatUserSpaceGathers() throws CommandFailed {
        PlaneChoice keeping = choice("--keep-forwarding");

        assertThat(keeping.options(1)).isEqualTo(choice().options(1).withKeptForwarding(true));
        assertThat(keeping.wishes())
                .containsExactly(new PlaneWish("--keep-forwarding", Capability.OUTLIVES_PROCESS));
        assertThatThrownBy(() -> choice("--keep-forwarding", "--kernel-copies", "burst").options(1))
                .hasMessageContaining("--keep-forwarding and --kernel-copies burst contradict each other");
    }

    @Test
    void whatSwitchesOffSuitsEveryPlane() throws CommandFailed {
        assertThat(choice("--no-coalescing").options(1).burst()).isEqualTo(1);
        assertThat(choice("--burst", "1", "--no-coalescing").options(1).burst()).isEqualTo(1);
        assertThat(choice("--burst", "1", "--no-coalescing", "--workers", "1").wishes()).isEmpty();
    }

    @Test
    void aBadValueIsNamedWithWhatIsPossible() {
        assertThatThrownBy(() -> choice("--burst", "65").options(1)).hasMessage("--burst 65 is not within 1..64");
        assertThatThrownBy(() -> choice("--real-time", "0").options(1)).hasMessage("--real-time 0 is not within 1..99");
        assertThatThrownBy(() -> choice("--pin", "--workers", "3").options(2)).hasMessage(
                "--pin: there is no processor of its own for each of 3 workers, this host has 2: --workers 2");
        assertThatThrownBy(() -> choice("--data-plane", "pigeon").name(Role.SERVER))
                .hasMessageStartingWith("--data-plane pigeon: there is none of that name; take one of auto, ")
                .hasMessageEndingWith("portable");
        assertThatThrownBy(() -> choice("--burst", "2", "--no-coalescing").options(1))
                .hasMessageContaining("contradict each other");
    }
}
