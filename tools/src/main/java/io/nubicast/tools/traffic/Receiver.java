package io.nubicast.tools.traffic;

import io.nubicast.tools.mpegts.TsAnalyser;
import io.nubicast.tools.mpegts.TsPacket;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// Receives and judges datagrams. Opened and run on one thread, which on Linux may have entered another network namespace
/// before; [#report()] may be called from any.
public final class Receiver implements AutoCloseable {
    private static final int RECEIVE_BUFFER = 8 << 20;
    private static final int FILE_BUFFER = 1 << 20;
    private static final long POLL_MS = 20;
    /// Datagrams taken before a stop is asked for and a report may be made.
    private static final int BATCH = 256;
    /// Streams beyond these are counted as foreign.
    private static final int MOST_STREAMS = 1024;

    private record StreamKey(SocketAddress source, int id) {}

    private final ReceiveOptions options;
    private final DatagramChannel channel;
    private final Selector selector;
    private final List<NetworkInterface> joined;
    private final PayloadListener listener;
    private final Optional<OutputStream> output;
    private final ByteBuffer buffer = ByteBuffer.allocate(65536);
    private final EpochClock clock = new EpochClock();
    private final Object lock = new Object();
    private final Map<StreamKey, StreamTracker> streams = new LinkedHashMap<>();
    private final TsAnalyser analyser = new TsAnalyser();
    private StreamKey lastKey = new StreamKey(new InetSocketAddress(0), 0);
    private StreamTracker lastTracker = new StreamTracker();
    private long packets;
    private long bytes;
    private long foreign;
    private long filtered;
    private boolean looksLikeTs;

