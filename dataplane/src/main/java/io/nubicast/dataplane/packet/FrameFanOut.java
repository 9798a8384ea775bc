package io.nubicast.dataplane.packet;

import io.nubicast.dataplane.PlaneOptions;
import io.nubicast.dataplane.linux.SendErrors;
import io.nubicast.engine.NanoClock;
import io.nubicast.forwarding.CompiledRoute;
import io.nubicast.forwarding.ReplicationCounters;
import io.nubicast.forwarding.Rewrite;
import io.nubicast.kernel.socket.FrameBatch;
import io.nubicast.kernel.socket.FrameSocket;
import io.nubicast.kernel.sys.Errno;
import io.nubicast.wire.InternetChecksum;
import io.nubicast.wire.Ipv4Header;
import io.nubicast.wire.UdpChecksum;
import io.nubicast.wire.UdpHeader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Makes the copies of a burst: one frame a member, with the whole burst in it, headers of its own and the payload shared. Frames
/// gather in one batch across bursts and routes until it is full or flushed; each that fails is charged to its member, or sent in
/// another way, and never stops the next.
///
/// A copy (PRX-003): source address and port, TOS and payload as they were; TTL of the rewrite; DF 0; a new identification, one
/// more for each datagram (the kernel counts on where it cuts); the UDP checksum is left to the device or the kernel, which
/// is given the sum of the pseudo-header over the whole frame; none stays none.
///
/// A device that refuses a burst gets that one, and for a while all, as single frames. What frames cannot carry at all goes to
/// the [KernelPath].
///
/// One thread. Allocates nothing after construction.
final class FrameFanOut {
    /// Frames a system call.
    static final int SLOTS = 256;
    /// IPv4 and UDP.
    static final int HEADER_BYTES = Ipv4Header.MINIMUM_LENGTH + UdpHeader.LENGTH;

    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong NATIVE = ValueLayout.JAVA_LONG;
    private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    private static final int ETHERNET_BYTES = 14;
    private static final long IPV4 = 0x0800;
    private static final int VERSION_4_IHL_5 = 0x45;
    private static final int PROTOCOL_UDP = UdpChecksum.PROTOCOL;
    private static final int LINK_TO_PAYLOAD = ETHERNET_BYTES + HEADER_BYTES;
    private static final int CHECKSUM_START = ETHERNET_BYTES + Ipv4Header.MINIMUM_LENGTH;
    private static final int CHECKSUM_OFFSET = 6;
    /// Of gso_size in the virtio_net_hdr.
    private static final int GSO_SIZE = 4;
    /// The end of the virtio_net_hdr, which shares a word with the destination's hardware address.
    private static final long CHECKSUM_OFFSET_WORD =
            (long) (LITTLE ? CHECKSUM_OFFSET << 8 : CHECKSUM_OFFSET) << 48;
    private static final int IDENTIFICATIONS = 256;

    /// Destination of a frame for a program in the kernel: label() and SENT of server.c.
    private static final long BURST_LABEL = 0x0206_0000_0000L;

    /// Counts nothing that anybody reads.
    private final ReplicationCounters toKernel = new ReplicationCounters();
    private final FrameOutput output;
    private final KernelPath rest;
    private final NanoClock clock;
    private final RefusedBursts refused;
    private Payloads payloads = address -> MemorySegment.NULL;
    private final FrameBatch batch;
    private final MemorySegment headers;
    private final FrameBatch singles;
    /// By slot of the batch.
    private final ReplicationCounters[] counters = new ReplicationCounters[SLOTS];
    /// Of a frame for a program in the kernel, else null.
    private final @Nullable CompiledRoute[] kernelRoutes = new CompiledRoute[SLOTS];
    /// Datagrams in the upper, payload bytes of all of them in the lower half.
    private final long[] contents = new long[SLOTS];
    private int used;
    private int[] left = new int[0];
    private int[] tooBig = new int[0];
    private final Burst again = new Burst();
    /// By a hash of source and group: the next IPv4 identification of what leaves for it.
    private final char[] identifications = new char[IDENTIFICATIONS];

    // What all frames of a burst have in common: set by prepare().
    private long virtioWord;
    private long ipWord;
    private long sourceWord;
    private int ipSum;
    private int pseudoSum;
    private int sourcePortWord;
    private int udpLengthWord;
    private boolean checksummed;
    private int destinationPort;
    private long content;

