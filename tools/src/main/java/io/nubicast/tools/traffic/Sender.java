package io.nubicast.tools.traffic;

import io.nubicast.tools.mpegts.PesHeader;
import io.nubicast.tools.mpegts.TsLoop;
import io.nubicast.tools.mpegts.TsPacket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Sends numbered datagrams or a transport stream on time. Opened and run on one thread, which on Linux may have entered
/// another network namespace before; the counters may be read from any.
public final class Sender implements AutoCloseable {
    private static final long NANOS = 1_000_000_000L;
    /// The longest sleep, so that a stop is seen soon.
    private static final long NAP_NS = 20_000_000;
    /// A sender this late (a suspended machine) starts its schedule anew instead of sending all at once.
    private static final long GIVE_UP_NS = NANOS;
    private static final int SEND_BUFFER = 1 << 20;

    private final SendOptions options;
    private final DatagramChannel channel;
    private final Optional<NetworkInterface> networkInterface;
    private final SocketAddress destination;
    private final Optional<TsLoop> stream;
    private final PayloadListener listener;
    private final ByteBuffer buffer;
    private final AtomicLong packets = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong errors = new AtomicLong();
    private volatile String lastError = "";

    private Sender(SendOptions options, PayloadListener listener) throws IOException {
        this.options = options;
        this.listener = listener;
        InetAddress to = options.destination();
        this.stream = options.ts().isPresent() ? Optional.of(loop(options.ts().get())) : Optional.empty();
        boolean multicast = to.isMulticastAddress();
        this.networkInterface = multicast || options.networkInterface().isPresent()
                ? Optional.of(options.networkInterface().map(Interfaces::named).orElseGet(() -> Interfaces.towards(to)))
                : Optional.empty();
        this.destination = new InetSocketAddress(to, options.port());
        int size = stream.isPresent() ? options.packetSize() : options.size();
        this.buffer = ByteBuffer.allocateDirect(size);
        this.channel = DatagramChannel.open(StandardProtocolFamily.INET);
        try {
            channel.setOption(StandardSocketOptions.SO_SNDBUF, SEND_BUFFER);
            option(StandardSocketOptions.IP_TOS, options.dscp() << 2);
            if (multicast) {
                option(StandardSocketOptions.IP_MULTICAST_IF, networkInterface.orElseThrow());
                option(StandardSocketOptions.IP_MULTICAST_TTL, options.ttl());
                option(StandardSocketOptions.IP_MULTICAST_LOOP, options.loop());
                channel.bind(new InetSocketAddress(options.sourcePort()));
            } else {
                Optional<InetAddress> own = networkInterface.flatMap(Interfaces::ipv4);
                channel.bind(own.map(address -> new InetSocketAddress(address, options.sourcePort()))
                        .orElseGet(() -> new InetSocketAddress(options.sourcePort())));
            }
        } catch (IOException e) {
            channel.close();
            throw new TrafficException("cannot bind to source port " + options.sourcePort() + ": " + e.getMessage()
                    + (options.sourcePort() == 0 ? "" : ". Another program may use it: ss -lunp"), e);
        }
    }

    /// Opens the socket and the file.
    ///
    /// @param listener sees each payload before it is sent
    /// @throws TrafficException when an option cannot be met
    public static Sender open(SendOptions options, PayloadListener listener) {
        try {
            return new Sender(options, listener);
        } catch (IOException e) {
            throw new TrafficException(String.valueOf(e.getMessage()), e);
        }
    }

    private static TsLoop loop(Path file) throws IOException {
        if (Files.isReadable(file)) {
            return TsLoop.open(file);
        }
        if (file.toString().equals("sample")) {
            return TsLoop.sample();
        }
        throw new TrafficException(file + (Files.exists(file) ? " cannot be read" : " does not exist")
                + "; '--ts sample' sends the test pattern that ships with nubicast");
    }

    private <T> void option(SocketOption<T> name, T value) throws IOException {
        channel.setOption(name, value);
    }

