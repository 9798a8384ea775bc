package io.nubicast.tools.mpegts;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A transport stream file as an endless stream: packet `n` for any `n`, with the time at which it is due. In each round PCR,
/// OPCR, PTS and DTS are moved on by the length of the file and the continuity counters by what a round adds to them, so that
/// a receiver sees no seam. Immutable once opened: any number of threads, each with its own buffer.
///
/// Times come from the first PID that carries clock references, evenly spread over the packets between two of them. The length
/// of a round is that of the clock or, where it is longer, that of the longest stream's decoding times, so that time never
/// runs backwards at the seam. Jumps of the clock inside the file stay in it, and are paced as no time.
public final class TsLoop {
    /// A larger step of the clock inside the file is a jump.
    private static final long JUMP_TICKS = Timestamps.PCR_HZ;
    private static final int[] STRIDES = {TsPacket.LENGTH, 192, 204};

    /// At the seam no more time than this between two clock references; ISO/IEC 13818-1 section 2.7.2 allows 100 ms.
    private static final long SEAM_TICKS = Timestamps.PCR_HZ / 10;

    private final MemorySegment bytes;
    /// Where packet i of a round begins in the file; the last ones may be -1, -2, ...: packet 0, 1, ... of `seam`.
    private final long[] offsets;
    /// When packet i is due, in ticks of 27 MHz from the first.
    private final long[] ticks;
    /// Packets with only a clock reference that bridge a longer pause between the file's last and its first.
    private final byte[] seam;
    /// What a round adds to the continuity counter of a PID.
    private final byte[] counterStep = new byte[TsPacket.PIDS];
    private final long roundTicks;
    private final int programClockPid;

    private TsLoop(MemorySegment bytes, long[] filePackets, String name) throws TsFileException {
        this.bytes = bytes;
        Survey survey = new Survey(filePackets);
        for (int i = 0; i < filePackets.length; i++) {
            survey.onPacket(i);
        }
        this.programClockPid = survey.clockPid;
        if (survey.clockTicks <= 0) {
            throw new TsFileException(name + ": no PID carries two clock references (PCR), so nothing says how fast to "
                    + "send it. Remux it: ffmpeg -i " + name + " -c copy -f mpegts NEW.ts");
        }
        survey.spreadTheRest();
        this.roundTicks = survey.round();
        survey.counterSteps();
        long[] bridge = survey.bridge(roundTicks);
        this.seam = survey.seamPackets(bridge);
        this.offsets = Arrays.copyOf(filePackets, filePackets.length + bridge.length);
        this.ticks = Arrays.copyOf(survey.ticks, offsets.length);
        for (int i = 0; i < bridge.length; i++) {
            offsets[filePackets.length + i] = -1L - i;
            ticks[filePackets.length + i] = bridge[i];
        }
    }

