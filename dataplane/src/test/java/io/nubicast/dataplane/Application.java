package io.nubicast.dataplane;

import io.nubicast.wire.Address;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.Optional;

/// An unmodified application with one UDP socket, as a contract's sender or receiver.
final class Application implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 10_000;

    private final DatagramChannel channel;
    private final byte[] buffer = new byte[1 << 16];

    /// What arrived. Compared by its parts, never as a whole.
    @SuppressWarnings("ArrayRecordComponent")
    record Datagram(byte[] payload, Address source, int sourcePort) {
        long number() {
            return ByteBuffer.wrap(payload).getLong();
        }
    }

    private Application(DatagramChannel channel) {
        this.channel = channel;
    }

    /// Sends from this address and a free port; multicast leaves by that interface.
    static Application sender(Address from, String networkInterface) throws Exception {
        return sender(from, 0, networkInterface);
    }

    static Application sender(Address from, int port, String networkInterface) throws Exception {
        DatagramChannel channel = open();
        channel.setOption(StandardSocketOptions.IP_MULTICAST_IF, ContractNetwork.device(networkInterface));
        channel.setOption(StandardSocketOptions.SO_SNDBUF, 1 << 20);
        channel.bind(new InetSocketAddress(inet(from), port));
        return new Application(channel);
    }

    /// Receives unicast on that address and port; port 0 for a free one.
    static Application receiver(Address at, int port) throws IOException {
        DatagramChannel channel = open();
        channel.bind(new InetSocketAddress(inet(at), port));
        return new Application(channel);
    }

    /// Receives a group, bound to 0.0.0.0 or to the group itself as `bound` says, shared with others.
    static Application member(Address bound, Address group, int port, String networkInterface) throws Exception {
        DatagramChannel channel = open();
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        channel.bind(new InetSocketAddress(inet(bound), port));
        channel.join(inet(group), ContractNetwork.device(networkInterface));
        return new Application(channel);
    }

    /// As [#member], bound to 0.0.0.0 and sharing the port with nobody.
    static Application holder(Address group, int port, String networkInterface) throws Exception {
        DatagramChannel channel = open();
        try {
            channel.bind(new InetSocketAddress(port));
            channel.join(inet(group), ContractNetwork.device(networkInterface));
            return new Application(channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static DatagramChannel open() throws IOException {
        DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET);
        channel.setOption(StandardSocketOptions.SO_RCVBUF, 4 << 20);
        channel.socket().setSoTimeout(PATIENCE_MILLIS);
        return channel;
    }

    static InetAddress inet(Address address) throws IOException {
        return InetAddress.getByAddress(address.bytes());
    }

    int port() {
        return channel.socket().getLocalPort();
    }

    Address address() {
        return Address.of(channel.socket().getLocalAddress().getAddress());
    }

    void send(byte[] payload, Address to, int port) throws IOException {
        int sent = channel.send(ByteBuffer.wrap(payload), new InetSocketAddress(inet(to), port));
        if (sent != payload.length) {
            throw new IOException("sent " + sent + " of " + payload.length + " bytes");
        }
    }

    /// The next datagram; fails after ten seconds without one.
    Datagram next() throws IOException {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        try {
            channel.socket().receive(packet);
        } catch (SocketTimeoutException e) {
            throw new AssertionError(
                    "nothing arrived at " + channel.getLocalAddress() + " in " + PATIENCE_MILLIS + " ms", e);
        }
        byte[] payload = java.util.Arrays.copyOf(buffer, packet.getLength());
        return new Datagram(payload, Address.of(packet.getAddress().getAddress()), packet.getPort());
    }

    /// What is there already, without waiting.
    Optional<Datagram> poll() throws IOException {
        channel.configureBlocking(false);
        try {
            ByteBuffer into = ByteBuffer.wrap(buffer);
            if (!(channel.receive(into) instanceof InetSocketAddress from)) {
                return Optional.empty();
            }
            return Optional.of(new Datagram(java.util.Arrays.copyOf(buffer, into.position()),
                    Address.of(from.getAddress().getAddress()), from.getPort()));
        } finally {
            channel.configureBlocking(true);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
