package io.nubicast.app.lab;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// An unmodified application with one UDP socket. Open it on a [Machine].
public final class Application implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 10_000;

    private final DatagramChannel channel;
    private final byte[] buffer = new byte[1 << 16];

    /// What arrived. Compared by its parts, never as a whole.
    @SuppressWarnings("ArrayRecordComponent")
    public record Datagram(byte[] payload, String source, int sourcePort) {
        public long number() {
            return ByteBuffer.wrap(payload).getLong();
        }
    }

    private Application(DatagramChannel channel) {
        this.channel = channel;
    }

    static Application sender(String address, String networkInterface) throws IOException {
        DatagramChannel channel = open();
        if (!networkInterface.isEmpty()) {
            channel.setOption(StandardSocketOptions.IP_MULTICAST_IF, NetworkInterface.getByName(networkInterface));
        }
        channel.bind(new InetSocketAddress(InetAddress.getByName(address), 0));
        return new Application(channel);
    }

    static Application receiver(String address, int port) throws IOException {
        DatagramChannel channel = open();
        channel.bind(new InetSocketAddress(InetAddress.getByName(address), port));
        return new Application(channel);
    }

    static Application member(String bound, String group, int port, String networkInterface) throws IOException {
        DatagramChannel channel = open();
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        channel.bind(new InetSocketAddress(InetAddress.getByName(bound), port));
        channel.join(InetAddress.getByName(group), NetworkInterface.getByName(networkInterface));
        return new Application(channel);
    }

    private static DatagramChannel open() throws IOException {
        DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET);
        channel.setOption(StandardSocketOptions.SO_RCVBUF, 4 << 20);
        channel.setOption(StandardSocketOptions.SO_SNDBUF, 1 << 20);
        channel.socket().setSoTimeout(PATIENCE_MILLIS);
        return channel;
    }

    public DatagramChannel channel() {
        return channel;
    }

    public int port() {
        return channel.socket().getLocalPort();
    }

    public void send(byte[] payload, String to, int port) throws IOException {
        int sent = channel.send(ByteBuffer.wrap(payload), new InetSocketAddress(InetAddress.getByName(to), port));
        if (sent != payload.length) {
            throw new IOException("sent " + sent + " of " + payload.length + " bytes");
        }
    }

    /// The next datagram; fails after ten seconds without one.
    public Datagram next() throws IOException {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        try {
            channel.socket().receive(packet);
        } catch (SocketTimeoutException e) {
            throw new AssertionError(
                    "nothing arrived at " + channel.getLocalAddress() + " in " + PATIENCE_MILLIS + " ms", e);
        }
        return new Datagram(Arrays.copyOf(buffer, packet.getLength()), packet.getAddress().getHostAddress(),
                packet.getPort());
    }

    /// Whether nothing is there, without waiting. What is there is consumed.
    public boolean isSilent() throws IOException {
        channel.configureBlocking(false);
        try {
            return channel.receive(ByteBuffer.wrap(buffer)) == null;
        } finally {
            channel.configureBlocking(true);
        }
    }

    /// A payload that begins with its number.
    public static byte[] numbered(long number, int size) {
        return ByteBuffer.allocate(size).putLong(number).array();
    }

    /// A payload without a pattern, the same for the same size.
    public static byte[] random(int size) {
        byte[] payload = new byte[size];
        new java.util.Random(size).nextBytes(payload);
        return payload;
    }

    /// Waits until it is so; fails after ten seconds.
    public static void eventually(String what, BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + PATIENCE_MILLIS * 1_000_000L;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNs > 0) {
                throw new AssertionError("still not after ten seconds: " + what);
            }
            LockSupport.parkNanos(20_000_000);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
