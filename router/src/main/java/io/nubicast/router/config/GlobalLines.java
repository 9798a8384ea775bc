package io.nubicast.router.config;

import io.nubicast.router.config.Meaning.Context;
import io.nubicast.router.iface.InterfaceAddress;
import io.nubicast.router.rib.StaticMroute;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.List;

/// The router itself: its name, static routes, and OSPF as far as it is kept.
final class GlobalLines {
    private GlobalLines() {}

    /// What stands above the interfaces.
    static void addTop(Lines lines) {
        lines.help("""
                hostname                 Set system's network name
                <name>                   Name
                ip                       Global IP configuration subcommands
                ip multicast-routing     Enable IP multicast forwarding
                distributed              Distributed multicast switching (there is no other here)
                ip multicast             Global IP Multicast Commands
                multicast multipath      Split multicast traffic over equal cost paths
                multicast route-limit    Limit multicast state
                """);
        lines.in(Modes.GLOBAL);
        lines.add("hostname <name:word>", 1, context -> hostname(context)).unless("hostname router");
        lines.in(Modes.GLOBAL);
        lines.add("ip multicast-routing [distributed]", 2, context -> context.meaning().multicastRouting = true);
        lines.add("ip multicast multipath", 3, context -> context.meaning().multipath = true);
        lines.add("ip multicast route-limit <count:1-2147483647>", 3, context -> context.meaning().pim =
                context.meaning().pim.withRouteLimit(context.number("count")))
                .unless("ip multicast route-limit 100000");
    }

    /// What stands below them.
    static void addRoutes(Lines lines) {
        lines.help("""
                router                   Enable a routing process
                router ospf              Open Shortest Path First (OSPF)
                <process>                Process ID
                network                  Enable routing on an IP network
                ip route                 Establish static routes
                ip mroute                Configure static multicast routes
                <prefix>                 Destination prefix
                <mask>                   Prefix mask
                <nexthop>                Forwarding router's address
                <rpf>                    RPF neighbor address or route
                <exit>                   Interface
                <distance>               Distance metric for this route
                """);
        lines.in(Modes.GLOBAL);
        lines.add("router ospf <process:1-65535>", 3, GlobalLines::ospf).opens(Modes.ROUTER);
        lines.in(Modes.ROUTER);
        lines.add("router-id <id:address>", 1, GlobalLines::keep);
        lines.add("log-adjacency-changes [detail]", 1, GlobalLines::keep);
        lines.add("auto-cost reference-bandwidth <mbps:1-4294967>", 2, GlobalLines::keep);
        lines.add("redistribute (connected|static) [subnets] [metric <metric:0-16777214>]", 2, GlobalLines::keep);
        lines.add("passive-interface (default|<exit:interface>)", 2, GlobalLines::keep);
        lines.add("network <prefix:address> <wild:wildcard> area (<area:0-4294967295>|<area:address>)", 3,
                GlobalLines::keep);
        lines.add("default-information originate [always]", 2, GlobalLines::keep);
        lines.add("distance <distance:1-255>", 1, GlobalLines::keep);
        lines.in(Modes.GLOBAL);
        lines.add("ip route <prefix:address> <mask> (<nexthop:unicast>|<exit:interface> [<nexthop:unicast>])"
                + " [<distance:1-255>]", 4, GlobalLines::route).key(
                        arguments -> (arguments.text(4) + " "
                                + arguments.canonical("exit") + " " + arguments.canonical("nexthop")).strip())
                .removesAll();
        lines.add("ip mroute <prefix:address> <mask> (<rpf:unicast>|<exit:interface>) [<distance:0-255>]", 4,
                GlobalLines::mroute);
    }

    private static void hostname(Context context) {
        String name = context.arguments().word("name");
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,62}")) {
            context.fault("name", "'" + name + "' is no host name",
                    "letters, digits, '-', '_' and '.', at most 63, beginning with a letter or digit");
        } else {
            context.meaning().hostname = name;
        }
    }

    private static void ospf(Context context) {
        context.meaning().ospf.computeIfAbsent(context.number("process"), number -> new ArrayList<>());
        context.notice("process", "the lines of router ospf are kept, but there is no OSPF process yet: use ip route");
    }

    private static void keep(Context context) {
        Line header = context.header();
        if (header != null) {
            List<String> kept = context.meaning().ospf.computeIfAbsent((int) header.arguments().number("process"),
                    number -> new ArrayList<>());
            kept.add(context.line().text());
        }
    }

    private static void route(Context context) {
        InterfaceAddress prefix = prefix(context);
        String exit = exit(context);
        context.meaning().routes.add(new RouterConfig.StaticRoute(prefix,
                context.someAddress("nexthop").orElse(Address.ANY_IPV4), exit,
                (int) context.arguments().number("distance", 1)));
    }

    private static void mroute(Context context) {
        InterfaceAddress prefix = prefix(context);
        List<StaticMroute> mroutes = new ArrayList<>(context.meaning().pim.mroutes());
        mroutes.add(new StaticMroute(prefix, context.someAddress("rpf").orElse(Address.ANY_IPV4), exit(context),
                (int) context.arguments().number("distance", 0)));
        context.meaning().pim = context.meaning().pim.withMroutes(mroutes);
    }

    private static String exit(Context context) {
        return context.arguments().find("exit", InterfaceName.class).map(name -> {
            if (name.kind() != InterfaceName.Kind.NULL) {
                CrossChecks.mustExist(context, "exit", name);
            }
            return name.toString();
        }).orElse("");
    }

    private static InterfaceAddress prefix(Context context) {
        Address prefix = context.address("prefix");
        int length = ConfigTypes.prefixLength(context.address("mask"));
        if ((prefix.ipv4() & ~context.address("mask").ipv4()) != 0) {
            context.fault("prefix", "Inconsistent address and mask",
                    "write " + Address.ofIpv4(prefix.ipv4() & context.address("mask").ipv4()) + " for this mask");
        }
        return new InterfaceAddress(prefix, length);
    }
}
