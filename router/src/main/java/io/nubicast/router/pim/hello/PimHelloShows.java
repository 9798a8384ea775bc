package io.nubicast.router.pim.hello;

import io.nubicast.forwarding.routing.PortTraffic;
import io.nubicast.router.iface.InterfaceAddress;
import io.nubicast.router.iface.RouterInterface;
import io.nubicast.shell.Answer;
import io.nubicast.shell.IosTime;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/// `show ip pim neighbor` and `show ip pim interface`, laid out as IOS XE prints them. On the router's thread.
///
/// On a tunnel no DR is shown, although one is elected, as IOS does it (PIM-025). `P` is shown for neighbours that tell of join
/// attributes, `N` in place of a priority for those that tell none.
public final class PimHelloShows {
    private static final String NEIGHBORS = """
            PIM Neighbor Table
            Mode: B - Bidir Capable, DR - Designated Router, N - Default DR Priority,
                  P - Proxy Capable, S - State Refresh Capable, G - GenID Capable,
                  L - DR Load-balancing Capable
            Neighbor          Interface                Uptime/Expires    Ver   DR
            Address                                                            Prio/Mode
            """;
    private static final String INTERFACES = """
            Address          Interface                Ver/   Nbr    Query  DR         DR
                                                      Mode   Count  Intvl  Prior
            """;
    private static final String COUNTS = """
            State: * - Fast Switched, D - Distributed Fast Switched
                   H - Hardware Switching Enabled
            Address          Interface                FS  Mpackets In/Out
            """;

    private final PimHello hello;
    private final Surroundings surroundings;

    /// What others know of an interface.
    public interface Surroundings {
        /// Its mode: `sparse`, `dense`, `sparse-dense`.
        String mode(int interfaceId);

        /// Multicast that passed it.
        PortTraffic traffic(int interfaceId);

        /// `ip multicast ttl-threshold`.
        int ttlThreshold(int interfaceId);

        /// t_periodic.
        int joinPruneIntervalSeconds();
    }

    public PimHelloShows(PimHello hello, Surroundings surroundings) {
        this.hello = hello;
        this.surroundings = surroundings;
    }

    /// `show ip pim neighbor [interface]`.
    ///
    /// @param interfaceName empty for all
    public Answer neighbors(Optional<String> interfaceName, long nowNs) {
        StringBuilder text = new StringBuilder(NEIGHBORS);
        List<Map<String, Object>> json = new ArrayList<>();
        for (HelloInterface each : chosen(interfaceName)) {
            for (HelloNeighbor neighbor : each.neighbors()) {
                PimNeighbor known = neighbor.snapshot();
                long expires = known.expiresNs() == Long.MAX_VALUE ? Long.MAX_VALUE : known.expiresNs() - nowNs;
                text.append(row(known.address(), 18)).append(row(each.state().name(), 25))
                        .append(row(IosTime.span(nowNs - known.sinceNs()) + "/" + IosTime.span(expires), 18))
                        .append(row("v2", 6)).append(priorityAndMode(each, known)).append('\n');
                json.add(json(each, known, nowNs));
            }
        }
        return new Answer(text.toString(), Map.of("neighbors", json));
    }

    private static String priorityAndMode(HelloInterface on, PimNeighbor neighbor) {
        OptionalLong priority = neighbor.drPriority();
        StringBuilder text = new StringBuilder(priority.isPresent() ? Long.toString(priority.getAsLong()) : "N")
                .append(" /");
        if (!on.state().pointToPoint() && on.designatedRouter().filter(neighbor.address()::equals).isPresent()) {
            text.append(" DR");
        }
        return text.append(neighbor.bidirectionalCapable() ? " B" : "")
                .append(neighbor.stateRefreshCapable() ? " S" : "").append(neighbor.joinAttributeCapable() ? " P" : "")
                .append(neighbor.generationId().isPresent() ? " G" : "").toString();
    }

