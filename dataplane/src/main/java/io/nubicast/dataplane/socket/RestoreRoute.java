package io.nubicast.dataplane.socket;

import io.nubicast.forwarding.CompiledRoute;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.OutputPort;
import io.nubicast.kernel.netlink.RouteEvent.Link;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A client's route with its interfaces found: for each place where a copy may arrive, the outputs by which it is restored.
/// Made anew when interfaces change. One thread.
public final class RestoreRoute {
    private record Target(RestoreOutput output, Link link, int replication) {}

    private final CompiledRoute compiled;
    /// The only address that is accepted, or 0.
    private final int localAddress;
    /// By place of arrival: whether it accepts datagrams there, and where they go.
    private final boolean[] accepted;
    private final Target[][] targets;

    RestoreRoute(CompiledRoute compiled, ClientHost host, RestoreOutputs outputs) {
        this.compiled = compiled;
        Match match = compiled.route().match();
        if (!(match.destination() instanceof Match.Destination.ThisHost here)) {
            throw new IllegalArgumentException("not a client's route: " + match);
        }
        localAddress = here.address().ipv4();
        accepted = new boolean[host.interfaces().size()];
        targets = new Target[accepted.length][];
        for (int arrival = 0; arrival < targets.length; arrival++) {
            Link link = host.interfaces().get(arrival);
            // The loopback interface is served only where its address is asked for.
            boolean named = localAddress != 0 && host.placeOf(localAddress) == arrival;
            accepted[arrival] = named
                    || !link.isLoopback() && host.selected(match.incoming(), arrival).contains(arrival);
            targets[arrival] = accepted[arrival] ? resolve(host, arrival, outputs) : new Target[0];
        }
    }

    private Target[] resolve(ClientHost host, int arrival, RestoreOutputs outputs) {
        List<Target> found = new ArrayList<>();
        for (int i = 0; i < compiled.size(); i++) {
            if (compiled.route().replications().get(i).port() instanceof OutputPort.MulticastOut out) {
                for (int place : host.selected(out.interfaces(), arrival)) {
                    Link link = host.interfaces().get(place);
                    boolean broadcast = !out.group().isMulticast();
                    if (broadcast && !host.isBroadcast(out.group(), place)) {
                        continue;
                    }
                    RestoreOutput output = outputs.of(link, true, broadcast);
                    if (output != null) {
                        found.add(new Target(output, link, i));
                    }
                }
            }
        }
        return found.toArray(Target[]::new);
    }

    public CompiledRoute compiled() {
        return compiled;
    }

    /// Whether a datagram to this address of ours, which belongs to the interface at that place, is this route's.
    public boolean accepts(int address, int place) {
        return accepted[place] && (localAddress == 0 || localAddress == address);
    }

    /// The interfaces by which it is restored when it arrives at that place, once for each replication.
    public List<Link> outputs(int place) {
        return Arrays.stream(targets[place]).map(Target::link).toList();
    }

    /// Queues the datagram at every output. It was accepted.
    void restore(RestoreDatagram datagram, int place) {
        Target[] here = targets[place];
        for (int i = 0; i < here.length; i++) {
            Target target = here[i];
            int replication = target.replication;
            target.output.add(datagram, compiled.address(replication), compiled.port(replication),
                    compiled.ttl(replication), compiled.replicationCounters(replication));
        }
    }

    /// [#restore] for a datagram that an application of this host has already got: the LAN only.
    void restoreOutside(RestoreDatagram datagram, int place, RestoreOutputs outputs) {
        Target[] here = targets[place];
        for (int i = 0; i < here.length; i++) {
            Target target = here[i];
            RestoreOutput quiet = outputs.of(target.link, false, target.output.broadcast());
            int replication = target.replication;
            if (quiet != null) {
                quiet.add(datagram, compiled.address(replication), compiled.port(replication),
                        compiled.ttl(replication), compiled.replicationCounters(replication));
            }
        }
    }
}
