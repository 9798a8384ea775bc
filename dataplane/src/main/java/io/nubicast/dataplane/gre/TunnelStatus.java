package io.nubicast.dataplane.gre;

import io.nubicast.wire.Address;
import io.nubicast.wire.gre.GreDropReason;
import java.util.Map;
import java.util.Optional;

/// All that `show interfaces TunnelN` prints of a tunnel, as of one moment.
///
/// @param name of the interface
/// @param interfaceIndex the kernel's
/// @param config in force
/// @param line state of the line protocol
/// @param source empty while the source interface has no address
/// @param underlay name of the interface towards the destination; empty without a route
/// @param transportMtu the largest packet that is not fragmented, bytes: the IP MTU
/// @param deviceMtu MTU of the interface, bytes
/// @param carriedBy who carries packets now
/// @param traffic sums of all who carry
/// @param learnedPort the peer's UDP port, when it was learned, else 0
public record TunnelStatus(String name, int interfaceIndex, TunnelConfig config, LineState line,
        Optional<Address> source, Optional<String> underlay, int transportMtu, int deviceMtu, CarriedBy carriedBy,
        Traffic traffic, int learnedPort) {
    /// The line protocol.
    ///
    /// @param up packets are carried
    /// @param reason of `Tunnel linestate evaluation`, for people; empty when it is up
    public record LineState(boolean up, String reason) {}

    /// Who carries.
    ///
    /// @param kernel eBPF programs are in force; what they do not take goes through user space
    /// @param reason why there are none, for people; empty with them
    public record CarriedBy(boolean kernel, String reason) {}

    /// Counters since the tunnel was opened. Packets and bytes are those inside the tunnel.
    ///
    /// @param kernelPacketsIn the part of `packetsIn` that never saw user space
    /// @param kernelPacketsOut the part of `packetsOut` that never saw user space
    /// @param fragmentedOuter packets sent larger than the IP MTU, left to the kernel to fragment
    /// @param fragmentedInner packets fragmented before encapsulation
    /// @param lastInputAgoNs empty for never
    /// @param lastOutputAgoNs empty for never
    public record Traffic(long packetsIn, long bytesIn, long multicastsIn, long packetsOut, long bytesOut,
            long multicastsOut, long kernelPacketsIn, long kernelPacketsOut, long fragmentedOuter,
            long fragmentedInner, long keepalivesOut, long keepalivesIn, long keepalivesReflected,
            Map<GreDropReason, Long> dropsIn, Map<GreDropReason, Long> dropsOut, Optional<Long> lastInputAgoNs,
            Optional<Long> lastOutputAgoNs) {
        public Traffic {
            dropsIn = Map.copyOf(dropsIn);
            dropsOut = Map.copyOf(dropsOut);
        }

        /// Packets that came for the tunnel and were dropped.
        public long inputErrors() {
            return dropsIn.values().stream().mapToLong(Long::longValue).sum();
        }

        /// Packets that the tunnel should have sent and did not.
        public long outputErrors() {
            return dropsOut.values().stream().mapToLong(Long::longValue).sum();
        }
    }
}
