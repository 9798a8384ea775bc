package io.nubicast.bench;

import io.nubicast.dataplane.PlaneOptions;
import io.nubicast.dataplane.Planes;
import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.DataPlane;
import io.nubicast.forwarding.InterfaceSelection;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.OutputPort;
import io.nubicast.forwarding.RateLimit;
import io.nubicast.forwarding.Replication;
import io.nubicast.forwarding.Rewrite;
import io.nubicast.forwarding.Route;
import io.nubicast.forwarding.RouteTable;
import java.util.ArrayList;
import java.util.List;

/// A data plane alone, in a process of its own, with a table as the proxy server makes it.
///
/// Arguments: `PLANE[:send|:burst] BURST INTERFACE GROUP:PORT:FIRST_MEMBER:MEMBERS:MEMBER_PORT ...`; BURST is the most datagrams that leave as
/// one frame, where the plane coalesces. Prints `ready` when it serves; runs until killed.
public final class PlaneRelay {
    private static final int TTL = 64;

    private PlaneRelay() {}

    public static void main(String[] arguments) throws Exception {
        String[] plane = arguments[0].split(":", 2);
        PlaneOptions options = new PlaneOptions(Integer.parseInt(arguments[1]), 1, false, 0, false)
                .withKernel(plane.length > 1 && plane[1].equals("burst"), false);
        DataPlane opened = Planes.open(Planes.Role.SERVER, plane[0], new CounterRegistry(), options).plane();
        List<Route> routes = new ArrayList<>();
        for (RelayGroup group : RelayGroup.parse(arguments, 3)) {
            routes.add(route(group, arguments[2]));
        }
        opened.apply(new RouteTable(routes));
        System.out.println("ready");
        Thread.currentThread().join();
    }

    static Route route(RelayGroup group, String captured) {
        List<Replication> replications = new ArrayList<>();
        for (int i = 0; i < group.memberCount(); i++) {
            replications.add(new Replication(new OutputPort.UnicastMember(group.member(i)),
                    new Rewrite(group.memberPort(), TTL)));
        }
        return new Route("bench", new Match(new InterfaceSelection.Named(List.of(captured)),
                io.nubicast.wire.Address.ANY_IPV4, new Match.Destination.Group(group.group()), group.port()),
                replications, RateLimit.NONE);
    }
}