    /// Sends until `--count`, `--seconds` or `stop`, which is asked at least every 20 ms.
    public void run(BooleanSupplier stop) {
        if (stream.isPresent()) {
            sendStream(stream.get(), stop);
        } else {
            sendProbes(stop);
        }
    }

    private void sendProbes(BooleanSupplier stop) {
        Probe.prepare(buffer, (int) (System.nanoTime() ^ ProcessHandle.current().pid() << 20));
        EpochClock clock = new EpochClock();
        long startNs = System.nanoTime();
        long endNs = endNs(startNs);
        long base = 0;
        for (long i = 0; options.count() == 0 || i < options.count(); i++) {
            long dueNs = startNs + (long) ((i - base) * (NANOS / options.rate()));
            if (!waitUntil(dueNs, endNs, stop)) {
                return;
            }
            long nowNs = System.nanoTime();
            if (nowNs - dueNs > GIVE_UP_NS) {
                startNs = nowNs;
                base = i;
            }
            Probe.stamp(buffer, i, clock.nowNs(nowNs));
            buffer.clear();
            send();
        }
    }

    private void sendStream(TsLoop loop, BooleanSupplier stop) {
        TsPacket view = new TsPacket();
        PesHeader pes = new PesHeader();
        byte[] packet = new byte[TsPacket.LENGTH];
        int used = TsPacket.LENGTH;
        long next = 0;
        long startNs = System.nanoTime();
        long endNs = endNs(startNs);
        for (long i = 0; options.count() == 0 || i < options.count(); i++) {
            buffer.clear();
            while (buffer.hasRemaining()) {
                if (used == packet.length) {
                    loop.copy(next++, packet, 0, view, pes);
                    used = 0;
                }
                int length = Math.min(buffer.remaining(), packet.length - used);
                buffer.put(packet, used, length);
                used += length;
            }
            // Due when its last packet is: a datagram cannot leave before it is full.
            long dueNs = startNs + loop.dueNs(next - 1);
            if (!waitUntil(dueNs, endNs, stop)) {
                return;
            }
            long lateNs = System.nanoTime() - dueNs;
            if (lateNs > GIVE_UP_NS) {
                startNs += lateNs;
            }
            buffer.flip();
            send();
        }
    }

    private long endNs(long startNs) {
        return startNs + (options.seconds() == 0 ? Long.MAX_VALUE / 2 : (long) (options.seconds() * NANOS));
    }

    /// False when it is time to end before `dueNs`.
    private static boolean waitUntil(long dueNs, long endNs, BooleanSupplier stop) {
        while (true) {
            long nowNs = System.nanoTime();
            if (stop.getAsBoolean() || endNs - nowNs <= 0 || endNs - dueNs <= 0) {
                return false;
            }
            if (dueNs - nowNs <= 0) {
                return true;
            }
            LockSupport.parkNanos(Math.min(NAP_NS, dueNs - nowNs));
        }
    }

    private void send() {
        listener.onPayload(buffer);
        buffer.rewind();
        int length = buffer.remaining();
        try {
            channel.send(buffer, destination);
            packets.lazySet(packets.get() + 1);
            bytes.lazySet(bytes.get() + length);
        } catch (IOException e) {
            lastError = String.valueOf(e.getMessage());
            errors.lazySet(errors.get() + 1);
        }
    }

    /// Datagrams that the kernel took.
    public long packets() {
        return packets.get();
    }

    /// Their payload bytes.
    public long bytes() {
        return bytes.get();
    }

    /// Datagrams that the kernel refused.
    public long errors() {
        return errors.get();
    }

    /// What it said last, empty when it never refused one.
    public String lastError() {
        return lastError;
    }

    /// Where multicast leaves; empty for unicast by the routes.
    public Optional<NetworkInterface> networkInterface() {
        return networkInterface;
    }

    /// The transport stream, if one is sent.
    public Optional<TsLoop> stream() {
        return stream;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new IllegalStateException("the socket cannot be closed", e);
        }
    }
}
