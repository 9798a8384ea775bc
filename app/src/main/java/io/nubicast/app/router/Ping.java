package io.nubicast.app.router;

import io.nubicast.engine.NanoClock;
import io.nubicast.kernel.socket.RawSocket;
import io.nubicast.kernel.socket.ReceiveBatch;
import io.nubicast.kernel.sys.Errno;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.shell.Answer;
import io.nubicast.wire.Address;
import io.nubicast.wire.IcmpEcho;
import io.nubicast.wire.IcmpUnreachable;
import io.nubicast.wire.Ipv4Header;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// `ping`: sends echo requests one after the other and waits for the answers. It blocks its caller, who must not be the router's
/// thread.
final class Ping {
    private static final AtomicInteger IDENTIFIERS = new AtomicInteger((int) ProcessHandle.current().pid());
    private static final int MOST_BYTES = 65_535;
    private static final int IP_HEADER = 20;
    private static final long SECOND_NS = 1_000_000_000L;

    private final Options options;
    private final NanoClock clock;
    private final int identifier = IDENTIFIERS.incrementAndGet() & 0xFFFF;
    private final PingReport report;

    /// What the user asked for.
    ///
    /// @param count requests
    /// @param sizeBytes of the IP packet, 36..18024 as in IOS
    /// @param source own address; empty: as routed
    record Options(Address destination, int count, int sizeBytes, int timeoutSeconds, Optional<Address> source) {
        /// IOS's defaults: five packets of 100 bytes, one to a group, two seconds each.
        static Options to(Address destination) {
            return new Options(destination, destination.isMulticast() ? 1 : 5, 100, 2, Optional.empty());
        }
    }

    private Ping(Options options, NanoClock clock) {
        this.options = options;
        this.clock = clock;
        this.report = new PingReport(options.destination(), options.count(), options.sizeBytes(),
                options.timeoutSeconds(), options.source());
    }

    /// Pings to the end.
    ///
    /// @throws SystemCallException when there is no socket for it, or the source is not an address of this host
    static Answer run(Options options, NanoClock clock) throws SystemCallException {
        return new Ping(options, clock).run();
    }

    private Answer run() throws SystemCallException {
        try (Arena arena = Arena.ofConfined(); RawSocket socket = RawSocket.open(RawSocket.IPPROTO_ICMP)) {
            socket.receiveIcmpTypes(0, IcmpUnreachable.TYPE_DESTINATION_UNREACHABLE);
            socket.receiveBuffer(1 << 20);
            if (options.source().isPresent()) {
                socket.bind(options.source().get().ipv4(), 0);
            }
            ReceiveBatch batch = new ReceiveBatch(arena, 1, MOST_BYTES, 0);
            for (int request = 0; request < options.count(); request++) {
                one(socket, batch, request);
            }
        }
        return new Answer(report.text(), report.json());
    }

    private void one(RawSocket socket, ReceiveBatch batch, int request) throws SystemCallException {
        byte[] message = new IcmpEcho(false, identifier, request & 0xFFFF)
                .emit(Math.max(0, options.sizeBytes() - IP_HEADER - IcmpEcho.HEADER_LENGTH));
        long sentNs = clock.nowNs();
        int taken = socket.sendTo(message, options.destination().ipv4(), 0);
        if (taken < 0) {
            report.failed(taken == -Errno.EMSGSIZE ? 'M' : 'U');
            return;
        }
        boolean answered = false;
        long deadlineNs = sentNs + options.timeoutSeconds() * SECOND_NS;
        for (long leftNs = deadlineNs - clock.nowNs(); leftNs > 0; leftNs = deadlineNs - clock.nowNs()) {
            socket.receiveTimeout((int) Math.max(1, leftNs / 1_000_000));
            if (batch.receive(socket) == 1 && heard(batch, request, sentNs)) {
                answered = true;
                if (!options.destination().isMulticast()) {
                    return;
                }
            }
        }
        if (!answered) {
            report.failed('.');
        }
    }

    /// Whether that packet concerns the request.
    private boolean heard(ReceiveBatch batch, int request, long sentNs) {
        MemorySegment packet = batch.segment().asSlice(batch.offset(0), batch.length(0));
        Ipv4Header header = new Ipv4Header().wrap(packet, 0);
        if (header.check(packet.byteSize()) != null) {
            return false;
        }
        MemorySegment message =
                packet.asSlice(header.headerLength(), header.totalLength() - header.headerLength());
        Optional<IcmpEcho> echo = IcmpEcho.parse(message);
        if (echo.isPresent()) {
            if (!echo.get().reply() || echo.get().identifier() != identifier
                    || echo.get().sequenceNumber() != (request & 0xFFFF)) {
                return false;
            }
            report.answered(request, Address.ofIpv4(header.source()), clock.nowNs() - sentNs);
            return true;
        }
        return unreachable(message, request);
    }

    private boolean unreachable(MemorySegment message, int request) {
        if (message.byteSize() < 8 + IP_HEADER + IcmpEcho.HEADER_LENGTH || options.destination().isMulticast()) {
            return false;
        }
        Ipv4Header quoted = new Ipv4Header().wrap(message, 8);
        long echoAt = 8L + quoted.headerLength();
        if (quoted.destination() != options.destination().ipv4() || quoted.protocol() != IcmpEcho.PROTOCOL
                || message.byteSize() < echoAt + IcmpEcho.HEADER_LENGTH
                || word(message, echoAt + 4) != identifier || word(message, echoAt + 6) != (request & 0xFFFF)) {
            return false;
        }
        int code = message.get(java.lang.foreign.ValueLayout.JAVA_BYTE, 1) & 0xFF;
        report.failed(code == IcmpUnreachable.CODE_FRAGMENTATION_NEEDED ? 'M' : 'U');
        return true;
    }

    private static int word(MemorySegment message, long offset) {
        return (message.get(java.lang.foreign.ValueLayout.JAVA_BYTE, offset) & 0xFF) << 8
                | message.get(java.lang.foreign.ValueLayout.JAVA_BYTE, offset + 1) & 0xFF;
    }
}
