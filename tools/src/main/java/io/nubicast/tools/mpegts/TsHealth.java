package io.nubicast.tools.mpegts;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What [TsAnalyser] found, at one moment.
///
/// @param packets transport stream packets seen
/// @param errors how often each fault occurred; faults that never occurred are absent
/// @param missingPackets packets that the continuity counters say are lost: counted modulo 16 a PID, so at least that many
/// @param skippedBytes bytes that belong to no packet
/// @param pids in ascending order
/// @param programs how many the Program Association Table names
/// @param pcrCount clock references seen
/// @param pcrIntervalMaxNs the longest time between the arrivals of two
/// @param pcrJitterP50Ns by how much those times differ from what the references say
/// @param pcrJitterP99Ns the same, 99 %
/// @param pcrJitterMaxNs the same, largest
/// @param bitsPerSecond the rate of the whole stream by its own clock, 0 when unknown
public record TsHealth(long packets, Map<TsError, Long> errors, long missingPackets, long skippedBytes,
        List<Pid> pids, int programs, long pcrCount, long pcrIntervalMaxNs, long pcrJitterP50Ns, long pcrJitterP99Ns,
        long pcrJitterMaxNs, long bitsPerSecond) {
    /// One PID.
    ///
    /// @param pid 0..8191
    /// @param kind what the tables say it is, `MPEG-2 video`; empty when they do not name it
    /// @param packets seen
    /// @param continuityErrors breaks in its continuity counter
    public record Pid(int pid, String kind, long packets, long continuityErrors) {}

    public TsHealth {
        errors = Map.copyOf(errors);
        pids = List.copyOf(pids);
    }

    public long count(TsError error) {
        return errors.getOrDefault(error, 0L);
    }

    /// Packets were seen and nothing is wrong with them.
    public boolean healthy() {
        return packets > 0 && errors.isEmpty();
    }

    /// One line: `3215 packets, 1.00 Mbit/s, no errors`, or the faults by name with their numbers.
    public String summary() {
        List<String> parts = new ArrayList<>();
        parts.add(packets + " TS packets");
        if (bitsPerSecond > 0) {
            parts.add(String.format(java.util.Locale.ROOT, "%.2f Mbit/s", bitsPerSecond / 1e6));
        }
        for (TsError error : TsError.values()) {
            if (errors.containsKey(error)) {
                parts.add(error.section() + " " + error.label() + " " + errors.get(error));
            }
        }
        if (missingPackets > 0) {
            parts.add("at least " + missingPackets + " packets missing");
        }
        if (errors.isEmpty()) {
            parts.add(packets == 0 ? "no transport stream" : "no errors");
        }
        return String.join(", ", parts);
    }
}
