package io.nubicast.router.igmp;

import io.nubicast.router.iface.RouterInterface;
import io.nubicast.router.port.Packet;
import io.nubicast.router.port.PacketPort;
import io.nubicast.wire.Address;
import io.nubicast.wire.igmp.IgmpMessage;
import io.nubicast.wire.igmp.IgmpMessage.V1Query;
import io.nubicast.wire.igmp.IgmpMessage.V2Query;
import io.nubicast.wire.igmp.IgmpMessage.V3Query;
import java.util.List;

/// Everything that IGMP sends on one link as a router: queries, in the version of the interface (IGMP-009).
final class IgmpOutput {
    /// An IP header with the Router Alert option.
    private static final int IP_HEADER = 24;

    private final PacketPort port;

    IgmpOutput(PacketPort port) {
        this.port = port;
    }

    void generalQuery(IgmpInterface link) {
        IgmpInterfaceConfig config = link.config();
        int tenths = config.queryMaxResponseTimeSeconds() * 10;
        send(link, IgmpMessage.ALL_SYSTEMS, switch (config.version()) {
            case 1 -> new V1Query();
            case 2 -> new V2Query(Address.ANY_IPV4, tenths);
            default -> new V3Query(Address.ANY_IPV4, tenths, false, config.robustnessVariable(),
                    config.queryIntervalSeconds(), List.of());
        });
    }

    /// Asks whether the group still has members. Version 1 has no such query.
    void groupQuery(IgmpInterface link, Address group, boolean suppress) {
        switch (link.config().version()) {
            case 1 -> {}
            case 2 -> send(link, group, new V2Query(group, Math.max(1, lastMemberTenths(link))));
            default -> send(link, group, sourceQuery(link, group, suppress, List.of()));
        }
    }

    /// Asks whether these sources of the group still have members, in as many queries as the MTU asks for (IGMP-010).
    void sourceQueries(IgmpInterface link, Address group, boolean suppress, List<Address> sources) {
        int most = Math.max(1, (link.state().mtu() - IP_HEADER - V3Query.HEADER_LENGTH) / 4);
        for (int from = 0; from < sources.size(); from += most) {
            send(link, group, sourceQuery(link, group, suppress,
                    sources.subList(from, Math.min(from + most, sources.size()))));
        }
    }

    private static V3Query sourceQuery(IgmpInterface link, Address group, boolean suppress, List<Address> sources) {
        return new V3Query(group, lastMemberTenths(link), suppress, link.config().robustnessVariable(),
                link.config().queryIntervalSeconds(), sources);
    }

    private static int lastMemberTenths(IgmpInterface link) {
        return link.config().lastMemberQueryIntervalMillis() / 100;
    }

    private void send(IgmpInterface link, Address destination, IgmpMessage message) {
        RouterInterface state = link.state();
        link.counters().countSent(message);
        port.send(state.id(), new Packet(state.address().orElse(Address.ANY_IPV4), destination, Packet.IGMP, 1,
                Packet.CONTROL, true, message.bytes()));
    }
}
