package io.nubicast.dataplane.portable;

import io.nubicast.forwarding.ReplicationCounters;
import io.nubicast.forwarding.SendError;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Sends restored multicast: one channel an interface and TTL, from one of the [RestoredPorts].
final class MulticastOutputs implements AutoCloseable {
    private static final int SEND_BUFFER_BYTES = 4 << 20;

    /// @param index of the kernel, so that an interface that went and came back gets a new channel
    private record Key(int index, int ttl) {}

    private final Map<Key, Out> outs = new HashMap<>();

    /// One interface, one TTL.
    static final class Out {
        private final DatagramChannel channel;

        private Out(DatagramChannel channel) {
            this.channel = channel;
        }

        /// Sends what is between position and limit, which it leaves as they were.
        void send(ByteBuffer payload, InetSocketAddress group, ReplicationCounters counters) {
            int length = payload.remaining();
            try {
                int sent = channel.send(payload, group);
                if (sent < length) {
                    counters.failed(SendError.BUFFER_FULL);
                } else {
                    counters.sent(length);
                }
            } catch (IOException e) {
                counters.failed(SendErrors.kindOf(e), System.currentTimeMillis());
            }
            payload.position(payload.limit() - length);
        }
    }

    /// The channel of that interface and TTL; opened when there is none yet.
    Out out(Interfaces.Up up, int ttl) throws IOException {
        Key key = new Key(up.index(), ttl);
        Out known = outs.get(key);
        if (known == null) {
            known = new Out(open(up, ttl));
            outs.put(key, known);
        }
        return known;
    }

    private static DatagramChannel open(Interfaces.Up up, int ttl) throws IOException {
        InetAddress address = InetAddress.getByAddress(up.addresses().getFirst().bytes());
        Optional<IOException> failure = Optional.empty();
        for (int port = RestoredPorts.FIRST; port <= RestoredPorts.LAST; port++) {
            DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET);
            try {
                channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
                channel.setOption(StandardSocketOptions.SO_SNDBUF, SEND_BUFFER_BYTES);
                channel.setOption(StandardSocketOptions.IP_MULTICAST_IF, up.device());
                channel.setOption(StandardSocketOptions.IP_MULTICAST_TTL, ttl);
                channel.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, true);
                channel.configureBlocking(false);
                channel.bind(new InetSocketAddress(address, port));
                return channel;
            } catch (IOException e) {
                channel.close();
                failure = Optional.of(e);
            }
        }
        throw failure.orElseThrow();
    }

    /// Closes the channels of interfaces that are gone, or whose first address is another one now.
    void follow(Interfaces interfaces) {
        outs.entrySet().removeIf(entry -> {
            boolean stays = interfaces.all().stream().anyMatch(up -> up.index() == entry.getKey().index()
                    && isBoundTo(entry.getValue().channel, up));
            if (!stays) {
                Channels.close(entry.getValue().channel);
            }
            return !stays;
        });
    }

    private static boolean isBoundTo(DatagramChannel channel, Interfaces.Up up) {
        try {
            return channel.getLocalAddress() instanceof InetSocketAddress local && up.addresses().stream()
                    .anyMatch(address -> java.util.Arrays.equals(address.bytes(), local.getAddress().getAddress()));
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        outs.values().forEach(out -> Channels.close(out.channel));
        outs.clear();
    }
}
