package io.nubicast.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.app.ExitCode;
import io.nubicast.app.demo.Hop.Reading;
import io.nubicast.app.demo.Hop.Role;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class StageTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /// A scene without a network: one member that got what the test says.
    private static final class Scripted implements Scene {
        private final Comparison comparison;
        private final List<String> complaints;
        private boolean closed;

        Scripted(Comparison comparison, String... complaints) {
            this.comparison = comparison;
            this.complaints = List.of(complaints);
        }

        @Override
        public List<String> introduction() {
            return List.of("An introduction.");
        }

        @Override
        public void build() {}

        @Override
        public List<Picture> pictures() {
            return List.of(new Picture("Picture 1: only a server", "ECS1 app → server → ECS2", "ECS1 → ECS2", List.of(
                    new Hop("ECS1", "application sends", Role.SOURCE,
                            () -> Reading.of(comparison.sent(), comparison.sent() * 1316)),
                    new Hop("ECS1", "proxy server", Role.PROXY, () -> Reading.UNKNOWN),
                    new Hop("ECS2", "receives", Role.MEMBER, () -> new Reading(comparison.received(),
                            comparison.received() * 1316, "jitter 1.0 ms", true)))));
        }

        @Override
        public boolean startWithoutProxy() {
            return false;
        }

        @Override
        public String proveBlocked() {
            return "";
        }

        @Override
        public void startProxies() {}

        @Override
        public boolean proxiesServe() {
            return true;
        }

        @Override
        public List<String> startStream() {
            return List.of("proxy server serves 1 group");
        }

        @Override
        public void endStream() {}

        @Override
        public List<Comparison> comparisons() {
            return List.of(comparison);
        }

        @Override
        public List<String> complaints() {
            return complaints;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private int play(Scripted scene) {
        PlainScreen screen = new PlainScreen(new PrintStream(out, true, StandardCharsets.UTF_8));
        return new Stage(scene, screen, System.nanoTime(), 1, 1_000_000).run();
    }

    private String said() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void everythingUnchangedIsSuccess() {
        Scripted scene = new Scripted(new Scene.Comparison("ECS2", 200, 200, true));

        assertThat(play(scene)).isEqualTo(ExitCode.OK);
        assertThat(said()).contains("✓ unchanged").contains("✓ Every member received every packet");
        assertThat(scene.closed).isTrue();
    }

    @Test
    void oneMissingPacketIsAFailure() {
        assertThat(play(new Scripted(new Scene.Comparison("ECS2", 200, 199, false)))).isEqualTo(ExitCode.FAILED);
        assertThat(said()).contains("✗ incomplete").contains("ECS2 received 199 of 200 packets");
    }

    @Test
    void aChangedPacketIsAFailure() {
        assertThat(play(new Scripted(new Scene.Comparison("ECS2", 200, 200, false)))).isEqualTo(ExitCode.FAILED);
        assertThat(said()).contains("✗ changed").contains("not unchanged and in order");
    }

    @Test
    void nothingSentIsAFailure() {
        assertThat(play(new Scripted(new Scene.Comparison("ECS2", 0, 0, true)))).isEqualTo(ExitCode.FAILED);
        assertThat(said()).contains("nothing was sent");
    }

    @Test
    void aComplaintOfTheSceneIsAFailure() {
        Scripted scene = new Scripted(new Scene.Comparison("ECS2", 200, 200, true), "the proxy server ended too early");

        assertThat(play(scene)).isEqualTo(ExitCode.FAILED);
        assertThat(said()).contains("the proxy server ended too early");
    }

    @Test
    void theTableFitsInto80ColumnsAndLooksLikeThis() {
        Board board = new Board(new Scripted(new Scene.Comparison("ECS2", 200, 198, false)).pictures());
        Style style = new Style(false, StandardCharsets.UTF_8.newEncoder());

        Frame frame = board.total("The end", 10, 10, 2_000_000_000);
        List<String> lines = new Table(style, 80).last(frame, List.of());

        assertThat(String.join("\n", lines.stream().map(String::stripTrailing).toList())).isEqualTo("""

                Picture 1: only a server
                  ECS1 app → server → ECS2
                  where what                packets  pkt/s  Mbit/s  lost  result
                  ECS1  application sends       200    100    1.05
                  ECS1  proxy server              –      –       –
                  ECS2  receives                198     99    1.04     2""");
        assertThat(new Table(style, 80).live(board.frame("", 1, 10, true), false))
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
    }

    @Test
    void anOutputWithoutTheseCharactersGetsAscii() {
        Style style = new Style(false, StandardCharsets.US_ASCII.newEncoder());

        assertThat(style.line("ECS1 → ✓ 1 – █░ ✗")).isEqualTo("ECS1 -> + 1 - #. !");
        assertThat(style.line("✓ jitter 1.0 ms")).matches("\\p{ASCII}+");
    }
}
