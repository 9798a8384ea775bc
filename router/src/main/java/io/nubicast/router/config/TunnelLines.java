package io.nubicast.router.config;

import io.nubicast.router.config.Meaning.Context;
import io.nubicast.router.config.TunnelConfig.Carrier;
import io.nubicast.router.config.TunnelConfig.DfPolicy;
import io.nubicast.router.config.TunnelConfig.Keepalive;
import io.nubicast.router.config.TunnelConfig.Source;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// GRE tunnels (GRE-001 to GRE-042). The key comes before the destination, so that a second tunnel between the same ends can be
/// configured line by line.
final class TunnelLines {
    private TunnelLines() {}

    static void add(Lines lines) {
        lines.help("""
                keepalive                Enable keepalive
                <period>                 Keepalive period (default 10 seconds)
                <retries>                Number of keepalives missed before the line protocol is down
                tunnel                   Protocol-over-protocol tunneling
                tunnel source            Source of tunnel packets
                tunnel destination       Destination of tunnel
                tunnel mode              Tunnel encapsulation method
                mode gre                 Generic route encapsulation protocol
                gre ip                   Over IP
                gre udp                  Over UDP, for networks that drop protocol 47 (RFC 8086)
                <port>                   UDP port at both ends
                kernel                   The kernel's own GRE device
                userspace                User space only
                tunnel key               Security or selector key
                <key>                    Key
                tunnel checksum          Enable end to end checksumming of packets
                tunnel sequence-datagrams  Drop datagrams arriving out of order
                tunnel ttl               Set time to live
                <ttl>                    Time to live
                tunnel tos               Set type of service byte
                <tos>                    Type of service
                tunnel path-mtu-discovery  Enable Path MTU Discovery on tunnel
                tunnel multicast         Multicast through the tunnel
                df-policy                What becomes of multicast larger than the tunnel's IP MTU
                fragment-outer           Fragment the tunnel packet; receivers get what was sent
                clear-df-fragment-inner  Clear DF and fragment the packet itself
                drop                     Drop what has DF, fragment the rest
                tunnel udp               GRE-in-UDP
                learn-peer               Send to the port that the peer's packets come from
                fixed-source-port        Send from the port that is received at
                """);
        lines.in(Modes.INTERFACE);
        lines.add("keepalive [<period:1-32767> [<retries:1-255>]]", 1, TunnelLines::keepalive);
        lines.add("tunnel source (<source:unicast>|<from:interface>)", 2, TunnelLines::source);
        lines.add("tunnel mode gre (ip [kernel|userspace]|udp [<port:1-65535>])", 2, TunnelLines::mode)
                .unless("tunnel mode gre ip");
        lines.add("tunnel key <key:0-4294967295>", 2,
                context -> tunnel(context).key = OptionalLong.of(context.arguments().number("key")));
        lines.add("tunnel destination <destination:unicast>", 2, TunnelLines::destination);
        lines.add("tunnel checksum", 2, context -> tunnel(context).checksum = true);
        lines.add("tunnel sequence-datagrams", 2, context -> tunnel(context).sequenceDatagrams = true);
        lines.add("tunnel ttl <ttl:1-255>", 2, context -> tunnel(context).ttl = context.number("ttl"))
                .unless("tunnel ttl 255");
        lines.add("tunnel tos <tos:0-255>", 2, context -> tunnel(context).tos = OptionalInt.of(context.number("tos")));
        lines.add("tunnel path-mtu-discovery", 2, context -> tunnel(context).pathMtuDiscovery = true);
        lines.add("tunnel multicast df-policy (fragment-outer|clear-df-fragment-inner|drop)", 3,
                context -> tunnel(context).dfPolicy = context.has("drop")
                        ? DfPolicy.DROP
                        : context.has("fragment-outer") ? DfPolicy.FRAGMENT_OUTER : DfPolicy.CLEAR_DF_FRAGMENT_INNER)
                .unless("tunnel multicast df-policy fragment-outer");
        lines.add("tunnel udp learn-peer", 3, context -> tunnel(context).learnPeer = true);
        lines.add("tunnel udp fixed-source-port", 3, context -> tunnel(context).fixedSourcePort = true);
        lines.add("tunnel udp checksum", 3, context -> tunnel(context).udpChecksum = !context.off()).onByDefault();
    }

    private static TunnelDraft tunnel(Context context) {
        if (!context.at().isTunnel()) {
            context.fault("", context.at().name + " is no tunnel: '" + context.line().text() + "' does not go there",
                    "write it below an interface Tunnel" + context.at().name.number());
        }
        return context.at().tunnel;
    }

    private static void keepalive(Context context) {
        tunnel(context).keepalive = Optional.of(new Keepalive((int) context.arguments().number("period", 10),
                (int) context.arguments().number("retries", 3)));
    }

    private static void source(Context context) {
        TunnelDraft tunnel = tunnel(context);
        tunnel.sourceLine = context.line();
        tunnel.source = context.someAddress("source").<Source>map(Source.OfAddress::new)
                .or(() -> context.arguments().find("from", InterfaceName.class).map(name -> {
                    if (name.equals(context.at().name)) {
                        context.fault("from", "a tunnel cannot be its own source", "name the interface below it");
                    }
                    CrossChecks.mustExist(context, "from", name);
                    return new Source.OfInterface(name);
                }));
    }

    private static void destination(Context context) {
        TunnelDraft tunnel = tunnel(context);
        tunnel.destination = context.someAddress("destination");
        tunnel.destinationLine = context.line();
    }

    private static void mode(Context context) {
        TunnelDraft tunnel = tunnel(context);
        tunnel.udp = context.has("udp");
        tunnel.port = (int) context.arguments().number("port", 4754);
        tunnel.carrier = context.has("kernel")
                ? Carrier.KERNEL
                : context.has("userspace") ? Carrier.USER_SPACE : Carrier.AUTOMATIC;
    }
}
