package io.nubicast.dataplane.portable;

import io.nubicast.forwarding.Capability;
import io.nubicast.forwarding.CompiledRoute;
import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.OutputPort;
import io.nubicast.forwarding.PlaneUnavailable;
import io.nubicast.forwarding.Replication;
import io.nubicast.forwarding.Rewrite;
import io.nubicast.forwarding.Route;
import io.nubicast.forwarding.RouteIndex;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.forwarding.Verdict;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// The proxy server on datagram channels: a channel a group and port receives, copies leave with this host's address.
///
/// Datagrams from the source ports 52540 to 52543 are taken for restored multicast and dropped as `RESTORED_HERE`. Loss in the
/// receive buffer, and members that refuse or do not answer ARP, are not visible to it. TTL of copies: the system's default.
public final class PortableServerPlane extends PortablePlane {
    /// Windows leaves the type of service as it is, whatever a socket asks for.
    private static final boolean MARKS = !System.getProperty("os.name", "").startsWith("Windows");
    private static final Set<Capability> CAPABILITIES = MARKS
            ? Set.of(Capability.LARGE_DATAGRAMS, Capability.MARKS_RESTORED, Capability.MARKS_COPIES)
            : Set.of(Capability.LARGE_DATAGRAMS, Capability.MARKS_RESTORED);

    public PortableServerPlane(CounterRegistry counters) throws PlaneUnavailable {
        super("portable-server", new Inputs(counters, new MemberOutput()));
    }

    @Override
    public Set<Capability> capabilities() {
        return CAPABILITIES;
    }

    @Override
    public Verdict judge(Route route) {
        Match match = route.match();
        if (!(match.destination() instanceof Match.Destination.Group group)) {
            return new Verdict.Refused("a proxy server serves groups only");
        }
        if (!group.address().isMulticast()) {
            return new Verdict.Refused("a broadcast address needs the socket data plane, with CAP_NET_RAW");
        }
        if (match.destinationPort() == Match.ANY_PORT) {
            return new Verdict.Refused(
                    "any port of a group needs the socket data plane; set group_port in the file, or run"
                            + " with CAP_NET_RAW");
        }
        if (!match.source().isUnspecified()) {
            return new Verdict.Refused("it does not select by source");
        }
        for (Replication replication : route.replications()) {
            if (!(replication.port() instanceof OutputPort.UnicastMember)) {
                return new Verdict.Refused("it copies to unicast members only");
            }
            if (!MARKS && replication.rewrite().typeOfService() != Rewrite.KEEP_TYPE_OF_SERVICE) {
                return new Verdict.Refused("this system does not let it set the type of service that marks copies");
            }
        }
        return Verdict.TAKEN;
    }

    /// On the loop's thread.
    private static final class Inputs extends PlaneDuty {
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);
        private final MemberOutput output;
        private final Map<ServerInput.Key, ServerInput> inputs = new HashMap<>();
        private RouteIndex index = RouteIndex.EMPTY;

        Inputs(CounterRegistry counters, MemberOutput output) {
            super(counters);
            this.output = output;
        }

        @Override
        public void apply(RouteTable table, Interfaces interfaces, Selector selector) {
            index = RouteIndex.compile(table, counters, index, System.nanoTime());
            Set<ServerInput.Key> wanted = new HashSet<>();
            index.routes().forEach(route -> wanted.add(ServerInput.Key.of(route)));
            inputs.entrySet().removeIf(entry -> {
                boolean stays = wanted.contains(entry.getKey());
                if (!stays) {
                    entry.getValue().close();
                }
                return !stays;
            });
            follow(interfaces, selector);
        }

        @Override
        public void follow(Interfaces interfaces, Selector selector) {
            for (CompiledRoute route : index.routes()) {
                serve(route, interfaces, selector);
            }
        }

        private void serve(CompiledRoute route, Interfaces interfaces, Selector selector) {
            ServerInput.Key key = ServerInput.Key.of(route);
            ServerInput input = inputs.get(key);
            if (input != null && input.isStale(interfaces)) {
                inputs.remove(key);
                input.close();
                input = null;
            }
            String where = key.group() + ":" + key.port();
            if (input == null) {
                try {
                    input = new ServerInput(key, route, buffer, output, drops, selector);
                } catch (IOException e) {
                    tell("cannot receive " + where + ": " + e.getMessage()
                            + "; another application holds the port without sharing it (SO_REUSEADDR). Trying again every second");
                    return;
                }
                inputs.put(key, input);
            }
            input.serve(route);
            input.follow(interfaces).forEach((device, failure) -> tell("cannot join " + where + " on " + device + ": "
                    + failure + ". Trying again every second"));
        }

        @Override
        public void closeAll() {
            inputs.values().forEach(ServerInput::close);
            inputs.clear();
            output.close();
        }
    }
}
