package io.nubicast.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;

/// The plain NIO loop that `portable` is compared with: one blocking channel and one thread a group, `receive`, then `send`
/// to each member. No filter, no counters, no routes.
///
/// Arguments as for [PlaneRelay], without the plane and its burst.
public final class NioRelay {
    private static final int RECEIVE_BUFFER_BYTES = 4 << 20;

    private NioRelay() {}

    public static void main(String[] arguments) throws Exception {
        NetworkInterface in = NetworkInterface.getByName(arguments[0]);
        for (RelayGroup group : RelayGroup.parse(arguments, 1)) {
            DatagramChannel channel = open(in, group);
            InetSocketAddress[] members = group.members().toArray(InetSocketAddress[]::new);
            Thread.ofPlatform().name("relay " + group.port()).start(() -> relay(channel, members));
        }
        System.out.println("ready");
    }

    private static DatagramChannel open(NetworkInterface in, RelayGroup group) throws IOException {
        DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET);
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER_BYTES);
        channel.bind(new InetSocketAddress(group.port()));
        channel.join(InetAddress.getByAddress(group.group().bytes()), in);
        return channel;
    }

    private static void relay(DatagramChannel channel, InetSocketAddress[] members) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(65536);
        try {
            while (true) {
                buffer.clear();
                channel.receive(buffer);
                buffer.flip();
                for (InetSocketAddress member : members) {
                    channel.send(buffer, member);
                    buffer.rewind();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