    private static Map<String, Object> json(HelloInterface on, PimNeighbor neighbor, long nowNs) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("address", neighbor.address().toString());
        json.put("interface", on.state().name());
        json.put("uptimeSeconds", (nowNs - neighbor.sinceNs()) / 1_000_000_000L);
        if (neighbor.expiresNs() != Long.MAX_VALUE) {
            json.put("expiresSeconds", Math.max(0, neighbor.expiresNs() - nowNs) / 1_000_000_000L);
        }
        json.put("version", 2);
        neighbor.drPriority().ifPresent(priority -> json.put("drPriority", priority));
        json.put("designatedRouter", on.designatedRouter().filter(neighbor.address()::equals).isPresent());
        neighbor.generationId().ifPresent(id -> json.put("generationId", Integer.toHexString(id)));
        neighbor.lanPruneDelay().ifPresent(delay -> {
            json.put("propagationDelayMs", delay.propagationDelayMs());
            json.put("overrideIntervalMs", delay.overrideIntervalMs());
            json.put("trackingSupport", delay.trackingSupport());
        });
        json.put("stateRefreshCapable", neighbor.stateRefreshCapable());
        json.put("bidirectionalCapable", neighbor.bidirectionalCapable());
        json.put("joinAttributeCapable", neighbor.joinAttributeCapable());
        json.put("secondaryAddresses", neighbor.secondaries().stream().map(Address::toString).toList());
        return json;
    }

    /// `show ip pim interface [interface]`.
    ///
    /// @param interfaceName empty for all
    public Answer interfaces(Optional<String> interfaceName) {
        StringBuilder text = new StringBuilder(INTERFACES);
        for (HelloInterface each : chosen(interfaceName)) {
            text.append(row(address(each), 17)).append(row(each.state().name(), 25))
                    .append(row("v2/" + letters(surroundings.mode(each.state().id())), 7))
                    .append(row(each.neighbors().size(), 7)).append(row(seconds(each), 7))
                    .append(row(each.config().drPriority(), 11)).append(shownDesignatedRouter(each)).append('\n');
        }
        return new Answer(text.toString(), json(interfaceName));
    }

    /// `show ip pim interface [interface] detail`.
    ///
    /// @param interfaceName empty for all
    public Answer detail(Optional<String> interfaceName) {
        StringBuilder text = new StringBuilder();
        chosen(interfaceName).forEach(each -> detail(text, each));
        return new Answer(text.toString(), json(interfaceName));
    }

    private void detail(StringBuilder text, HelloInterface on) {
        RouterInterface state = on.state();
        PortTraffic traffic = surroundings.traffic(state.id());
        String upOrDown = state.up() ? "up" : "down";
        boolean proxies = !on.neighbors().isEmpty()
                && on.neighbors().stream().allMatch(each -> each.snapshot().joinAttributeCapable());
        text.append(String.format(Locale.ROOT, """
                %s is %s, line protocol is %s
                  Internet address is %s
                  Multicast switching: fast
                  Multicast packets in/out: %d/%d
                  Multicast TTL threshold: %d
                  PIM: enabled
                    PIM version: 2, mode: %s
                    PIM DR: %s%s
                    PIM neighbor count: %d
                %s    PIM Hello/Query interval: %d seconds
                    PIM Hello packets in/out: %d/%d
                    PIM J/P interval: %d seconds
                    PIM State-Refresh processing: %s
                    PIM State-Refresh origination: disabled
                    PIM NBMA mode: disabled
                    PIM ATM multipoint signalling: disabled
                    PIM domain border: disabled
                    PIM neighbors rpf proxy capable: %s
                    PIM BFD: disabled
                    PIM Non-DR-Join: FALSE
                  Multicast Tagswitching: disabled
                """, state.name(), upOrDown, upOrDown,
                state.addresses().stream().findFirst().map(InterfaceAddress::toString).orElse("not set"),
                traffic.packetsIn(), traffic.packetsOut(), surroundings.ttlThreshold(state.id()),
                surroundings.mode(state.id()), shownDesignatedRouter(on),
                !state.pointToPoint() && on.isDesignatedRouter() ? " (this system)" : "", on.neighbors().size(),
                on.config().neighborFilter().map(list -> "    PIM neighbor filter: " + list.name() + "\n").orElse(""),
                seconds(on), on.counters().in(), on.counters().out(), surroundings.joinPruneIntervalSeconds(),
                on.config().stateRefreshIntervalSeconds() > 0 ? "enabled" : "disabled", proxies ? "TRUE" : "FALSE"));
    }

    /// `show ip pim interface [interface] count`.
    ///
    /// @param interfaceName empty for all
    public Answer count(Optional<String> interfaceName) {
        StringBuilder text = new StringBuilder(COUNTS);
        for (HelloInterface each : chosen(interfaceName)) {
            PortTraffic traffic = surroundings.traffic(each.state().id());
            text.append(row(address(each), 17)).append(row(each.state().name(), 25)).append(row("*", 4))
                    .append(traffic.packetsIn()).append('/').append(traffic.packetsOut()).append('\n');
        }
        return new Answer(text.toString(), json(interfaceName));
    }

    private Map<String, Object> json(Optional<String> interfaceName) {
        List<Map<String, Object>> all = new ArrayList<>();
        for (HelloInterface each : chosen(interfaceName)) {
            PortTraffic traffic = surroundings.traffic(each.state().id());
            HelloCounters counters = each.counters();
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("name", each.state().name());
            each.state().address().ifPresent(address -> json.put("address", address.toString()));
            json.put("up", each.isOpen());
            json.put("version", 2);
            json.put("mode", surroundings.mode(each.state().id()));
            json.put("passive", each.config().passive());
            json.put("neighbors", each.neighbors().size());
            json.put("helloIntervalMs", each.config().intervalMs());
            json.put("holdtimeSeconds", each.config().holdtimeSeconds());
            json.put("drPriority", each.config().drPriority());
            each.designatedRouter().ifPresent(router -> json.put("designatedRouter", router.toString()));
            json.put("isDesignatedRouter", each.isDesignatedRouter());
            json.put("packetsIn", traffic.packetsIn());
            json.put("packetsOut", traffic.packetsOut());
            json.put("hellosIn", counters.in());
            json.put("hellosOut", counters.out());
            json.put("hellosDenied", counters.denied());
            json.put("hellosOverLimit", counters.overflow());
            json.put("hellosIgnored", counters.ignored());
            json.put("addressConflicts", counters.conflicts());
            all.add(json);
        }
        return Map.of("interfaces", all);
    }

    private List<HelloInterface> chosen(Optional<String> interfaceName) {
        Predicate<String> wanted = name -> interfaceName.map(name::equals).orElse(true);
        return hello.interfaces().stream().filter(each -> wanted.test(each.state().name())).toList();
    }

    private static String address(HelloInterface on) {
        return on.state().address().orElse(Address.ANY_IPV4).toString();
    }

    private static Address shownDesignatedRouter(HelloInterface on) {
        return on.state().pointToPoint() ? Address.ANY_IPV4 : on.designatedRouter().orElse(Address.ANY_IPV4);
    }

    private static int seconds(HelloInterface on) {
        return Math.max(1, on.config().intervalMs() / 1000);
    }

    private static String letters(String mode) {
        return switch (mode) {
            case "dense" -> "D";
            case "sparse-dense" -> "SD";
            default -> "S";
        };
    }

    /// A column, with at least one blank behind it.
    private static String row(Object value, int width) {
        String text = value.toString();
        return text.length() < width ? text + " ".repeat(width - text.length()) : text + " ";
    }
}
