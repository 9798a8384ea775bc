package io.nubicast.router.igmp;

import io.nubicast.router.igmp.IgmpShows.Selection;
import io.nubicast.router.port.RouterThread;
import io.nubicast.shell.Answer;
import io.nubicast.shell.Arguments;
import io.nubicast.shell.Grammar;
import io.nubicast.wire.Address;
import java.util.Optional;

/// The commands of IGMP. The grammar must have the parameter types `interface` and `group`.
public final class IgmpCommands {
    private IgmpCommands() {}

    /// Adds them to a grammar.
    public static void add(Grammar.Builder grammar, IgmpInstance igmp, IgmpShows shows, RouterThread router) {
        grammar.exec("show ip igmp interface [<interface>]",
                call -> router.answer(nowNs -> shows.interfaces(interfaceName(call.arguments()))));
        grammar.exec("show ip igmp groups [<interface>|<group>] [detail]", call -> router
                .answer(nowNs -> shows.groups(selection(call.arguments()), call.arguments().has("detail"), nowNs)));
        grammar.exec("show ip igmp membership [<interface>|<group>]",
                call -> router.answer(nowNs -> shows.membership(selection(call.arguments()), nowNs)));
        grammar.exec("show ip igmp traffic [<interface>]",
                call -> router.answer(nowNs -> shows.traffic(interfaceName(call.arguments()))));
        grammar.privileged("clear ip igmp group [<interface>|<group>]", call -> router.answer(nowNs -> {
            Selection selection = selection(call.arguments());
            igmp.clear(selection.interfaceName(), selection.group(), nowNs);
            return Answer.NOTHING;
        }));
        grammar.help("""
                show ip igmp                 IGMP information
                igmp interface               IGMP interface information
                igmp groups                  IGMP group membership information
                igmp membership              IGMP membership information for forwarding
                igmp traffic                 IGMP counters, and why messages were not taken
                groups detail                Describe the group records in detail
                clear ip igmp                IGMP clear commands
                igmp group                   Forget members until they report again
                <group>                      IP group address
                """);
    }

    private static Selection selection(Arguments arguments) {
        return new Selection(interfaceName(arguments), arguments.find("group", Address.class));
    }

    private static Optional<String> interfaceName(Arguments arguments) {
        String name = arguments.canonical("interface");
        return name.isEmpty() ? Optional.empty() : Optional.of(name);
    }
}
