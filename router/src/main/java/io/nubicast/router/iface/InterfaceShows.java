package io.nubicast.router.iface;

import io.nubicast.shell.Answer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/// `show interfaces` and `show ip interface brief`, laid out as IOS XE prints them. Lines of our own: the Linux device, which path
/// carries a tunnel's packets, and drops by reason. Pure functions.
public final class InterfaceShows {
    private static final long SECOND_NS = 1_000_000_000L;

    private InterfaceShows() {}

    /// `show interfaces [NAME]`.
    public static Answer interfaces(List<InterfaceReport> reports) {
        StringBuilder text = new StringBuilder();
        List<Object> json = new ArrayList<>();
        for (InterfaceReport report : reports) {
            print(text, report);
            json.add(json(report));
        }
        return new Answer(text.toString(), json);
    }

    /// `show ip interface brief`.
    public static Answer brief(List<InterfaceReport> reports) {
        StringBuilder text =
                new StringBuilder("Interface              IP-Address      OK? Method Status                Protocol\n");
        List<Object> json = new ArrayList<>();
        for (InterfaceReport report : reports) {
            String address =
                    report.addresses().isEmpty() ? "unassigned" : report.addresses().getFirst().address().toString();
            text.append(String.format(Locale.ROOT, "%-22s %-15s YES %-6s %-21s %s\n", report.name(), address,
                    report.addresses().isEmpty() ? "unset" : "manual", report.status(), report.protocol()));
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("interface", report.name());
            row.put("address", address);
            row.put("status", report.status());
            row.put("protocol", report.protocol());
            json.add(row);
        }
        return new Answer(text.toString(), json);
    }

    private static void print(StringBuilder text, InterfaceReport report) {
        InterfaceReport.Traffic traffic = report.traffic();
        line(text, "%s is %s, line protocol is %s".formatted(report.name(), report.status(), report.protocol()));
        line(text, "  Hardware is %s%s".formatted(hardware(report.kind()), report.hardwareAddress().isPresent()
                ? ", address is " + dotted(report.hardwareAddress().getAsLong()) + " (bia "
                        + dotted(report.hardwareAddress().getAsLong()) + ")"
                : ""));
        if (!report.description().isEmpty()) {
            line(text, "  Description: %s".formatted(report.description()));
        }
        line(text, "  Linux device is %s".formatted(report.device().isEmpty() ? "not there" : report.device()));
        for (int i = 0; i < report.addresses().size(); i++) {
            line(text, (i == 0 ? "  Internet address is %s" : "  Secondary address %s")
                    .formatted(report.addresses().get(i)));
        }
        line(text, "  MTU %d bytes, BW %d Kbit/sec, DLY %d usec,".formatted(report.mtu(), report.bandwidthKbit(),
                report.kind() == InterfaceReport.Kind.TUNNEL ? 50_000 : 10));
        line(text,
                "     reliability 255/255, txload %d/255, rxload %d/255".formatted(
                        load(traffic.bitsOutPerSecond(), report.bandwidthKbit()),
                        load(traffic.bitsInPerSecond(), report.bandwidthKbit())));
        line(text, "  Encapsulation %s, loopback not set".formatted(switch (report.kind()) {
            case ETHERNET -> "ARPA";
            case TUNNEL -> "TUNNEL";
            case LOOPBACK -> "LOOPBACK";
        }));
        report.tunnel().ifPresent(tunnel -> print(text, tunnel));
        line(text, "  Last input %s, output %s, output hang never".formatted(ago(traffic.lastInputAgoNs()),
                ago(traffic.lastOutputAgoNs())));
        line(text, "  Last clearing of \"show interface\" counters never");
        line(text, "  5 minute input rate %d bits/sec, %d packets/sec".formatted(traffic.bitsInPerSecond(),
                traffic.packetsInPerSecond()));
        line(text, "  5 minute output rate %d bits/sec, %d packets/sec".formatted(traffic.bitsOutPerSecond(),
                traffic.packetsOutPerSecond()));
        line(text, "     %d packets input, %d bytes, 0 no buffer".formatted(traffic.packetsIn(), traffic.bytesIn()));
        line(text, "     Received 0 broadcasts (%d IP multicasts)".formatted(traffic.multicastsIn()));
        line(text, "     0 runts, 0 giants, 0 throttles");
        line(text, "     %d input errors, 0 CRC, 0 frame, 0 overrun, 0 ignored, 0 abort".formatted(traffic.errorsIn()));
        line(text, "     %d packets output, %d bytes, 0 underruns".formatted(traffic.packetsOut(), traffic.bytesOut()));
        line(text, "     %d output errors, 0 collisions, 0 interface resets".formatted(traffic.errorsOut()));
        traffic.drops().forEach((reason, packets) -> line(text, "     %d dropped: %s".formatted(packets, reason)));
    }