    /// @param arena lives as long as this
    /// @param output takes frames
    /// @param rest takes what frames cannot carry
    /// @param refused is told, and asked, which devices take no bursts
    /// @param seed where identifications begin
    FrameFanOut(Arena arena, FrameOutput output, KernelPath rest, RefusedBursts refused, NanoClock clock, int seed) {
        this.output = output;
        this.rest = rest;
        this.refused = refused;
        this.clock = clock;
        batch = new FrameBatch(arena, SLOTS);
        headers = batch.headers();
        singles = new FrameBatch(arena, PlaneOptions.MOST_BURST);
        Arrays.fill(counters, new ReplicationCounters());
        for (int i = 0; i < IDENTIFICATIONS; i++) {
            identifications[i] = (char) ((seed ^ i * 0x9E3779B1) * 0x85EBCA6B >>> 16);
        }
    }

    /// Tells the segment that holds a payload of this address.
    interface Payloads {
        MemorySegment segmentOf(long address);
    }

    /// Where payloads are, for those that a failed frame gives back.
    void payloadsIn(Payloads where) {
        payloads = where;
    }

    /// Adds the copies of a burst for members of the route. The payloads must stay where they are until [#flush()].
    ///
    /// @param only these members, or null for all
    /// @param places by member: its slot in `paths`
    /// @param usedPaths is given a 1 for each slot by which a frame leaves
    void copy(CompiledRoute route, int @Nullable [] only, int[] places, PathTable paths, byte[] usedPaths,
            Burst burst) {
        int members = only == null ? places.length : only.length;
        if (left.length < members) {
            left = new int[members];
            tooBig = new int[members];
        }
        int leftCount = 0;
        int tooBigCount = 0;
        int needed = burst.segmentBytes + HEADER_BYTES;
        boolean refusals = burst.datagrams > 1 && !refused.isEmpty();
        long payload = burst.segment.address() + burst.offset;
        int identification = identify(burst, route);
        prepare(burst, burst.totalBytes, burst.datagrams, identification);
        for (int at = 0; at < members; at++) {
            int member = only == null ? at : only[at];
            int place = places[member];
            long way = paths.way(place);
            if (way < 0) {
                left[leftCount++] = member;
                continue;
            }
            if (paths.mtu(place) < needed) {
                tooBig[tooBigCount++] = member;
                continue;
            }
            usedPaths[place] = 1;
            int device = paths.deviceOf(way);
            if (refusals && refused.contains(device, clock.nowNs())) {
                addSingles(route, member, way, paths, burst, identification);
                prepare(burst, burst.totalBytes, burst.datagrams, identification);
                continue;
            }
            add(route, member, way, device, paths.sourceOf(way), payload);
        }
        if (tooBigCount > 0) {
            // What left for these members before leaves first, so that no order changes.
            flush();
            rest.copy(route, tooBig, tooBigCount, burst);
            rest.flush();
        }
        if (leftCount > 0) {
            rest.copy(route, left, leftCount, burst);
        }
    }

    /// Adds one frame that a program in the kernel copies to the members. They are counted there.
    ///
    /// @param device out of which it goes
    void copyInKernel(CompiledRoute route, int group, int device, Burst burst) {
        prepare(burst, burst.totalBytes, burst.datagrams, identify(burst, route));
        add(toKernel, route, group, destinationPort, 1, BURST_LABEL, device, 0,
                burst.segment.address() + burst.offset);
    }

    private void addSingles(CompiledRoute route, int member, long way, PathTable paths, Burst burst,
            int identification) {
        long payload = burst.segment.address() + burst.offset;
        for (int datagram = 0; datagram < burst.datagrams; datagram++) {
            int bytes = burst.bytes(datagram);
            prepare(burst, bytes, 1, identification + datagram);
            add(route, member, way, paths.deviceOf(way), paths.sourceOf(way),
                    payload + (long) datagram * burst.segmentBytes);
        }
    }

    /// Takes as many identifications as there are datagrams: a pair of addresses sees each once in 65,536 (RFC 6864).
    private int identify(Burst burst, CompiledRoute route) {
        int at = (burst.source ^ System.identityHashCode(route)) * 0x9E3779B1 >>> 24;
        int identification = identifications[at];
        identifications[at] = (char) (identification + burst.datagrams);
        return identification;
    }

