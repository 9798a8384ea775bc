package io.nubicast.dataplane.portable;

import io.nubicast.forwarding.Capability;
import io.nubicast.forwarding.CompiledRoute;
import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.InterfaceSelection;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.OutputPort;
import io.nubicast.forwarding.PlaneUnavailable;
import io.nubicast.forwarding.Replication;
import io.nubicast.forwarding.Route;
import io.nubicast.forwarding.RouteIndex;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.forwarding.Verdict;
import io.nubicast.wire.Address;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The proxy client on datagram channels: a channel an own address and port receives, restored multicast leaves with this host's
/// address and a source port of 52540 to 52543.
public final class PortableClientPlane extends PortablePlane {
    private static final Set<Capability> CAPABILITIES = Set.of(Capability.LARGE_DATAGRAMS, Capability.MARKS_RESTORED);

    public PortableClientPlane(CounterRegistry counters) throws PlaneUnavailable {
        super("portable-client", new Inputs(counters));
    }

    @Override
    public Set<Capability> capabilities() {
        return CAPABILITIES;
    }

    @Override
    public Verdict judge(Route route) {
        Match match = route.match();
        if (!(match.destination() instanceof Match.Destination.ThisHost)) {
            return new Verdict.Refused("a proxy client serves copies to this host only");
        }
        if (match.destinationPort() == Match.ANY_PORT) {
            return new Verdict.Refused(
                    "any port of a server needs the socket data plane; set the port in the file, or run"
                            + " with CAP_NET_RAW");
        }
        if (match.source().isUnspecified()) {
            return new Verdict.Refused("a proxy client accepts from named servers only");
        }
        if (match.typeOfService() != Match.ANY_TYPE_OF_SERVICE) {
            return new Verdict.Refused(
                    "it cannot see the type of service by which copies are marked; the socket data plane"
                            + " can, with CAP_NET_RAW");
        }
        for (Replication replication : route.replications()) {
            if (!(replication.port() instanceof OutputPort.MulticastOut out)) {
                return new Verdict.Refused("it restores to groups only");
            }
            if (!out.group().isMulticast()) {
                return new Verdict.Refused("a broadcast address needs the socket data plane, with CAP_NET_RAW");
            }
        }
        return Verdict.TAKEN;
    }

    /// On the loop's thread.
    private static final class Inputs extends PlaneDuty {
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);
        private final Map<ClientInput.Key, ClientInput> inputs = new HashMap<>();
        private final MulticastOutputs outputs = new MulticastOutputs();
        private RouteIndex index = RouteIndex.EMPTY;
        private Interfaces followed = Interfaces.NONE;
        private boolean repair;

        Inputs(CounterRegistry counters) {
            super(counters);
        }

        @Override
        public void apply(RouteTable table, Interfaces interfaces, Selector selector) {
            index = RouteIndex.compile(table, counters, index, System.nanoTime());
            reconcile(interfaces, selector);
        }

        @Override
        public void follow(Interfaces interfaces, Selector selector) {
            if (repair || !interfaces.equals(followed)) {
                reconcile(interfaces, selector);
            }
        }

        private void reconcile(Interfaces interfaces, Selector selector) {
            followed = interfaces;
            repair = false;
            outputs.follow(interfaces);
            Map<ClientInput.Key, List<CompiledRoute>> wanted = wanted(interfaces);
            inputs.entrySet().removeIf(entry -> {
                boolean stays = wanted.containsKey(entry.getKey());
                if (!stays) {
                    entry.getValue().close();
                }
                return !stays;
            });
            wanted.forEach((key, routes) -> serve(key, routes, interfaces, selector));
        }

        private Map<ClientInput.Key, List<CompiledRoute>> wanted(Interfaces interfaces) {
            Map<ClientInput.Key, List<CompiledRoute>> wanted = new HashMap<>();
            for (CompiledRoute route : index.routes()) {
                Match match = route.route().match();
                for (Address local : addresses(match, interfaces)) {
                    wanted.computeIfAbsent(new ClientInput.Key(local, match.destinationPort()), k -> new ArrayList<>())
                            .add(route);
                }
            }
            return wanted;
        }

        private List<Address> addresses(Match match, Interfaces interfaces) {
            Address local = ((Match.Destination.ThisHost) match.destination()).address();
            if (!local.isUnspecified()) {
                return List.of(local);
            }
            // Copies arrive by unicast, so an interface without multicast counts here too.
            return interfaces.all().stream()
                    .filter(up -> match.incoming() instanceof InterfaceSelection.Named named
                            ? named.names().contains(up.name())
                            : !up.loopback())
                    .flatMap(up -> up.addresses().stream()).toList();
        }

        private void serve(ClientInput.Key key, List<CompiledRoute> routes, Interfaces interfaces, Selector selector) {
            ClientInput input = inputs.get(key);
            if (input == null) {
                try {
                    input = new ClientInput(key, buffer, drops, selector);
                } catch (IOException e) {
                    repair = true;
                    tell("cannot receive on " + key.local() + ":" + key.port() + ": " + e.getMessage()
                            + ". If an application holds the port without sharing it (SO_REUSEADDR), it gets the copies"
                            + " itself and nothing is restored; trying again every second");
                    return;
                }
                inputs.put(key, input);
            }
            for (String failure : input.serve(routes, interfaces, outputs)) {
                repair = true;
                tell(failure + ". Trying again every second");
            }
        }

        @Override
        public void closeAll() {
            inputs.values().forEach(ClientInput::close);
            inputs.clear();
            outputs.close();
        }
    }
}
