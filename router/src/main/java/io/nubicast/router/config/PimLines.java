package io.nubicast.router.config;

import io.nubicast.router.config.Meaning.Context;
import io.nubicast.router.pim.PimConfig;
import io.nubicast.router.pim.PimConfig.Mode;
import io.nubicast.router.rp.StaticRp;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.List;

/// PIM: its interfaces, RPs, thresholds and filters.
final class PimLines {
    private PimLines() {}

    static void addInterface(Lines lines) {
        lines.help("""
                ip pim                   PIM interface commands
                pim sparse-mode          Enable PIM sparse-mode operation
                pim sparse-dense-mode    Enable PIM sparse-dense-mode operation
                pim dense-mode           Enable PIM dense-mode operation
                pim passive              Enable PIM passive interface operation
                pim dr-priority          PIM router DR priority
                pim query-interval       PIM router query interval
                pim hello                Hello interval and holdtime
                msec                     The interval is in milliseconds
                pim neighbor-filter      PIM peering filter
                pim border-source        Sources beyond the subnet that are treated as directly connected
                pim propagation-delay    PIM propagation delay on this interface
                pim override-interval    PIM override interval on this interface
                multicast boundary       Boundary for administratively scoped multicast addresses
                multicast ttl-threshold  TTL threshold for multicast packets
                <acl>                    Access-list number or name
                <priority>               Hello option value; preference for larger value
                """);
        lines.in(Modes.INTERFACE);
        lines.add("ip pim (sparse-mode|sparse-dense-mode|dense-mode)", 3, PimLines::mode)
                .key(arguments -> "ip pim mode")
                .noWords(2);
        lines.add("ip pim passive", 3, context -> context.at().passive = true);
        lines.add("ip pim dr-priority <priority:0-4294967295>", 3,
                context -> set(context, pim(context).withDrPriority(context.arguments().number("priority"))))
                .unless("ip pim dr-priority 1");
        lines.add("ip pim query-interval <interval:1-65535> [msec]", 3, PimLines::queryInterval)
                .key(arguments -> "ip pim query-interval").unless("ip pim query-interval 30");
        lines.add("ip pim hello <interval:1-65535> [<holdtime:1-65535>]", 3, PimLines::queryInterval)
                .key(arguments -> "ip pim query-interval").unless("ip pim hello 30");
        lines.add("ip pim propagation-delay <milliseconds:0-32767>", 3, context -> set(context, pim(context)
                .withDelays(context.number("milliseconds"), pim(context).overrideIntervalMs())))
                .unless("ip pim propagation-delay 500");
        lines.add("ip pim override-interval <milliseconds:0-65535>", 3, context -> set(context, pim(context)
                .withDelays(pim(context).propagationDelayMs(), context.number("milliseconds"))))
                .unless("ip pim override-interval 2500");
        lines.add("ip pim neighbor-filter <acl>", 3,
                context -> set(context, pim(context).withNeighborFilter(context.list("acl"))));
        lines.add("ip pim border-source <acl>", 3,
                context -> set(context, pim(context).withBorderSource(context.list("acl"))));
        lines.add("ip multicast boundary <acl> [filter-autorp]", 3, context -> {
            set(context, pim(context).withBoundary(context.list("acl")));
            context.at().igmp.boundary(context.list("acl"));
        });
        lines.add("ip multicast ttl-threshold <threshold:0-255>", 3,
                context -> set(context, pim(context).withTtlThreshold(context.number("threshold"))))
                .unless("ip multicast ttl-threshold 0");
    }