    /// Maps a file; it must not shrink while it is in use.
    ///
    /// @throws TsFileException when it is no transport stream, or one without a clock
    public static TsLoop open(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return of(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto()), file.toString());
        }
    }

    /// The sample that ships with the project: ffmpeg's test pattern and a beeping sine, 4.8 s at 1 Mbit/s.
    public static TsLoop sample() {
        try (InputStream stream = TsLoop.class.getResourceAsStream("/io/nubicast/tools/sample.ts")) {
            if (stream == null) {
                throw new IllegalStateException("the sample transport stream is not in the program's own files");
            }
            return of(MemorySegment.ofArray(stream.readAllBytes()), "sample.ts");
        } catch (IOException e) {
            throw new IllegalStateException("the sample transport stream cannot be read", e);
        }
    }

    /// A transport stream in memory.
    ///
    /// @param name for messages
    public static TsLoop of(MemorySegment bytes, String name) throws TsFileException {
        return new TsLoop(bytes, packets(bytes, name), name);
    }

    /// Where the packets begin: 188 apart, or 192 (M2TS) or 204 (with parity); between damaged stretches searched for again.
    private static long[] packets(MemorySegment bytes, String name) throws TsFileException {
        long size = bytes.byteSize();
        long[] found = new long[(int) Math.min(Integer.MAX_VALUE - 8L, size / TsPacket.LENGTH + 1)];
        int count = 0;
        int stride = TsPacket.LENGTH;
        boolean locked = false;
        for (long at = 0; at + TsPacket.LENGTH <= size && count < found.length;) {
            if (!locked) {
                stride = strideAt(bytes, at);
                locked = stride > 0;
            }
            if (locked && bytes.get(ValueLayout.JAVA_BYTE, at) == TsPacket.SYNC_BYTE) {
                found[count++] = at;
                at += stride;
            } else {
                locked = false;
                at++;
            }
        }
        if (count < 2) {
            throw new TsFileException(
                    name + ": no MPEG transport stream in it (no sync bytes 0x47 at 188 bytes' distance)."
                            + " Other formats can be remuxed: ffmpeg -i " + name + " -c copy -f mpegts NEW.ts");
        }
        return Arrays.copyOf(found, count);
    }

    /// The distance at which three sync bytes (or all up to the end) stand from `at`, 0 when none fits.
    private static int strideAt(MemorySegment bytes, long at) {
        for (int stride : STRIDES) {
            boolean fits = true;
            for (long i = at; i <= at + 2L * stride && i < bytes.byteSize(); i += stride) {
                fits &= bytes.get(ValueLayout.JAVA_BYTE, i) == TsPacket.SYNC_BYTE;
            }
            if (fits) {
                return stride;
            }
        }
        return 0;
    }

    /// Packets of one round: those of the file, and where its clock pauses at the seam one or more that carry only the clock.
    public int packetsPerRound() {
        return offsets.length;
    }

    /// How long a round takes, in nanoseconds.
    public long roundNs() {
        return Timestamps.pcrToNs(roundTicks);
    }

    /// The average rate of the stream, bits a second.
    public long bitsPerSecond() {
        return Math.round(offsets.length * (TsPacket.LENGTH * 8.0) * Timestamps.PCR_HZ / roundTicks);
    }

    /// The PID whose clock references pace it.
    public int programClockPid() {
        return programClockPid;
    }

    /// When packet `n` of the endless stream is due, in nanoseconds after packet 0.
    public long dueNs(long n) {
        long round = n / offsets.length;
        return Timestamps.pcrToNs(round * roundTicks + ticks[(int) (n % offsets.length)]);
    }

    /// Writes packet `n` of the endless stream, 188 bytes.
    ///
    /// @param view scratch of the caller, one a thread
    public void copy(long n, byte[] to, int offset, TsPacket view, PesHeader pes) {
        long round = n / offsets.length;
        long from = offsets[(int) (n % offsets.length)];
        if (from >= 0) {
            MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, from, to, offset, TsPacket.LENGTH);
        } else {
            System.arraycopy(seam, (int) (-1 - from) * TsPacket.LENGTH, to, offset, TsPacket.LENGTH);
        }
        view.wrap(to, offset);
        if (round == 0 || view.transportError() || !view.wellFormed()) {
            return;
        }
        view.continuityCounter((int) (view.continuityCounter() + round % 16 * counterStep[view.pid()]));
        long moved = Math.floorMod(round % Timestamps.PCR_WRAP * roundTicks, Timestamps.PCR_WRAP);
        if (view.hasPcr()) {
            view.pcr(Timestamps.plus(view.pcr(), moved, Timestamps.PCR_WRAP));
        }
        if (view.hasOpcr()) {
            view.opcr(Timestamps.plus(view.opcr(), moved, Timestamps.PCR_WRAP));
        }
        if (pes.wrap(view)) {
            if (pes.hasPts()) {
                pes.pts(Timestamps.plus(pes.pts(), moved / 300, Timestamps.PTS_WRAP));
            }
            if (pes.hasDts()) {
                pes.dts(Timestamps.plus(pes.dts(), moved / 300, Timestamps.PTS_WRAP));
            }
        }
    }

    /// What one pass over the file finds out.
    private final class Survey {
        private final long[] filePackets;
        private final long[] ticks;
        private final TsPacket view = new TsPacket();
        private final PesHeader pes = new PesHeader();
        private final byte[] packet = new byte[TsPacket.LENGTH];
        private final int[] firstCounter = new int[TsPacket.PIDS];
        private final int[] lastCounter = new int[TsPacket.PIDS];
        private final StreamSpan[] spans = new StreamSpan[TsPacket.PIDS];
        private final List<StreamSpan> streams = new ArrayList<>();
        private int clockPid = -1;
        private long lastPcr;
        private int firstClockPacket;
        private int lastClockPacket;
        private long clockTicks;

        Survey(long[] filePackets) {
            this.filePackets = filePackets;
            this.ticks = new long[filePackets.length];
            Arrays.fill(firstCounter, -1);
        }

        void onPacket(int i) {
            MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, filePackets[i], packet, 0, TsPacket.LENGTH);
            view.wrap(packet, 0);
            if (view.transportError() || !view.wellFormed()) {
                return;
            }
            int pid = view.pid();
            if (view.hasPayload()) {
                if (firstCounter[pid] < 0) {
                    firstCounter[pid] = view.continuityCounter();
                }
                lastCounter[pid] = view.continuityCounter();
            }
            if (view.hasPcr() && (clockPid < 0 || clockPid == pid)) {
                onPcr(pid, i);
            }
            if (pes.wrap(view) && pes.hasPts()) {
                onStamp(pid, pes.hasDts() ? pes.dts() : pes.pts());
            }
            StreamSpan span = spans[pid];
            if (span != null) {
                span.unitBytes += view.payloadLength();
            }
        }

        private void onPcr(int pid, int i) {
            if (clockPid < 0) {
                clockPid = pid;
                firstClockPacket = i;
            } else {
                long step = Timestamps.difference(view.pcr(), lastPcr, Timestamps.PCR_WRAP);
                if (step < 0 || step > JUMP_TICKS) {
                    step = 0;
                }
                for (int k = lastClockPacket + 1; k <= i; k++) {
                    ticks[k] = clockTicks + step * (k - lastClockPacket) / (i - lastClockPacket);
                }
                clockTicks += step;
            }
            lastPcr = view.pcr();
            lastClockPacket = i;
        }

        private void onStamp(int pid, long stamp) {
            StreamSpan span = spans[pid];
            if (span == null) {
                span = new StreamSpan((packet[view.payloadOffset() + 3] & 0xF0) == 0xE0);
                spans[pid] = span;
                streams.add(span);
            }
            span.onStamp(stamp);
        }

        /// Before the first and after the last clock reference: at the average rate between them.
        void spreadTheRest() {
            int spread = lastClockPacket - firstClockPacket;
            long head = clockTicks * firstClockPacket / spread;
            for (int i = lastClockPacket; i >= firstClockPacket; i--) {
                ticks[i] += head;
            }
            for (int i = 0; i < firstClockPacket; i++) {
                ticks[i] = clockTicks * i / spread;
            }
            for (int i = lastClockPacket + 1; i < filePackets.length; i++) {
                ticks[i] = ticks[lastClockPacket] + clockTicks * (i - lastClockPacket) / spread;
            }
        }

        /// A multiple of 300, so that PCR and PTS move by the same.
        long round() {
            int spread = lastClockPacket - firstClockPacket;
            long round = ticks[lastClockPacket] + clockTicks * (filePackets.length - lastClockPacket) / spread;
            for (StreamSpan span : streams) {
                round = Math.max(round, span.length() * 300);
            }
            return (round + 299) / 300 * 300;
        }

        void counterSteps() {
            for (int pid = 0; pid < TsPacket.PIDS; pid++) {
                if (firstCounter[pid] >= 0 && pid != TsPacket.NULL_PID) {
                    counterStep[pid] = (byte) (lastCounter[pid] + 1 - firstCounter[pid] & 0x0F);
                }
            }
        }

        /// When clock references must be added after the last packet so that the next round's first is not too far away.
        long[] bridge(long round) {
            long from = ticks[lastClockPacket];
            long gap = round + ticks[firstClockPacket] - from;
            long parts = (gap + SEAM_TICKS * 4 / 5 - 1) / (SEAM_TICKS * 4 / 5);
            long[] due = new long[(int) Math.max(0, parts - 1)];
            int count = 0;
            for (int part = 1; gap > SEAM_TICKS && part < parts; part++) {
                long at = from + gap * part / parts;
                if (at > ticks[ticks.length - 1] && at < round) {
                    due[count++] = at;
                }
            }
            return Arrays.copyOf(due, count);
        }

        /// Adaptation field only, so the continuity counter stays (ISO/IEC 13818-1 section 2.4.3.3).
        byte[] seamPackets(long[] due) {
            byte[] made = new byte[due.length * TsPacket.LENGTH];
            Arrays.fill(made, (byte) 0xFF);
            for (int i = 0; i < due.length; i++) {
                int at = i * TsPacket.LENGTH;
                made[at] = TsPacket.SYNC_BYTE;
                made[at + 1] = (byte) (clockPid >> 8);
                made[at + 2] = (byte) clockPid;
                made[at + 3] = 0x20;
                made[at + 4] = (byte) 183;
                made[at + 5] = 0x10;
                view.wrap(made, at).continuityCounter(lastCounter[clockPid]);
                view.pcr(Timestamps.plus(lastPcr, due[i] - ticks[lastClockPacket], Timestamps.PCR_WRAP));
            }
            return made;
        }
    }

    /// The decoding times of one PID.
    private static final class StreamSpan {
        private final boolean video;
        private long last = -1;
        private long total;
        private long totalBytes;
        private long lastStep;
        /// Of the PES packet that is being read.
        private long unitBytes;

        StreamSpan(boolean video) {
            this.video = video;
        }

        void onStamp(long stamp) {
            if (last >= 0) {
                long step = Timestamps.difference(stamp, last, Timestamps.PTS_WRAP);
                if (step > 0 && step <= Timestamps.PTS_HZ) {
                    total += step;
                    totalBytes += unitBytes;
                    lastStep = step;
                }
            }
            last = stamp;
            unitBytes = 0;
        }

        /// From the first to the end of the last, in ticks of 90 kHz. The last picture takes as long as the one before; the
        /// last PES packet of sound may hold fewer frames than the others, which its size shows.
        long length() {
            long bySize = video || totalBytes == 0 ? lastStep : total * unitBytes / totalBytes;
            return total + Math.min(lastStep, bySize);
        }
    }
}
