package io.nubicast.router.config;

import io.nubicast.router.config.TunnelConfig.Carrier;
import io.nubicast.router.config.TunnelConfig.DfPolicy;
import io.nubicast.router.config.TunnelConfig.Keepalive;
import io.nubicast.router.config.TunnelConfig.Source;
import io.nubicast.router.config.TunnelConfig.TunnelMode;
import io.nubicast.wire.Address;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// A tunnel while its lines are read.
final class TunnelDraft {
    Optional<Source> source = Optional.empty();
    @Nullable
    Line sourceLine;
    Optional<Address> destination = Optional.empty();
    @Nullable
    Line destinationLine;
    boolean udp;
    int port = 4754;
    boolean udpChecksum = true;
    boolean fixedSourcePort;
    boolean learnPeer;
    Carrier carrier = Carrier.AUTOMATIC;
    OptionalLong key = OptionalLong.empty();
    boolean checksum;
    boolean sequenceDatagrams;
    int ttl = 255;
    OptionalInt tos = OptionalInt.empty();
    boolean pathMtuDiscovery;
    DfPolicy dfPolicy = DfPolicy.FRAGMENT_OUTER;
    Optional<Keepalive> keepalive = Optional.empty();

    TunnelConfig build() {
        TunnelMode mode = udp
                ? new TunnelMode.GreUdp(port, udpChecksum, fixedSourcePort, learnPeer)
                : new TunnelMode.GreIp(carrier);
        return new TunnelConfig(source, destination, mode, key, checksum, sequenceDatagrams, ttl, tos, pathMtuDiscovery,
                dfPolicy, keepalive);
    }
}
