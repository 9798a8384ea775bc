package io.nubicast.router.pim;

import io.nubicast.forwarding.routing.PortTraffic;
import io.nubicast.router.pim.hello.PimHelloShows;
import io.nubicast.router.port.RouterThread;
import io.nubicast.shell.Command.Call;
import io.nubicast.shell.Grammar;
import io.nubicast.wire.Address;
import java.util.Optional;

/// Registers the shows of PIM and of multicast forwarding with a grammar that has the types `address`, `group` and `interface`.
public final class PimCommands {
    private static final String LEGEND = "mroute-legend";

    private PimCommands() {}

    /// Adds them.
    ///
    /// @param router where the instance lives
    public static void add(Grammar.Builder grammar, PimInstance instance, RouterThread router) {
        PimShows shows = new PimShows(instance);
        PimHelloShows hellos = new PimHelloShows(instance.core().hello, new Links(instance.core()));
        grammar.help("""
                show                     Show running system information
                show ip                  IP information
                show ip mroute           IP multicast routing table
                show ip pim              PIM information
                show ip pim neighbor     PIM neighbor information
                show ip pim interface    PIM interface information
                interface count          Multicast packets in and out
                interface detail         Timers and counters too
                show ip pim rp           PIM Rendezvous Point (RP) information
                show ip pim rp mapping   Show group-to-RP mappings
                show ip pim tunnel       PIM register tunnels
                show ip pim traffic      PIM message counters
                show ip rpf              Display RPF information for one unicast address
                show ip multicast        Multicast global information
                show ip multicast interface  Multicast interface information
                mroute active            Active multicast sources
                mroute count             Route and packet count data
                mroute summary           Provide abbreviated display
                terminal mroute-legend   Legend of show ip mroute
                mroute-legend short      Its last three lines only
                mroute-legend full       All of it
                """);
        grammar.exec("show ip pim neighbor [<interface>]",
                call -> router.answer(nowNs -> hellos.neighbors(interfaceName(call), nowNs)));
        grammar.exec("show ip pim interface [<interface>]",
                call -> router.answer(nowNs -> hellos.interfaces(interfaceName(call))));
        grammar.exec("show ip pim interface [<interface>] detail",
                call -> router.answer(nowNs -> hellos.detail(interfaceName(call))));
        grammar.exec("show ip pim interface [<interface>] count",
                call -> router.answer(nowNs -> hellos.count(interfaceName(call))));
        String which = "show ip mroute [<group:address> [<source:address>]]";
        grammar.exec(which,
                call -> router.answer(nowNs -> shows.mroute(group(call), source(call), isShort(call), nowNs)));
        grammar.exec(which + " count",
                call -> router.answer(nowNs -> shows.mrouteCount(group(call), source(call), nowNs)));
        grammar.exec(which + " summary",
                call -> router.answer(nowNs -> shows.mrouteSummary(group(call), source(call), isShort(call), nowNs)));
        grammar.exec(which + " active [<kbps:0-4294967295>]",
                call -> router.answer(nowNs -> shows.mrouteActive(group(call), source(call),
                        call.arguments().number("kbps", 4), nowNs)));
        grammar.exec("show ip pim rp [<group:address>]", call -> router.answer(nowNs -> shows.rp(group(call), nowNs)));
        grammar.exec("show ip pim rp mapping", call -> router.answer(nowNs -> shows.rpMapping()));
        grammar.exec("show ip pim tunnel", call -> router.answer(nowNs -> shows.tunnel()));
        grammar.exec("show ip pim traffic", call -> router.answer(nowNs -> shows.traffic()));
        grammar.exec("show ip rpf <source:address>",
                call -> router.answer(nowNs -> shows.rpf(call.arguments().get("source", Address.class))));
        grammar.exec("show ip multicast", call -> router.answer(nowNs -> shows.multicast()));
        grammar.exec("show ip multicast interface [<interface>]",
                call -> router.answer(nowNs -> shows.multicastInterface(
                        interfaceName(call))));
        grammar.exec("terminal mroute-legend (short|full)", call -> {
            call.session().setting(LEGEND, call.arguments().has("short") ? "short" : "full");
            return io.nubicast.shell.Answer.NOTHING;
        });
    }

    private static Optional<String> interfaceName(Call call) {
        return Optional.of(call.arguments().canonical("interface")).filter(name -> !name.isEmpty());
    }

    private static Optional<Address> group(Call call) {
        return call.arguments().find("group", Address.class);
    }

    private static Optional<Address> source(Call call) {
        return call.arguments().find("source", Address.class);
    }

    private static boolean isShort(Call call) {
        return call.session().setting(LEGEND).filter("short"::equals).isPresent();
    }

    /// What the shows of Hello want to know of an interface.
    private record Links(PimCore core) implements PimHelloShows.Surroundings {
        @Override
        public String mode(int interfaceId) {
            return "sparse";
        }

        @Override
        public PortTraffic traffic(int interfaceId) {
            return core.mrib.traffic().getOrDefault(interfaceId, PortTraffic.NONE);
        }

        @Override
        public int ttlThreshold(int interfaceId) {
            return core.of(interfaceId)
                    .map(each -> core.config().interfaces().getOrDefault(each.name(), PimConfig.Interface.OFF))
                    .map(PimConfig.Interface::ttlThreshold).orElse(0);
        }

        @Override
        public int joinPruneIntervalSeconds() {
            return core.config().joinPruneIntervalSeconds();
        }
    }
}