    private void prepare(Burst burst, int bytes, int count, int identification) {
        int ipLength = HEADER_BYTES + bytes;
        int udpLength = UdpHeader.LENGTH + bytes;
        checksummed = burst.checksummed;
        virtioWord = virtio(checksummed ? FrameSocket.VNET_NEEDS_CHECKSUM : 0,
                count > 1 ? FrameSocket.VNET_GSO_UDP : 0, LINK_TO_PAYLOAD, count > 1 ? burst.segmentBytes : 0,
                checksummed ? CHECKSUM_START : 0);
        int first = VERSION_4_IHL_5 << 8 | burst.typeOfService;
        int id = identification & 0xFFFF;
        ipWord = (long) (first << 16 | ipLength) << 32 | (long) id << 16;
        int source = InternetChecksum.addressSum(burst.source);
        ipSum = first + ipLength + id + source;
        pseudoSum = source + PROTOCOL_UDP + udpLength;
        sourceWord = burst.source & 0xFFFFFFFFL;
        sourcePortWord = burst.sourcePort << 16;
        udpLengthWord = udpLength << 16;
        destinationPort = burst.destinationPort;
        content = (long) count << 32 | bytes;
    }

    private static long virtio(int flags, int gsoType, int headerBytes, int gsoBytes, int checksumStart) {
        return LITTLE
                ? flags | (long) gsoType << 8 | (long) headerBytes << 16 | (long) gsoBytes << 32
                        | (long) checksumStart << 48
                : (long) flags << 56 | (long) gsoType << 48 | (long) headerBytes << 32 | (long) gsoBytes << 16
                        | checksumStart;
    }

    private void add(CompiledRoute route, int member, long way, int device, long deviceAddress, long payload) {
        int port = route.port(member);
        add(route.replicationCounters(member), null, route.address(member),
                port == Rewrite.KEEP_PORT ? destinationPort : port, route.ttl(member), PathTable.destinationOf(way),
                device, deviceAddress, payload);
    }

    private void add(ReplicationCounters counting, @Nullable CompiledRoute kernelRoute, int address, int port, int ttl,
            long destination, int device, long deviceAddress, long payload) {
        int slot = used;
        int addressSum = InternetChecksum.addressSum(address);
        int lifetime = ttl << 8 | PROTOCOL_UDP;
        int ipChecksum = InternetChecksum.finish(ipSum + lifetime + addressSum);
        int checksum = checksummed ? InternetChecksum.fold(pseudoSum + addressSum) : 0;
        batch.header(slot, virtioWord, CHECKSUM_OFFSET_WORD | destination, deviceAddress << 16 | IPV4,
                ipWord, (long) (lifetime << 16 | ipChecksum) << 32 | sourceWord,
                (long) address << 32 | (sourcePortWord | port) & 0xFFFFFFFFL, udpLengthWord | checksum);
        batch.device(slot, device);
        batch.payload(slot, payload, (int) content);
        counters[slot] = counting;
        kernelRoutes[slot] = kernelRoute;
        contents[slot] = content;
        used = slot + 1;
        if (used == SLOTS) {
            flush();
        }
    }

    /// Sends what has gathered, in order; what has gathered in the [KernelPath] stays there.
    void flush() {
        int end = used;
        used = 0;
        int slot = 0;
        while (slot < end) {
            int taken = output.send(batch, slot, end - slot);
            if (taken > 0) {
                for (int last = slot + taken; slot < last; slot++) {
                    counters[slot].sent(datagrams(slot), totalBytes(slot));
                }
            } else {
                onError(slot++, -taken);
            }
        }
    }

    private void onError(int slot, int errno) {
        CompiledRoute kernelRoute = kernelRoutes[slot];
        if (kernelRoute != null) {
            for (int member = 0; member < kernelRoute.size(); member++) {
                kernelRoute.replicationCounters(member).failed(SendErrors.kind(errno), datagrams(slot),
                        System.currentTimeMillis());
            }
        } else if (datagrams(slot) == 1) {
            onError(slot, batch.payloadAddress(slot), totalBytes(slot), errno);
        } else if (errno == Errno.EAGAIN) {
            // Our own send buffer is full: single frames would find no room either.
            for (int i = 0; i < datagrams(slot); i++) {
                counters[slot].failed(SendErrors.kind(errno), System.currentTimeMillis());
            }
        } else {
            refused.add(batch.device(slot), errno, clock.nowNs());
            sendAsSingles(slot);
        }
    }

