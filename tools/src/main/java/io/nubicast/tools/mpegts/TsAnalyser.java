package io.nubicast.tools.mpegts;

import io.nubicast.tools.LatencyHistogram;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/// Judges a transport stream by ETR 290 (TR 101 290 section 5.2). Is given bytes and the time at which they arrived; for a
/// file that time may be the stream's own. One thread; allocates only when a new PID, table or program appears.
///
/// Continuity (ISO/IEC 13818-1 section 2.4.3.3): the counter goes on by one with each packet that has a payload; one repeated
/// packet is allowed, a discontinuity_indicator excuses a jump, PID 0x1FFF has none. It is modulo 16: a loss of exactly
/// 16·k packets of one PID cannot be seen.
public final class TsAnalyser {
    private static final long MS = 1_000_000;
    private static final long TABLE_LIMIT_NS = 500 * MS;
    private static final long PID_LIMIT_NS = 5_000 * MS;
    private static final long PCR_LIMIT_NS = 100 * MS;
    private static final long PTS_LIMIT_NS = 700 * MS;
    private static final long CHECK_EVERY_NS = 100 * MS;
    private static final int PAT_PID = 0;
    private static final int CAT_PID = 1;
    private static final int DUPLICATE = 0x10;

    /// What is known of one PID.
    private static final class PidState {
        final int pid;
        String kind = "";
        long packets;
        long continuityErrors;
        /// Last continuity counter, + [#DUPLICATE] when it came twice; -1 before the first.
        int counter = -1;
        int payloadHash;
        long lastSeenNs;
        boolean expected;
        boolean table;
        boolean timed;
        long lastPtsNs = -1;
        PsiSection sections = new PsiSection();
        long lastTableNs;
        long lastPcr = -1;
        long lastPcrNs;
        long lastPcrPacket;

        PidState(int pid) {
            this.pid = pid;
        }
    }

    private final TsPacket packet = new TsPacket();
    private final PesHeader pes = new PesHeader();
    private final TsSync sync = new TsSync(this::onPacket);
    private final PidState[] pids = new PidState[TsPacket.PIDS];
    private final List<PidState> known = new ArrayList<>();
    private final long[] errors = new long[TsError.values().length];
    private final LatencyHistogram pcrJitter = new LatencyHistogram();
    private final CRC32C hash = new CRC32C();
    private final PsiSection.Listener onPat = this::onPat;
    private final PsiSection.Listener onCat = this::onCat;
    private final PsiSection.Listener onPmt = this::onPmt;
    private long nowNs;
    private long packets;
    private long missing;
    private long nextCheckNs;
    private boolean started;
    private boolean catSeen;
    private int programs;
    private PidState pmtBeingRead = new PidState(0);
    private long pcrCount;
    private long pcrIntervalMaxNs;
    private long clockedPackets;
    private long clockedTicks;

    /// Takes the next bytes of the stream, cut anyhow.
    ///
    /// @param arrivalNs monotonic
    public void accept(byte[] bytes, int offset, int length, long arrivalNs) {
        nowNs = arrivalNs;
        sync.accept(bytes, offset, length);
    }

    /// The stream has ended: judges whole packets still held back for the search for sync.
    public void flush() {
        sync.flush();
    }

    private void onPacket(byte[] bytes, int offset) {
        packets++;
        packet.wrap(bytes, offset);
        if (!started) {
            started = true;
            nextCheckNs = nowNs + CHECK_EVERY_NS;
            PidState pat = state(PAT_PID);
            pat.table = true;
            pat.lastTableNs = nowNs;
            pat.kind = "PAT";
        }
        if (nowNs - nextCheckNs >= 0) {
            nextCheckNs = nowNs + CHECK_EVERY_NS;
            check();
        }
        if (packet.transportError() || !packet.wellFormed()) {
            // ETR 290 2.1: with it set nothing else in the packet is to be believed.
            count(TsError.TRANSPORT_ERROR);
            return;
        }
        PidState pid = state(packet.pid());
        pid.packets++;
        pid.lastSeenNs = nowNs;
        if (pid.pid == TsPacket.NULL_PID) {
            return;
        }
        boolean duplicate = continuity(pid);
        if (duplicate) {
            return;
        }
        if (packet.hasPcr()) {
            onPcr(pid);
        }
        if (packet.hasPayload()) {
            onPayload(pid);
        }
    }

