package io.nubicast.tools.mpegts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TsLoopTest {
    private static final long MS = 1_000_000;

    @TempDir
    private Path directory;

    private final TsLoop sample = TsLoop.sample();
    private final TsPacket view = new TsPacket();
    private final PesHeader pes = new PesHeader();

    private byte[] bytes(TsLoop loop, long from, long until) {
        byte[] bytes = new byte[(int) (until - from) * TsPacket.LENGTH];
        for (long n = from; n < until; n++) {
            loop.copy(n, bytes, (int) (n - from) * TsPacket.LENGTH, view, pes);
        }
        return bytes;
    }

    private static byte[] sampleBytes() throws IOException {
        try (var stream = TsLoop.class.getResourceAsStream("/io/nubicast/tools/sample.ts")) {
            assertThat(stream).isNotNull();
            return stream.readAllBytes();
        }
    }

    @Test
    void theFirstRoundIsTheFileUnchanged() throws Exception {
        assertThat(bytes(sample, 0, sample.packetsPerRound())).isEqualTo(sampleBytes());
    }

    @Test
    void theSampleIsSmallAndTakesFiveSecondsARound() {
        assertThat(sample.roundNs()).isBetween(4_800 * MS, 4_900 * MS);
        assertThat(sample.bitsPerSecond()).isBetween(990_000L, 1_000_100L);
        assertThat(sample.packetsPerRound() * TsPacket.LENGTH).isLessThan(1_200_000);
    }

    @Test
    void fortyRoundsHaveNoDiscontinuity() {
        TsAnalyser analyser = new TsAnalyser();
        byte[] packet = new byte[TsPacket.LENGTH];
        long packets = 40L * sample.packetsPerRound();
        for (long n = 0; n < packets; n++) {
            sample.copy(n, packet, 0, view, pes);
            analyser.accept(packet, 0, packet.length, sample.dueNs(n));
        }

        assertThat(analyser.health().errors()).isEmpty();
        assertThat(analyser.health().packets()).isEqualTo(packets);
        assertThat(analyser.health().pcrJitterMaxNs()).isLessThan(2_000);
    }

    @Test
    void timeNeverRunsBackwardsNorStops() {
        long last = -1;
        for (long n = 0; n < 3L * sample.packetsPerRound(); n++) {
            long due = sample.dueNs(n);
            assertThat(due).isGreaterThan(last);
            assertThat(due - last).isLessThan(3 * MS);
            last = due;
        }
        assertThat(sample.dueNs(0)).isZero();
        assertThat(sample.dueNs(sample.packetsPerRound())).isEqualTo(sample.roundNs());
    }

    @Test
    void decodingTimesRiseOverTheSeamAndOverTheWrapOfTheClock() {
        // 33 bits of 90 kHz wrap after 26.5 hours: about 19,700 rounds of the sample.
        long wrapRound = Timestamps.PTS_WRAP * 100 / 9 * 1000 / sample.roundNs();
        for (long round : new long[]{0, wrapRound - 1, wrapRound, 1_000_000_000}) {
            long[] lastStamp = new long[TsPacket.PIDS];
            Arrays.fill(lastStamp, -1);
            long from = round * sample.packetsPerRound();
            byte[] packet = new byte[TsPacket.LENGTH];
            for (long n = from; n < from + 2L * sample.packetsPerRound(); n++) {
                sample.copy(n, packet, 0, view, pes);
                if (pes.wrap(view) && pes.hasPts()) {
                    long stamp = pes.hasDts() ? pes.dts() : pes.pts();
                    long last = lastStamp[view.pid()];
                    if (last >= 0) {
                        long step = Timestamps.difference(stamp, last, Timestamps.PTS_WRAP);
                        assertThat(step).isBetween(1L, Timestamps.PTS_HZ);
                    }
                    lastStamp[view.pid()] = stamp;
                }
            }
        }
    }

    @Test
    void garbageBeforeAndInsideTheFileIsSkipped() throws Exception {
        byte[] file = sampleBytes();
        byte[] dirty = new byte[file.length + 77 + 300];
        System.arraycopy(file, 0, dirty, 77, 1000 * TsPacket.LENGTH);
        System.arraycopy(file, 1000 * TsPacket.LENGTH, dirty, 77 + 300 + 1000 * TsPacket.LENGTH,
                file.length - 1000 * TsPacket.LENGTH);

        TsLoop loop = TsLoop.of(MemorySegment.ofArray(dirty), "dirty.ts");

        assertThat(bytes(loop, 0, loop.packetsPerRound())).isEqualTo(file);
    }

    @Test
    void filesWith192BytesAPacketArePlayedAs188() throws Exception {
        byte[] file = sampleBytes();
        byte[] m2ts = new byte[file.length / 188 * 192];
        for (int i = 0; i < file.length / 188; i++) {
            System.arraycopy(file, i * 188, m2ts, i * 192 + 4, 188);
        }

        TsLoop loop = TsLoop.of(MemorySegment.ofArray(m2ts), "x.m2ts");

        assertThat(bytes(loop, 0, loop.packetsPerRound())).isEqualTo(file);
    }

    @Test
    void aFileThatIsNoTransportStreamIsRefusedWithTheCure() throws Exception {
        Path text = Files.write(directory.resolve("a.mp4"), "G".repeat(400).getBytes(StandardCharsets.UTF_8));
        Path empty = Files.createFile(directory.resolve("empty.ts"));
        Path words = Files.writeString(directory.resolve("words"), "no stream");

        assertThatThrownBy(() -> TsLoop.open(empty)).isInstanceOf(TsFileException.class)
                .hasMessageContaining("no MPEG transport stream");
        assertThatThrownBy(() -> TsLoop.open(words)).isInstanceOf(TsFileException.class)
                .hasMessageContaining("ffmpeg -i");
        assertThatThrownBy(() -> TsLoop.open(text)).isInstanceOf(TsFileException.class);
    }

    @Test
    void aStreamWithoutAClockIsRefused() throws Exception {
        byte[] file = sampleBytes();
        for (int at = 0; at < file.length; at += TsPacket.LENGTH) {
            view.wrap(file, at);
            if (view.hasPcr()) {
                file[at + 5] &= (byte) ~0x10;
            }
        }

        assertThatThrownBy(() -> TsLoop.of(MemorySegment.ofArray(file), "noclock.ts"))
                .isInstanceOf(TsFileException.class).hasMessageContaining("clock references");
    }

    @Test
    void ffmpegDecodesALoopedStreamWithoutAWarning() throws Exception {
        assumeTrue(installed("ffmpeg"), "ffmpeg is not installed (apt-get install ffmpeg)");
        Path looped = Files.write(directory.resolve("looped.ts"), bytes(sample, 0, 3L * sample.packetsPerRound()));

        String said = run("ffmpeg", "-v", "warning", "-nostdin", "-i", looped.toString(), "-f", "null", "-");
        List<String> stamps = run("ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "packet=dts",
                "-of", "csv=p=0", looped.toString()).lines()
                .filter(line -> !line.isEmpty()).toList();

        assertThat(said).isEmpty();
        assertThat(stamps).hasSize(3 * 120);
    }

    @Test
    void aVariableRateFileOfFfmpegLoopsWithoutADiscontinuity() throws Exception {
        assumeTrue(installed("ffmpeg"), "ffmpeg is not installed (apt-get install ffmpeg)");
        Path file = directory.resolve("vbr.ts");
        run("ffmpeg", "-v", "error", "-nostdin", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=30:duration=3", "-f",
                "lavfi", "-i", "sine=duration=3", "-c:v", "mpeg4", "-c:a", "aac", "-f", "mpegts", file.toString());
        TsLoop loop = TsLoop.open(file);

        TsAnalyser analyser = new TsAnalyser();
        byte[] packet = new byte[TsPacket.LENGTH];
        for (long n = 0; n < 5L * loop.packetsPerRound(); n++) {
            loop.copy(n, packet, 0, view, pes);
            analyser.accept(packet, 0, packet.length, loop.dueNs(n));
        }
        Path looped = Files.write(directory.resolve("looped.ts"), bytes(loop, 0, 3L * loop.packetsPerRound()));

        assertThat(loop.roundNs()).isBetween(2_900 * MS, 3_200 * MS);
        assertThat(analyser.health().errors()).isEmpty();
        assertThat(run("ffmpeg", "-v", "warning", "-nostdin", "-i", looped.toString(), "-f", "null", "-")).isEmpty();
    }

    private static boolean installed(String program) {
        return Arrays.stream(String.valueOf(System.getenv("PATH")).split(":", -1))
                .anyMatch(path -> Files.isExecutable(Path.of(path, program)));
    }

    private static String run(String... words) throws Exception {
        Process process = new ProcessBuilder(new ArrayList<>(List.of(words))).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return output.strip();
    }
}
