package io.nubicast.dataplane.portable;

import io.nubicast.forwarding.CompiledRoute;
import io.nubicast.forwarding.DropCounters;
import io.nubicast.forwarding.InterfaceSelection;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.OutputPort;
import io.nubicast.forwarding.Replication;
import io.nubicast.forwarding.Rewrite;
import io.nubicast.wire.Address;
import io.nubicast.wire.DropReason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.MembershipKey;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Receives one group on one port, from the interfaces that it joins.
///
/// The channel is bound to the group address, so that unicast to the same port stays with the application that expects it.
/// Windows cannot bind to a group: there it is bound to the port alone, shared.
final class ServerInput implements SelectorLoop.Input, AutoCloseable {
    private static final boolean BINDS_TO_GROUP = !System.getProperty("os.name", "").toLowerCase(Locale.ROOT)
            .startsWith("windows");
    private static final int RECEIVE_BUFFER_BYTES = 4 << 20;
    private static final int DATAGRAMS_A_TURN = 64;

    /// What a channel is for. A change of it means another channel; a change of members does not.
    record Key(Address group, int port, InterfaceSelection incoming) {
        static Key of(CompiledRoute route) {
            Match match = route.route().match();
            return new Key(((Match.Destination.Group) match.destination()).address(), match.destinationPort(),
                    match.incoming());
        }
    }

    private final Key key;
    private final DatagramChannel channel;
    private final InetAddress group;
    private final ByteBuffer buffer;
    private final MemberOutput output;
    private final DropCounters drops;
    /// Interfaces by name, with the kernel's index when it joined there.
    private final Map<String, Integer> joined = new HashMap<>();
    private CompiledRoute route;
    private MemberOutput.Member[] members;

    /// @param buffer shared by the inputs of one thread, direct, at least 65,507 bytes
    /// @throws IOException when the port is taken by an application that does not share it
    ServerInput(Key key, CompiledRoute route, ByteBuffer buffer, MemberOutput output, DropCounters drops,
            Selector selector) throws IOException {
        this.key = key;
        this.route = route;
        this.members = membersOf(route);
        this.buffer = buffer;
        this.output = output;
        this.drops = drops;
        group = InetAddresses.inet(key.group());
        channel = DatagramChannel.open(StandardProtocolFamily.INET);
        try {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER_BYTES);
            channel.configureBlocking(false);
            channel.bind(BINDS_TO_GROUP
                    ? new InetSocketAddress(group, key.port())
                    : new InetSocketAddress(key.port()));
            SelectionKey ignored = channel.register(selector, SelectionKey.OP_READ, this);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    void serve(CompiledRoute newRoute) {
        if (newRoute != route) {
            members = membersOf(newRoute);
            route = newRoute;
        }
    }

    private static MemberOutput.Member[] membersOf(CompiledRoute route) {
        List<Replication> replications = route.route().replications();
        MemberOutput.Member[] members = new MemberOutput.Member[replications.size()];
        int at = 0;
        for (Replication replication : replications) {
            if (!(replication.port() instanceof OutputPort.UnicastMember member)) {
                throw new IllegalStateException("a server route to " + replication.port());
            }
            int wanted = replication.rewrite().destinationPort();
            int port = wanted == Rewrite.KEEP_PORT ? route.route().match().destinationPort() : wanted;
            members[at] = new MemberOutput.Member(new InetSocketAddress(InetAddresses.inet(member.address()), port),
                    route.replicationCounters(at), route.typeOfService(0));
            at++;
        }
        return members;
    }

    /// Whether an interface that it joined is another one by now, under the same name. The kernel dropped that membership, but
    /// the JDK's books still hold it and would not join again: only another channel helps. An interface that is merely down
    /// keeps its membership.
    boolean isStale(Interfaces interfaces) {
        return interfaces.all().stream()
                .anyMatch(up -> joined.getOrDefault(up.name(), up.index()) != up.index());
    }

    /// Joins where it has not yet. Returns what went wrong, by interface.
    Map<String, String> follow(Interfaces interfaces) {
        Map<String, String> failures = new HashMap<>();
        for (Interfaces.Up up : interfaces.selected(key.incoming(), Optional.empty())) {
            if (joined.containsKey(up.name())) {
                continue;
            }
            try {
                MembershipKey ignored = channel.join(group, up.device());
                joined.put(up.name(), up.index());
            } catch (IOException | IllegalArgumentException e) {
                failures.put(up.name(), String.valueOf(e.getMessage()));
            }
        }
        return failures;
    }

    @Override
    public void onReadable(long nowNs) {
        try {
            for (int i = 0; i < DATAGRAMS_A_TURN; i++) {
                buffer.clear();
                if (!(channel.receive(buffer) instanceof InetSocketAddress from)) {
                    return;
                }
                buffer.flip();
                forward(from, nowNs);
            }
        } catch (IOException e) {
            // A pending error of the socket, cleared by reading it; the datagrams behind it come with the next turn.
            return;
        }
    }

    private void forward(InetSocketAddress from, long nowNs) {
        if (RestoredPorts.contains(from.getPort())) {
            drops.add(DropReason.RESTORED_HERE);
            return;
        }
        int length = buffer.remaining();
        if (!route.admit(length, nowNs)) {
            route.counters().drops().add(DropReason.RATE_LIMITED);
            return;
        }
        route.counters().received(length);
        route.counters().burst();
        MemberOutput.Member[] to = members;
        for (int i = 0; i < to.length; i++) {
            output.send(buffer, to[i], nowNs);
        }
    }

    /// Leaves the group and closes the channel.
    @Override
    public void close() {
        Channels.close(channel);
    }
}