    /// True for a packet that repeats the last one.
    private boolean continuity(PidState pid) {
        int counter = packet.continuityCounter();
        int last = pid.counter;
        if (!packet.hasPayload()) {
            if (last >= 0 && counter != (last & 0x0F) && !packet.discontinuityIndicator()) {
                broken(pid, counter - (last & 0x0F));
                pid.counter = counter;
            }
            return false;
        }
        hash.reset();
        hash.update(packet.array(), packet.payloadOffset(), packet.payloadLength());
        int payloadHash = (int) hash.getValue();
        boolean repeated = last >= 0 && counter == (last & 0x0F) && payloadHash == pid.payloadHash;
        if (repeated && last < DUPLICATE) {
            pid.counter = counter | DUPLICATE;
            return true;
        }
        if (last >= 0 && counter != (last + 1 & 0x0F) && !packet.discontinuityIndicator()) {
            broken(pid, repeated ? 0 : counter - (last + 1 & 0x0F));
        }
        pid.counter = counter;
        pid.payloadHash = payloadHash;
        return false;
    }

    private void broken(PidState pid, int gap) {
        count(TsError.CONTINUITY_COUNT_ERROR);
        pid.continuityErrors++;
        missing += gap & 0x0F;
        pid.sections.reset();
    }

    private void onPcr(PidState pid) {
        long pcr = packet.pcr();
        pcrCount++;
        if (pid.lastPcr >= 0 && !packet.discontinuityIndicator()) {
            long ticks = Timestamps.difference(pcr, pid.lastPcr, Timestamps.PCR_WRAP);
            long byClockNs = Timestamps.pcrToNs(ticks);
            long byArrivalNs = nowNs - pid.lastPcrNs;
            pcrIntervalMaxNs = Math.max(pcrIntervalMaxNs, byArrivalNs);
            if (byArrivalNs > PCR_LIMIT_NS) {
                count(TsError.PCR_REPETITION_ERROR);
            }
            if (ticks < 0 || byClockNs > PCR_LIMIT_NS) {
                count(TsError.PCR_DISCONTINUITY_INDICATOR_ERROR);
            } else {
                pcrJitter.record(Math.abs(byArrivalNs - byClockNs));
                clockedTicks += ticks;
                clockedPackets += packets - pid.lastPcrPacket;
            }
        }
        pid.lastPcr = pcr;
        pid.lastPcrNs = nowNs;
        pid.lastPcrPacket = packets;
    }

    private void onPayload(PidState pid) {
        if (packet.scrambling() != 0) {
            if (pid.table) {
                count(pid.pid == PAT_PID ? TsError.PAT_ERROR : TsError.PMT_ERROR);
            } else if (!catSeen) {
                count(TsError.CAT_ERROR);
            }
            return;
        }
        if (pid.pid == PAT_PID) {
            pid.sections.accept(packet, onPat);
        } else if (pid.pid == CAT_PID) {
            pid.sections.accept(packet, onCat);
        } else if (pid.table) {
            pmtBeingRead = pid;
            pid.sections.accept(packet, onPmt);
        } else if (pid.timed && pes.wrap(packet) && pes.hasPts()) {
            if (pid.lastPtsNs >= 0 && nowNs - pid.lastPtsNs > PTS_LIMIT_NS) {
                count(TsError.PTS_ERROR);
            }
            pid.lastPtsNs = nowNs;
        }
    }

    private void onPat(PsiSection section) {
        if (section.tableId() != PsiSection.PAT) {
            count(TsError.PAT_ERROR);
        } else if (!section.crcIsRight()) {
            count(TsError.CRC_ERROR);
        } else {
            state(PAT_PID).lastTableNs = nowNs;
            programs = 0;
            section.programs((number, pid) -> {
                if (number != 0) {
                    programs++;
                    PidState pmt = state(pid);
                    if (!pmt.table) {
                        pmt.table = true;
                        pmt.lastTableNs = nowNs;
                        pmt.kind = "PMT";
                    }
                }
            });
        }
    }

