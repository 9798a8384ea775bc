package io.nubicast.router.config;

import io.nubicast.router.config.InterfaceDraft.ProxyRole;
import io.nubicast.router.config.Meaning.Context;
import io.nubicast.router.igmp.IgmpConfig;
import io.nubicast.router.igmp.IgmpInterfaceConfig;
import io.nubicast.router.igmp.Membership;
import java.util.OptionalInt;

/// IGMP and its proxy (IGMP-011, IGMP-036 to IGMP-039, IGMP-050 to IGMP-054).
final class IgmpLines {
    private IgmpLines() {}

    static void addInterface(Lines lines) {
        lines.help("""
                ip igmp                      IGMP interface commands
                igmp version                 IGMP version
                igmp query-interval          IGMP host query interval
                igmp query-max-response-time  IGMP max query response value
                igmp querier-timeout         IGMP previous querier timeout
                igmp robustness-variable     How many lost messages are borne, less one
                igmp last-member-query-interval  IGMP last member query interval
                igmp last-member-query-count  IGMP last member query count
                igmp static-group            IGMP static multicast group
                igmp join-group              IGMP join multicast group
                igmp access-group            IGMP group access group
                igmp limit                   IGMP limit
                limit except                 Groups that do not count
                igmp immediate-leave         Leave groups immediately without sending last member query
                group-list                   Access-list of groups
                igmp router-alert-check      Drop messages without the Router Alert option
                igmp source-check            Drop messages from addresses that are not on the link
                igmp proxy                   IGMP proxy (RFC 4605)
                proxy upstream               The link towards the sources
                proxy downstream             A link with members
                <group>                      IP group address
                <source>                     Source address
                source                       Source address of the group's traffic
                <seconds>                    Seconds
                <milliseconds>               Milliseconds
                """);
        lines.in(Modes.INTERFACE);
        lines.add("ip igmp version <version:1-3>", 3, context -> igmp(context).version(context.number("version")))
                .unless("ip igmp version 3");
        lines.add("ip igmp join-group <group> [source <source:unicast>]", 4,
                context -> igmp(context).joinGroup(membership(context))).key(io.nubicast.shell.Arguments::text);
        lines.add("ip igmp static-group <group> [source <source:unicast>]", 4,
                context -> igmp(context).staticGroup(membership(context))).key(io.nubicast.shell.Arguments::text);
        lines.add("ip igmp access-group <acl>", 3, context -> igmp(context).accessGroup(context.list("acl")));
        lines.add("ip igmp immediate-leave group-list <acl>", 3,
                context -> igmp(context).immediateLeave(context.list("acl")));
        lines.add("ip igmp query-interval <seconds:1-18000>", 3,
                context -> igmp(context).queryIntervalSeconds(context.number("seconds")))
                .unless("ip igmp query-interval 125");
        lines.add("ip igmp query-max-response-time <seconds:1-25>", 3,
                context -> igmp(context).queryMaxResponseTimeSeconds(context.number("seconds")))
                .unless("ip igmp query-max-response-time 10");
        lines.add("ip igmp querier-timeout <seconds:60-300>", 3,
                context -> igmp(context).querierTimeoutSeconds(context.number("seconds")));
        lines.add("ip igmp robustness-variable <robustness:1-7>", 3,
                context -> igmp(context).robustnessVariable(context.number("robustness")))
                .unless("ip igmp robustness-variable 2");
        lines.add("ip igmp last-member-query-interval <milliseconds:100-25500>", 3,
                context -> igmp(context).lastMemberQueryIntervalMillis(context.number("milliseconds")))
                .unless("ip igmp last-member-query-interval 1000");
        lines.add("ip igmp last-member-query-count <count:1-7>", 3,
                context -> igmp(context).lastMemberQueryCount(context.number("count")));
        lines.add("ip igmp limit <count:1-64000> [except <acl>]", 3, IgmpLines::limit);
        lines.add("ip igmp router-alert-check", 3, context -> igmp(context).routerAlertCheck(true));
        lines.add("ip igmp source-check", 3, context -> igmp(context).sourceCheck(!context.off())).onByDefault();
        lines.add("ip igmp proxy (upstream|downstream)", 3, IgmpLines::proxy);
    }

    static void addGlobal(Lines lines) {
        lines.help("""
                ip igmp                      IGMP global configuration
                igmp ssm-map                 SSM mapping commands
                ssm-map enable               Enable SSM group to source mapping
                ssm-map static               SSM static group to source mapping
                proxy forward-as-nonquerier  Serve links although another router is their querier
                proxy robustness-variable    How many lost messages the proxy bears, less one
                """);
        lines.in(Modes.GLOBAL);
        lines.add("ip igmp limit <count:1-64000>", 3,
                context -> context.meaning().igmpLimit = OptionalInt.of(context.number("count")));
        lines.add("ip igmp ssm-map enable", 4, context -> context.meaning().ssmMapping = true);
        lines.add("ip igmp ssm-map static <acl> <source:unicast>", 6, context -> context.meaning().ssmMappings
                .add(new IgmpConfig.SsmMapping(context.list("acl"), context.address("source"))));
        lines.add("ip igmp proxy forward-as-nonquerier", 4, context -> context.meaning().forwardAsNonQuerier = true);
        lines.add("ip igmp proxy robustness-variable <robustness:1-7>", 4,
                context -> context.meaning().proxyRobustness = context.number("robustness"))
                .unless("ip igmp proxy robustness-variable 2");
    }

    private static IgmpInterfaceConfig.Builder igmp(Context context) {
        return context.at().igmp;
    }

    private static Membership membership(Context context) {
        return new Membership(context.address("group"), context.someAddress("source"));
    }

    private static void limit(Context context) {
        igmp(context).limit(context.number("count"));
        context.someList("acl").ifPresent(igmp(context)::limitExcept);
    }

    private static void proxy(Context context) {
        context.at().proxyRole = context.has("upstream") ? ProxyRole.UPSTREAM : ProxyRole.DOWNSTREAM;
        context.at().proxyLine = context.line();
    }
}
