package io.nubicast.router.pim;

import io.nubicast.shell.Command.Call;
import io.nubicast.shell.Grammar;
import io.nubicast.wire.Address;
import java.util.Optional;
import java.util.function.LongSupplier;

/// Registers the shows of PIM and of multicast forwarding with a grammar that has the types `address`, `group` and `interface`.
public final class PimCommands {
    private static final String LEGEND = "mroute-legend";

    private PimCommands() {}

    /// Adds them. Handlers run where the grammar's sessions run: on the router's thread.
    ///
    /// @param clock the time that the instance is given
    public static void add(Grammar.Builder grammar, PimInstance instance, LongSupplier clock) {
        PimShows shows = new PimShows(instance);
        grammar.help("""
                show                     Show running system information
                show ip                  IP information
                show ip mroute           IP multicast routing table
                show ip pim              PIM information
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
        String which = "show ip mroute [<group:address> [<source:address>]]";
        grammar.exec(which, call -> shows.mroute(group(call), source(call), isShort(call), clock.getAsLong()));
        grammar.exec(which + " count", call -> shows.mrouteCount(group(call), source(call), clock.getAsLong()));
        grammar.exec(which + " summary",
                call -> shows.mrouteSummary(group(call), source(call), isShort(call), clock.getAsLong()));
        grammar.exec(which + " active [<kbps:0-4294967295>]", call -> shows.mrouteActive(group(call), source(call),
                call.arguments().number("kbps", 4), clock.getAsLong()));
        grammar.exec("show ip pim rp [<group:address>]", call -> shows.rp(group(call), clock.getAsLong()));
        grammar.exec("show ip pim rp mapping", call -> shows.rpMapping());
        grammar.exec("show ip pim tunnel", call -> shows.tunnel());
        grammar.exec("show ip pim traffic", call -> shows.traffic());
        grammar.exec("show ip rpf <source:address>",
                call -> shows.rpf(call.arguments().get("source", Address.class)));
        grammar.exec("show ip multicast", call -> shows.multicast());
        grammar.exec("show ip multicast interface [<interface>]", call -> shows.multicastInterface(
                Optional.of(call.arguments().canonical("interface")).filter(name -> !name.isEmpty())));
        grammar.exec("terminal mroute-legend (short|full)", call -> {
            call.session().setting(LEGEND, call.arguments().has("short") ? "short" : "full");
            return io.nubicast.shell.Answer.NOTHING;
        });
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
}
