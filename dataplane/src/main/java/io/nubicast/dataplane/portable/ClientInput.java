package io.nubicast.dataplane.portable;

import io.nubicast.forwarding.CompiledRoute;
import io.nubicast.forwarding.DropCounters;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.OutputPort;
import io.nubicast.forwarding.ReplicationCounters;
import io.nubicast.forwarding.Rewrite;
import io.nubicast.wire.Address;
import io.nubicast.wire.DropReason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Receives copies on one address and port of this host and restores those of configured servers. Bound to the address itself, so
/// that an application bound to 0.0.0.0 on the same port gets the restored datagram only, not the copy as well.
final class ClientInput implements SelectorLoop.Input, AutoCloseable {
    private static final int RECEIVE_BUFFER_BYTES = 4 << 20;
    private static final int DATAGRAMS_A_TURN = 64;

    record Key(Address local, int port) {}

    private record Restore(MulticastOutputs.Out out, InetSocketAddress group, ReplicationCounters counters) {}

    /// What happens to one server's copies.
    private static final class Server {
        private final CompiledRoute route;
        private final Restore[] restores;

        Server(CompiledRoute route, Restore[] restores) {
            this.route = route;
            this.restores = restores;
        }
    }

    private final Key key;
    private final DatagramChannel channel;
    private final ByteBuffer buffer;
    private final DropCounters drops;
    private Map<InetAddress, Server> servers = Map.of();
    private @Nullable SocketAddress lastFrom;
    private @Nullable Server lastServer;

    /// @param buffer shared by the inputs of one thread, direct, at least 65,507 bytes
    /// @throws IOException when the port is taken by an application that does not share it, or the address is gone
    ClientInput(Key key, ByteBuffer buffer, DropCounters drops, Selector selector) throws IOException {
        this.key = key;
        this.buffer = buffer;
        this.drops = drops;
        channel = DatagramChannel.open(StandardProtocolFamily.INET);
        try {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER_BYTES);
            channel.configureBlocking(false);
            channel.bind(new InetSocketAddress(InetAddress.getByAddress(key.local().bytes()), key.port()));
            SelectionKey ignored = channel.register(selector, SelectionKey.OP_READ, this);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /// Takes the routes of this address and port, and the interfaces as they are now. Returns what went wrong.
    List<String> serve(List<CompiledRoute> routes, Interfaces interfaces, MulticastOutputs outputs) {
        List<String> failures = new ArrayList<>();
        Optional<Interfaces.Up> arrival = interfaces.owner(key.local());
        Map<InetAddress, Server> next = new HashMap<>();
        for (CompiledRoute route : routes) {
            List<Restore> restores = new ArrayList<>();
            for (int i = 0; i < route.size(); i++) {
                collect(route, i, interfaces, arrival, outputs, restores, failures);
            }
            next.put(InetAddresses.inet(route.route().match().source()),
                    new Server(route, restores.toArray(Restore[]::new)));
        }
        servers = next;
        lastFrom = null;
        return failures;
    }

    private static void collect(CompiledRoute route, int index, Interfaces interfaces, Optional<Interfaces.Up> arrival,
            MulticastOutputs outputs, List<Restore> restores, List<String> failures) {
        Match match = route.route().match();
        if (!(route.route().replications().get(index).port() instanceof OutputPort.MulticastOut out)) {
            throw new IllegalStateException("a client route without a group: " + match);
        }
        int port = route.port(index) == Rewrite.KEEP_PORT ? match.destinationPort() : route.port(index);
        InetSocketAddress group = new InetSocketAddress(InetAddresses.inet(out.group()), port);
        for (Interfaces.Up up : interfaces.selected(out.interfaces(), arrival)) {
            try {
                restores.add(new Restore(outputs.out(up, route.ttl(index)), group, route.replicationCounters(index)));
            } catch (IOException e) {
                failures.add("cannot restore " + out.group() + " to " + up.name() + ": " + e.getMessage());
            }
        }
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
                restore(from, nowNs);
            }
        } catch (IOException e) {
            // A pending error of the socket, cleared by reading it; the datagrams behind it come with the next turn.
            return;
        }
    }

    @SuppressWarnings("ReferenceEquality") // the cheapest way to see that it is the same sender
    private void restore(InetSocketAddress from, long nowNs) {
        // The channel returns the same object for as long as the sender does not change.
        if (from != lastFrom) {
            lastFrom = from;
            lastServer = servers.get(from.getAddress());
        }
        Server server = lastServer;
        if (server == null) {
            drops.add(DropReason.UNKNOWN_SERVER);
            return;
        }
        int length = buffer.remaining();
        if (!server.route.admit(length, nowNs)) {
            server.route.counters().drops().add(DropReason.RATE_LIMITED);
            return;
        }
        server.route.counters().received(length);
        server.route.counters().burst();
        for (int i = 0; i < server.restores.length; i++) {
            Restore restore = server.restores[i];
            restore.out().send(buffer, restore.group(), restore.counters());
        }
    }

    @Override
    public void close() {
        Channels.close(channel);
    }
}
