package io.nubicast.app.router;

import io.nubicast.dataplane.gre.TunnelStatus;
import io.nubicast.forwarding.routing.PortTraffic;
import io.nubicast.router.config.InterfaceConfig;
import io.nubicast.router.config.InterfaceName;
import io.nubicast.router.config.TunnelConfig;
import io.nubicast.router.iface.InterfaceReport;
import io.nubicast.router.iface.InterfaceReport.Kind;
import io.nubicast.router.iface.InterfaceReport.Traffic;
import io.nubicast.router.iface.RouterInterface;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Gathers what `show interfaces` prints: from the configuration, the kernel's counters, and the tunnels. On the router's thread.
final class InterfaceReports {
    private static final Path DEVICES = Path.of("/sys/class/net");
    private static final long GIGABIT_KBIT = 1_000_000;
    private static final long TUNNEL_KBIT = 100;

    private final VirtualRouter router;

    InterfaceReports(VirtualRouter router) {
        this.router = router;
    }

    /// All that are configured, in the order of the configuration.
    List<InterfaceReport> all() {
        return router.config().interfaces().values().stream()
                .filter(each -> each.name().kind() != InterfaceName.Kind.NULL).map(this::report).toList();
    }

    /// One of them.
    Optional<InterfaceReport> of(InterfaceName name) {
        return Optional.ofNullable(router.config().interfaces().get(name.toString())).map(this::report);
    }

    private InterfaceReport report(InterfaceConfig config) {
        String name = config.name().toString();
        Optional<RouterInterface> state = router.interfaces().named(name);
        Optional<TunnelStatus> tunnel = router.tunnels().status(name);
        String device = state.map(RouterInterface::device).orElse("");
        Kind kind = switch (config.name().kind()) {
            case TUNNEL -> Kind.TUNNEL;
            case LOOPBACK -> Kind.LOOPBACK;
            default -> Kind.ETHERNET;
        };
        int mtu = tunnel.map(TunnelStatus::transportMtu).orElse(state.map(RouterInterface::mtu).orElse(0));
        return new InterfaceReport(name, device, config.description(), !config.shutdown(),
                state.map(RouterInterface::up).orElse(false) && tunnel.map(each -> each.line().up()).orElse(true), kind,
                kind == Kind.ETHERNET ? hardwareAddress(device) : OptionalLong.empty(),
                state.map(RouterInterface::addresses).orElse(config.addresses()), mtu,
                kind == Kind.TUNNEL ? TUNNEL_KBIT : GIGABIT_KBIT,
                tunnel.map(InterfaceReports::traffic).orElseGet(() -> traffic(device, state)),
                config.tunnel().map(lines -> tunnel(lines, tunnel)));
    }

    private static InterfaceReport.Tunnel tunnel(TunnelConfig lines, Optional<TunnelStatus> status) {
        String named = lines.source().map(source -> switch (source) {
            case TunnelConfig.Source.OfAddress each -> each.address().toString();
            case TunnelConfig.Source.OfInterface each -> each.name().toString();
        }).orElse("UNKNOWN");
        String source = status.flatMap(TunnelStatus::source).map(address -> address.toString().equals(named)
                ? named
                : address + " (" + named + ")").orElse(named);
        boolean udp = lines.mode() instanceof TunnelConfig.TunnelMode.GreUdp;
        return new InterfaceReport.Tunnel(source,
                lines.destination().map(Object::toString).orElse("UNKNOWN"), udp ? "GRE/UDP" : "GRE/IP",
                lines.key().isPresent() ? Optional.of(lines.key().getAsLong()) : Optional.empty(),
                lines.sequenceDatagrams(), lines.checksum(), lines.ttl(),
                status.map(TunnelStatus::transportMtu).orElse(0),
                lines.keepalive().map(times -> "set (" + times.seconds() + " sec), retries " + times.retries())
                        .orElse("not set"),
                status.map(each -> each.line().reason()).orElse(lines.destination().isEmpty()
                        ? "no IPv4 tunnel destination address"
                        : "no tunnel source"),
                status.map(each -> each.carriedBy().kernel()
                        ? "eBPF in the kernel; user space for what it leaves"
                        : "user space" + (each.carriedBy().reason().isEmpty()
                                || each.carriedBy().reason().equals("user space")
                                        ? ""
                                        : ": " + each.carriedBy().reason()))
                        .orElse("nobody"));
    }

    private static Traffic traffic(TunnelStatus status) {
        TunnelStatus.Traffic traffic = status.traffic();
        Map<String, Long> drops = new LinkedHashMap<>();
        traffic.dropsIn().forEach((reason, packets) -> drops.put("input, " + words(reason.name()), packets));
        traffic.dropsOut().forEach((reason, packets) -> drops.put("output, " + words(reason.name()), packets));
        return new Traffic(traffic.packetsIn(), traffic.bytesIn(), traffic.multicastsIn(), traffic.inputErrors(),
                traffic.packetsOut(), traffic.bytesOut(), traffic.outputErrors(), 0, 0, 0, 0,
                traffic.lastInputAgoNs().map(OptionalLong::of).orElse(OptionalLong.empty()),
                traffic.lastOutputAgoNs().map(OptionalLong::of).orElse(OptionalLong.empty()), drops);
    }

    private static String words(String constant) {
        return constant.toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private Traffic traffic(String device, Optional<RouterInterface> state) {
        long multicasts =
                state.map(each -> router.plane().traffic().getOrDefault(each.id(), PortTraffic.NONE).packetsIn())
                        .orElse(0L);
        return new Traffic(count(device, "rx_packets"), count(device, "rx_bytes"), multicasts,
                count(device, "rx_errors"), count(device, "tx_packets"), count(device, "tx_bytes"),
                count(device, "tx_errors"), 0, 0, 0, 0, OptionalLong.empty(), OptionalLong.empty(), Map.of());
    }

    private static long count(String device, String counter) {
        return read(DEVICES.resolve(device).resolve("statistics").resolve(counter)).map(text -> {
            try {
                return Long.parseLong(text);
            } catch (NumberFormatException e) {
                return 0L;
            }
        }).orElse(0L);
    }

    private static OptionalLong hardwareAddress(String device) {
        return read(DEVICES.resolve(device).resolve("address")).filter(text -> text.length() == 17)
                .map(text -> OptionalLong.of(Long.parseLong(text.replace(":", ""), 16))).orElse(OptionalLong.empty());
    }

    private static Optional<String> read(Path file) {
        try {
            return Optional.of(Files.readString(file).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