    private Receiver(ReceiveOptions options, PayloadListener listener) throws IOException {
        this.options = options;
        this.listener = listener;
        this.joined = options.group().isEmpty()
                ? List.of()
                : options.interfaces().isEmpty()
                        ? Interfaces.multicastCapable()
                        : options.interfaces().stream().map(Interfaces::named).distinct().toList();
        this.output = options.output().isPresent()
                ? Optional.of(new BufferedOutputStream(Files.newOutputStream(options.output().get()), FILE_BUFFER))
                : Optional.empty();
        this.channel = DatagramChannel.open(StandardProtocolFamily.INET);
        this.selector = Selector.open();
        try {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
            bind();
            for (NetworkInterface networkInterface : joined) {
                join(networkInterface);
            }
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ);
        } catch (IOException | TrafficException e) {
            close();
            throw e;
        }
    }

    /// Binds, joins, and opens the file.
    ///
    /// @param listener sees each payload that is counted
    /// @throws TrafficException when an option cannot be met
    public static Receiver open(ReceiveOptions options, PayloadListener listener) {
        try {
            return new Receiver(options, listener);
        } catch (IOException e) {
            throw new TrafficException(String.valueOf(e.getMessage()), e);
        }
    }

    private void bind() throws IOException {
        InetSocketAddress local = options.bind().map(address -> new InetSocketAddress(address, options.port()))
                .orElseGet(() -> new InetSocketAddress(options.port()));
        try {
            channel.bind(local);
        } catch (IOException e) {
            throw new TrafficException("cannot bind to " + local + ": " + e.getMessage()
                    + ". Another program may hold the port (ss -lunp), or the address is not one of this host", e);
        }
    }

    private void join(NetworkInterface networkInterface) throws IOException {
        InetAddress group = options.group().orElseThrow();
        try {
            if (options.source().isPresent()) {
                channel.join(group, networkInterface, options.source().get());
            } else {
                channel.join(group, networkInterface);
            }
        } catch (IOException e) {
            throw new TrafficException("cannot join " + group.getHostAddress() + " on " + networkInterface.getName()
                    + ": " + e.getMessage(), e);
        }
    }

    /// The port that it is bound to.
    public int port() {
        try {
            return channel.getLocalAddress() instanceof InetSocketAddress local ? local.getPort() : 0;
        } catch (IOException e) {
            throw new IllegalStateException("closed", e);
        }
    }

    /// Where the group is joined; empty without a group.
    public List<NetworkInterface> joined() {
        return joined;
    }

    /// Receives until `--count`, `--seconds`, or `stop`, which is asked at least every 20 ms; then takes what is still in the
    /// socket's buffer, except beyond `--count`.
    ///
    /// @throws TrafficException when the output file cannot be written
    public void run(BooleanSupplier stop) {
        long startNs = System.nanoTime();
        long limitNs = (long) (options.seconds() * 1e9);
        boolean ending = false;
        try {
            while (!full()) {
                int got = drain();
                if (got == 0 && ending) {
                    break;
                }
                ending |= stop.getAsBoolean() || limitNs > 0 && System.nanoTime() - startNs >= limitNs;
                if (got < BATCH && !ending) {
                    selector.select(POLL_MS);
                    selector.selectedKeys().clear();
                }
            }
            if (output.isPresent()) {
                output.get().flush();
            }
        } catch (IOException e) {
            throw new TrafficException("receiving stopped: " + e.getMessage(), e);
        }
        synchronized (lock) {
            analyser.flush();
        }
    }

    private boolean full() {
        return options.count() > 0 && packets >= options.count();
    }

    private int drain() throws IOException {
        synchronized (lock) {
            int got = 0;
            while (got < BATCH && !full()) {
                buffer.clear();
                SocketAddress source = channel.receive(buffer);
                if (source == null) {
                    break;
                }
                got++;
                buffer.flip();
                onDatagram(source, System.nanoTime());
            }
            return got;
        }
    }

    private void onDatagram(SocketAddress source, long nowNs) throws IOException {
        if (options.source().isPresent() && source instanceof InetSocketAddress from
                && !from.getAddress().equals(options.source().get())) {
            filtered++;
            return;
        }
        packets++;
        bytes += buffer.remaining();
        if (options.ts()) {
            analyser.accept(buffer.array(), 0, buffer.limit(), nowNs);
        } else if (Probe.check(buffer)) {
            onProbe(source, nowNs);
        } else {
            foreign++;
            looksLikeTs |= buffer.limit() > TsPacket.LENGTH && buffer.get(0) == TsPacket.SYNC_BYTE
                    && buffer.get(TsPacket.LENGTH) == TsPacket.SYNC_BYTE;
        }
        if (output.isPresent()) {
            output.get().write(buffer.array(), 0, buffer.limit());
        }
        listener.onPayload(buffer);
    }

    private void onProbe(SocketAddress source, long nowNs) {
        int id = Probe.streamId(buffer);
        if (id != lastKey.id || !source.equals(lastKey.source)) {
            StreamKey key = new StreamKey(source, id);
            StreamTracker tracker = streams.get(key);
            if (tracker == null) {
                if (streams.size() == MOST_STREAMS) {
                    foreign++;
                    return;
                }
                tracker = new StreamTracker();
                streams.put(key, tracker);
            }
            lastKey = key;
            lastTracker = tracker;
        }
        lastTracker.onProbe(Probe.sequence(buffer), clock.nowNs(nowNs) - Probe.sentAtNs(buffer));
    }

    /// Everything so far.
    public ReceiveReport report() {
        synchronized (lock) {
            List<ReceiveReport.StreamReport> reports = new ArrayList<>();
            streams.forEach((key, tracker) -> reports.add(new ReceiveReport.StreamReport(text(key.source), key.id,
                    tracker.received(), tracker.lost(), tracker.duplicates(), tracker.reordered(),
                    tracker.latency().percentileNs(50), tracker.latency().percentileNs(99), tracker.latency().maxNs(),
                    tracker.negativeLatencies() > 0)));
            return new ReceiveReport(packets, bytes, foreign, filtered, looksLikeTs, reports,
                    options.ts() ? Optional.of(analyser.health()) : Optional.empty());
        }
    }

    private static String text(SocketAddress source) {
        return source instanceof InetSocketAddress from
                ? from.getAddress().getHostAddress() + ":" + from.getPort()
                : source.toString();
    }

    @Override
    public void close() {
        try {
            selector.close();
            channel.close();
            if (output.isPresent()) {
                output.get().close();
            }
        } catch (IOException e) {
            throw new TrafficException("the output file cannot be written: " + e.getMessage(), e);
        }
    }
}