    /// A single frame did not leave: a full queue is charged to the member; anything else means that the way there has changed,
    /// and the kernel knows the new one.
    private void onError(int slot, long payload, int bytes, int errno) {
        switch (errno) {
            case Errno.EAGAIN, Errno.ENOBUFS, Errno.ENOMEM, Errno.EPERM, Errno.EACCES -> counters[slot].failed(
                    SendErrors.kind(errno), System.currentTimeMillis());
            default -> {
                long ip = batch.headerOffset(slot) + FrameBatch.IP;
                again.source = headers.get(U32, ip + 12);
                int ports = headers.get(U32, ip + 20);
                again.sourcePort = ports >>> 16;
                again.typeOfService = headers.get(ValueLayout.JAVA_BYTE, ip + 1) & 0xFF;
                again.segment = payloads.segmentOf(payload);
                again.offset = payload - again.segment.address();
                again.totalBytes = bytes;
                again.segmentBytes = bytes;
                again.datagrams = 1;
                again.checksummed = (headers.get(U32, ip + 24) & 0xFFFF) != 0;
                rest.copy(counters[slot], headers.get(U32, ip + 16), ports & 0xFFFF,
                        headers.get(ValueLayout.JAVA_BYTE, ip + 8) & 0xFF, again);
                rest.flush();
            }
        }
    }

    private void sendAsSingles(int slot) {
        int count = datagrams(slot);
        for (int datagram = 0; datagram < count; datagram++) {
            single(slot, datagram);
        }
        int datagram = 0;
        while (datagram < count) {
            int taken = output.send(singles, datagram, count - datagram);
            if (taken > 0) {
                for (int last = datagram + taken; datagram < last; datagram++) {
                    counters[slot].sent(bytesOf(slot, datagram));
                }
            } else {
                onError(slot, batch.payloadAddress(slot) + (long) datagram * segmentBytes(slot),
                        bytesOf(slot, datagram),
                        -taken);
                datagram++;
            }
        }
    }

    private int bytesOf(int slot, int datagram) {
        int each = segmentBytes(slot);
        return datagram == datagrams(slot) - 1 ? totalBytes(slot) - datagram * each : each;
    }

    private int datagrams(int slot) {
        return (int) (contents[slot] >>> 32);
    }

    private int totalBytes(int slot) {
        return (int) contents[slot];
    }

    /// Payload bytes of each datagram but the last, of a frame with several.
    private int segmentBytes(int slot) {
        return headers.get(ValueLayout.JAVA_SHORT, batch.headerOffset(slot) + GSO_SIZE) & 0xFFFF;
    }

    /// Cuts one datagram out of a burst's frame: the headers with other lengths, identification and sums.
    private void single(int slot, int datagram) {
        MemorySegment to = singles.headers();
        long at = singles.headerOffset(datagram);
        long ip = at + FrameBatch.IP;
        MemorySegment.copy(headers, batch.headerOffset(slot), to, at, FrameBatch.HEADER_BYTES);
        int bytes = bytesOf(slot, datagram);
        int first = to.get(U32, ip) >>> 16;
        int id = (to.get(U32, ip + 4) >>> 16) + datagram & 0xFFFF;
        int ipLength = HEADER_BYTES + bytes;
        int lifetime = to.get(U32, ip + 8) >>> 16;
        int addresses = InternetChecksum.addressSum(to.get(U32, ip + 12))
                + InternetChecksum.addressSum(to.get(U32, ip + 16));
        to.set(NATIVE, at, virtio(FrameSocket.VNET_NEEDS_CHECKSUM, 0, LINK_TO_PAYLOAD, 0, CHECKSUM_START));
        to.set(U32, ip, first << 16 | ipLength);
        to.set(U32, ip + 4, id << 16);
        to.set(U32, ip + 8, lifetime << 16 | InternetChecksum.finish(first + ipLength + id + lifetime + addresses));
        int udpLength = UdpHeader.LENGTH + bytes;
        to.set(U32, ip + 24, udpLength << 16 | InternetChecksum.fold(addresses + PROTOCOL_UDP + udpLength));
        singles.device(datagram, batch.device(slot));
        singles.payload(datagram, batch.payloadAddress(slot) + (long) datagram * segmentBytes(slot), bytes);
    }
}