    private void onCat(PsiSection section) {
        if (section.tableId() != PsiSection.CAT) {
            count(TsError.CAT_ERROR);
        } else if (!section.crcIsRight()) {
            count(TsError.CRC_ERROR);
        } else {
            catSeen = true;
        }
    }

    private void onPmt(PsiSection section) {
        if (section.tableId() != PsiSection.PMT) {
            return;
        }
        if (!section.crcIsRight()) {
            count(TsError.CRC_ERROR);
            return;
        }
        pmtBeingRead.lastTableNs = nowNs;
        section.streams((type, pid) -> {
            PidState stream = state(pid);
            if (!stream.expected) {
                stream.expected = true;
                stream.lastSeenNs = nowNs;
                stream.kind = kind(type);
                stream.timed = isVideoOrAudio(type);
            }
        });
    }

    private static boolean isVideoOrAudio(int type) {
        return switch (type) {
            case 0x01, 0x02, 0x03, 0x04, 0x0F, 0x10, 0x11, 0x1B, 0x24, 0x33, 0x81 -> true;
            default -> false;
        };
    }

    private static String kind(int type) {
        return switch (type) {
            case 0x01 -> "MPEG-1 video";
            case 0x02 -> "MPEG-2 video";
            case 0x03, 0x04 -> "MPEG audio";
            case 0x06 -> "private PES";
            case 0x0F, 0x11 -> "AAC audio";
            case 0x10 -> "MPEG-4 video";
            case 0x1B -> "H.264 video";
            case 0x24 -> "H.265 video";
            case 0x33 -> "H.266 video";
            case 0x81 -> "AC-3 audio";
            default -> String.format("type 0x%02X", type);
        };
    }

    /// What is overdue. Each lateness counts once a limit, not once a packet.
    private void check() {
        for (int i = 0; i < known.size(); i++) {
            PidState pid = known.get(i);
            if (pid.table && nowNs - pid.lastTableNs > TABLE_LIMIT_NS) {
                count(pid.pid == PAT_PID ? TsError.PAT_ERROR : TsError.PMT_ERROR);
                pid.lastTableNs = nowNs;
            }
            if (pid.expected && nowNs - pid.lastSeenNs > PID_LIMIT_NS) {
                count(TsError.PID_ERROR);
                pid.lastSeenNs = nowNs;
            }
        }
    }

    private PidState state(int pid) {
        PidState state = pids[pid];
        return state != null ? state : made(pid);
    }

    private PidState made(int pid) {
        PidState state = new PidState(pid);
        if (pid == TsPacket.NULL_PID) {
            state.kind = "stuffing";
        } else if (pid == CAT_PID) {
            state.kind = "CAT";
        } else if (pid == 0x11) {
            state.kind = "SDT";
        }
        pids[pid] = state;
        known.add(state);
        return state;
    }

    private void count(TsError error) {
        errors[error.ordinal()]++;
    }

    /// Breaks in the continuity counters so far; cheap enough for a display.
    public long continuityErrors() {
        return errors[TsError.CONTINUITY_COUNT_ERROR.ordinal()];
    }

    /// The judgement so far.
    public TsHealth health() {
        Map<TsError, Long> counts = new EnumMap<>(TsError.class);
        for (TsError error : TsError.values()) {
            long count = switch (error) {
                case TS_SYNC_LOSS -> sync.syncLosses();
                case SYNC_BYTE_ERROR -> sync.syncByteErrors();
                default -> errors[error.ordinal()];
            };
            if (count > 0) {
                counts.put(error, count);
            }
        }
        Map<Integer, TsHealth.Pid> byPid = new TreeMap<>();
        for (PidState pid : known) {
            byPid.put(pid.pid, new TsHealth.Pid(pid.pid, pid.kind, pid.packets, pid.continuityErrors));
        }
        long rate = clockedTicks == 0
                ? 0
                : Math.round(clockedPackets * (TsPacket.LENGTH * 8.0) * Timestamps.PCR_HZ / clockedTicks);
        return new TsHealth(packets, counts, missing, sync.skippedBytes(), List.copyOf(byPid.values()), programs,
                pcrCount, pcrIntervalMaxNs, pcrJitter.percentileNs(50), pcrJitter.percentileNs(99), pcrJitter.maxNs(),
                rate);
    }
}
