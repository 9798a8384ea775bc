package io.nubicast.tools.traffic;

import io.nubicast.tools.mpegts.TsHealth;
import java.util.List;
import java.util.Optional;

/// What [Receiver] has seen, at one moment.
///
/// @param packets datagrams, all
/// @param bytes their payload
/// @param foreign datagrams that `nubicast send` did not number: nothing can be said about loss
/// @param filtered datagrams of other sources than the one asked for
/// @param looksLikeTs a foreign payload began as transport streams do
/// @param streams one entry a numbered stream, in order of appearance
/// @param ts the judgement of the transport stream, when asked for
public record ReceiveReport(long packets, long bytes, long foreign, long filtered, boolean looksLikeTs,
        List<StreamReport> streams, Optional<TsHealth> ts) {
    /// A numbered stream.
    ///
    /// @param source address and port that it came from
    /// @param streamId of the sender, new at each start
    /// @param received different datagrams
    /// @param lost missing between the first and the highest number
    /// @param duplicates datagrams that had arrived before
    /// @param reordered datagrams that arrived after a later one
    /// @param clocksDiffer datagrams arrived before they were sent: the latencies mean nothing
    public record StreamReport(String source, int streamId, long received, long lost, long duplicates, long reordered,
            long latencyP50Ns, long latencyP99Ns, long latencyMaxNs, boolean clocksDiffer) {}

    public ReceiveReport {
        streams = List.copyOf(streams);
    }

    public long lost() {
        return streams.stream().mapToLong(StreamReport::lost).sum();
    }

    public long duplicates() {
        return streams.stream().mapToLong(StreamReport::duplicates).sum();
    }

    public long reordered() {
        return streams.stream().mapToLong(StreamReport::reordered).sum();
    }
}