    private static void print(StringBuilder text, InterfaceReport.Tunnel tunnel) {
        line(text, "  Keepalive %s".formatted(tunnel.keepalive()));
        line(text, "  Tunnel linestate evaluation %s"
                .formatted(tunnel.lineReason().isEmpty() ? "up" : "down - " + tunnel.lineReason()));
        line(text, "  Tunnel source %s, destination %s".formatted(tunnel.source(), tunnel.destination()));
        line(text, "  Tunnel protocol/transport %s".formatted(tunnel.protocol()));
        line(text,
                "    Key %s, sequencing %s".formatted(
                        tunnel.key().map(key -> "0x" + Long.toHexString(key).toUpperCase(Locale.ROOT))
                                .orElse("disabled"),
                        tunnel.sequencing() ? "enabled" : "disabled"));
        line(text, "    Checksumming of packets %s".formatted(tunnel.checksumming() ? "enabled" : "disabled"));
        line(text, "  Tunnel TTL %d".formatted(tunnel.ttl()));
        line(text, "  Tunnel transport MTU %d bytes".formatted(tunnel.transportMtu()));
        line(text, "  Tunnel packets are carried by %s".formatted(tunnel.carriedBy()));
    }

    private static Map<String, Object> json(InterfaceReport report) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("interface", report.name());
        json.put("device", report.device());
        json.put("description", report.description());
        json.put("status", report.status());
        json.put("protocol", report.protocol());
        json.put("addresses", report.addresses().stream().map(InterfaceAddress::toString).toList());
        json.put("mtu", report.mtu());
        InterfaceReport.Traffic traffic = report.traffic();
        json.put("packets_in", traffic.packetsIn());
        json.put("bytes_in", traffic.bytesIn());
        json.put("multicasts_in", traffic.multicastsIn());
        json.put("errors_in", traffic.errorsIn());
        json.put("packets_out", traffic.packetsOut());
        json.put("bytes_out", traffic.bytesOut());
        json.put("errors_out", traffic.errorsOut());
        json.put("drops", traffic.drops());
        report.tunnel().ifPresent(tunnel -> {
            Map<String, Object> more = new LinkedHashMap<>();
            more.put("source", tunnel.source());
            more.put("destination", tunnel.destination());
            more.put("protocol", tunnel.protocol());
            tunnel.key().ifPresent(key -> more.put("key", key));
            more.put("transport_mtu", tunnel.transportMtu());
            more.put("line_reason", tunnel.lineReason());
            more.put("carried_by", tunnel.carriedBy());
            json.put("tunnel", more);
        });
        return json;
    }

    private static String hardware(InterfaceReport.Kind kind) {
        return switch (kind) {
            case ETHERNET -> "Ethernet";
            case TUNNEL -> "Tunnel";
            case LOOPBACK -> "Loopback";
        };
    }

    private static long load(long bits, long bandwidthKbit) {
        return bandwidthKbit <= 0 ? 1 : Math.clamp(bits * 255 / (bandwidthKbit * 1000), 1, 255);
    }

    /// `0242.ac11.0002`.
    private static String dotted(long address) {
        return String.format(Locale.ROOT, "%04x.%04x.%04x", address >>> 32 & 0xFFFF, address >>> 16 & 0xFFFF,
                address & 0xFFFF);
    }

    private static String ago(OptionalLong ns) {
        if (ns.isEmpty()) {
            return "never";
        }
        long seconds = ns.getAsLong() / SECOND_NS;
        return String.format(Locale.ROOT, "%02d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }

    private static void line(StringBuilder text, String line) {
        text.append(line).append('\n');
    }
}