    static void addGlobal(Lines lines) {
        lines.help("""
                ip pim                   PIM global commands
                pim rp-address           PIM RP-address (Rendezvous Point)
                <rp>                     IP address of Rendezvous-point for group
                override                 Overrides dynamically learned RP mappings
                pim ssm                  Configure Source Specific Multicast
                ssm default              Use 232/8 group range for SSM
                ssm range                ACL for group range to be used for SSM
                pim spt-threshold        Source-tree switching threshold
                <kbps>                   Traffic rate in kilobits per second
                infinity                 Never switch to source-tree
                pim accept-rp            RP accept filter
                pim accept-register      Registers accept filter
                pim register-source      Source address for PIM Register
                pim register-rate-limit  Rate limit for PIM data registers
                <rate>                   Packets per second
                pim message-interval     PIM Join/Prune message interval
                """);
        lines.in(Modes.GLOBAL);
        lines.add("ip pim rp-address <rp:unicast> [<acl>] [override]", 4, PimLines::rp);
        lines.add("ip pim ssm (default|range <acl>)", 3, PimLines::ssm).key(arguments -> "ip pim ssm").onByDefault()
                .unless("ip pim ssm default");
        lines.add("ip pim spt-threshold (<kbps:0-4294967>|infinity) [group-list <acl>]", 3, PimLines::sptThreshold)
                .key(arguments -> arguments.column("acl") < 0
                        ? "ip pim spt-threshold"
                        : "ip pim spt-threshold group-list " + arguments.canonical("acl"))
                .unless("ip pim spt-threshold 0");
        lines.add("ip pim accept-rp (<rp:address>|auto-rp) [<acl>]", 4, PimLines::acceptRp);
        lines.add("ip pim accept-register list <acl>", 3, context -> registers(context,
                new PimConfig.Registers(registers(context).sourceInterface(), registers(context).ratePerSecond(),
                        java.util.Optional.of(context.list("acl")))));
        lines.add("ip pim register-source <from:interface>", 3, context -> {
            InterfaceName name = context.arguments().get("from", InterfaceName.class);
            CrossChecks.mustExist(context, "from", name);
            registers(context, new PimConfig.Registers(name.toString(), registers(context).ratePerSecond(),
                    registers(context).accept()));
        });
        lines.add("ip pim register-rate-limit <rate:1-65535>", 3, context -> registers(context,
                new PimConfig.Registers(registers(context).sourceInterface(), context.number("rate"),
                        registers(context).accept())));
        lines.add("ip pim message-interval <seconds:1-65535>", 3, context -> context.meaning().pim =
                context.meaning().pim.withJoinPruneIntervalSeconds(context.number("seconds")))
                .unless("ip pim message-interval 60");
    }

    private static PimConfig.Interface pim(Context context) {
        return context.at().pim;
    }

    private static void set(Context context, PimConfig.Interface pim) {
        context.at().pim = pim;
        context.at().multicastLines = true;
    }

    private static void mode(Context context) {
        context.at().pim = pim(context).withMode(Mode.SPARSE);
        if (!context.has("sparse-mode")) {
            context.notice("", "there is no dense mode yet: " + context.at().name + " runs sparse mode");
        }
    }

    private static void queryInterval(Context context) {
        int interval = context.number("interval");
        set(context, pim(context).withHello(context.has("msec") ? interval : interval * 1000,
                (int) context.arguments().number("holdtime", 0)));
    }

    private static void rp(Context context) {
        List<StaticRp> rps = new ArrayList<>(context.meaning().pim.rps());
        rps.add(new StaticRp(context.address("rp"), context.someList("acl"), context.has("override")));
        context.meaning().pim = context.meaning().pim.withRps(rps);
    }

    private static void ssm(Context context) {
        context.meaning().pim =
                context.meaning().pim.withSsm(new PimConfig.Ssm(!context.off(), context.someList("acl")));
    }

    private static void sptThreshold(Context context) {
        List<PimConfig.SptThreshold> thresholds = new ArrayList<>(context.meaning().pim.sptThresholds());
        PimConfig.SptThreshold threshold = new PimConfig.SptThreshold(context.has("infinity")
                ? PimConfig.SptThreshold.INFINITY
                : context.arguments().number("kbps"), context.someList("acl"));
        if (threshold.groups().isPresent()) {
            thresholds.addFirst(threshold); // those for some groups come before the one for all
        } else {
            thresholds.addLast(threshold);
        }
        context.meaning().pim = context.meaning().pim.withSptThresholds(thresholds);
    }

    private static void acceptRp(Context context) {
        if (context.has("auto-rp")) {
            context.notice("", "there is no Auto-RP yet: 'ip pim accept-rp auto-rp' accepts no RP");
            return;
        }
        List<PimConfig.AcceptRp> accepted = new ArrayList<>(context.meaning().pim.acceptRps());
        accepted.add(
                new PimConfig.AcceptRp(context.someAddress("rp").orElse(Address.ANY_IPV4), context.someList("acl")));
        context.meaning().pim = context.meaning().pim.withAcceptRps(accepted);
    }

    private static PimConfig.Registers registers(Context context) {
        return context.meaning().pim.registers();
    }

    private static void registers(Context context, PimConfig.Registers registers) {
        context.meaning().pim = context.meaning().pim.withRegisters(registers);
    }
}
