package io.nubicast.router.igmp.proxy;

import io.nubicast.router.igmp.SourceFilter;
import io.nubicast.router.port.RouterThread;
import io.nubicast.shell.Answer;
import io.nubicast.shell.Grammar;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The command of the IGMP proxy, which IOS does not have.
public final class IgmpProxyCommands {
    private IgmpProxyCommands() {}

    /// Adds it to a grammar.
    public static void add(Grammar.Builder grammar, IgmpProxy proxy, RouterThread router) {
        grammar.exec("show ip igmp proxy", call -> router.answer(nowNs -> show(proxy, nowNs)));
        grammar.help("""
                igmp proxy                   IGMP proxy: what is reported upstream
                """);
    }

    /// `show ip igmp proxy`.
    static Answer show(IgmpProxy proxy, long nowNs) {
        IgmpProxyConfig config = proxy.config();
        if (config.upstream().isEmpty()) {
            return new Answer("IGMP proxy is not configured\n", Map.of());
        }
        int version = proxy.upstreamVersion(nowNs);
        List<String> downstream = config.downstream().stream().sorted().toList();
        StringBuilder text = new StringBuilder();
        text.append("Upstream interface is ").append(config.upstream().get())
                .append(version == 0 ? ", down\n" : ", IGMP version " + version + "\n");
        text.append("Downstream interfaces are ").append(String.join(", ", downstream)).append('\n');
        text.append("Routes: ").append(proxy.routes()).append(", refused: ").append(proxy.refusedRoutes())
                .append('\n');
        text.append("\nGroup Address    Mode     Sources\n");
        List<Object> groups = new ArrayList<>();
        for (Map.Entry<Address, SourceFilter> entry : new TreeMap<>(proxy.reported()).entrySet()) {
            List<String> sources = entry.getValue().sources().stream().sorted().map(Address::toString)
                    .collect(Collectors.toList());
            String mode = entry.getValue().exclude() ? "EXCLUDE" : "INCLUDE";
            text.append(String.format(Locale.ROOT, "%-16s %-8s %s", entry.getKey(), mode, String.join(" ", sources))
                    .stripTrailing()).append('\n');
            Map<String, Object> group = new LinkedHashMap<>();
            group.put("group", entry.getKey().toString());
            group.put("mode", mode.toLowerCase(Locale.ROOT));
            group.put("sources", sources);
            groups.add(group);
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("upstream", config.upstream().get());
        json.put("version", version);
        json.put("downstream", downstream);
        json.put("routes", proxy.routes());
        json.put("refusedRoutes", proxy.refusedRoutes());
        json.put("groups", groups);
        return new Answer(text.toString(), json);
    }
}
