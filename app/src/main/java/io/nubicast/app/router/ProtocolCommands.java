package io.nubicast.app.router;

import io.nubicast.router.igmp.IgmpCommands;
import io.nubicast.router.igmp.IgmpShows;
import io.nubicast.router.igmp.proxy.IgmpProxyCommands;
import io.nubicast.router.pim.PimCommands;
import io.nubicast.router.pim.PimConfig;
import io.nubicast.router.port.RouterThread;
import io.nubicast.shell.Grammar;
import io.nubicast.wire.Address;
import java.util.Optional;

/// The commands of the protocols. Each protocol's own class says what they are; here is on which thread they run: the router's.
final class ProtocolCommands {
    private ProtocolCommands() {}

    static void add(Grammar.Builder builder, RouterLoop loop, VirtualRouter router) {
        RouterThread thread = command -> RouterShell.onRouter(loop, () -> command.apply(loop.nowNs()));
        IgmpCommands.add(builder, router.igmp(), new IgmpShows(router.igmp(), surroundings(router)), thread);
        IgmpProxyCommands.add(builder, router.igmpProxy(), thread);
        PimCommands.add(builder, router.pim(), thread);
    }

    private static IgmpShows.Surroundings surroundings(VirtualRouter router) {
        return new IgmpShows.Surroundings() {
            @Override
            public Optional<Address> designatedRouter(int interfaceId) {
                return router.pim().neighbors().designatedRouter(interfaceId);
            }

            @Override
            public int ttlThreshold(int interfaceId) {
                return router.interfaces().all().stream().filter(each -> each.id() == interfaceId).findFirst()
                        .map(each -> router.config().pim().interfaces().get(each.name()))
                        .map(PimConfig.Interface::ttlThreshold).orElse(0);
            }
        };
    }
}
