package io.nubicast.dataplane.socket;

import io.nubicast.dataplane.linux.SendErrors;
import io.nubicast.engine.NanoClock;
import io.nubicast.forwarding.CompiledRoute;
import io.nubicast.forwarding.ReplicationCounters;
import io.nubicast.forwarding.Rewrite;
import io.nubicast.kernel.socket.SendBatch;
import io.nubicast.kernel.sys.Errno;
import io.nubicast.wire.InternetChecksum;
import io.nubicast.wire.Ipv4Header;
import io.nubicast.wire.UdpChecksum;
import io.nubicast.wire.UdpHeader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Makes the copies of a datagram, one a member: a header of their own, the payload shared. Copies gather in one batch across
/// datagrams and routes until it is full or flushed; each that fails is charged to its member and never stops the next.
///
/// A copy (PRX-003): id 0, which the kernel replaces by a new one; DF 0; TTL of the rewrite; TOS, source address and source port
/// as they were; the UDP checksum as the payload's sum, taken once a datagram, and the copy's own addresses; none stays none.
///
/// One thread. Allocates nothing after construction.
public final class FanOut {
    /// Copies a system call.
    static final int SLOTS = 256;
    static final int HEADER_BYTES = Ipv4Header.MINIMUM_LENGTH + UdpHeader.LENGTH;
    /// For how long copies of a size that was too big for a device are fragmented without trying.
    static final long TOO_BIG_MEMORY_NS = 10_000_000_000L;

    private static final int[] NO_LIST = {};
    private static final int VERSION_4_IHL_5 = 0x45 << 24;
    private static final int PROTOCOL_UDP = UdpChecksum.PROTOCOL << 16;

    private final CopyOutput output;
    private final CopyOutput fragmenting;
    private final NanoClock clock;
    private final SendBatch batch;
    private final ReplicationCounters[] counters = new ReplicationCounters[SLOTS];
    private final int[] payloadBytes = new int[SLOTS];
    private int used;
    /// Copies of this total length and above are known to be too big for some device.
    private int tooBigFrom = Integer.MAX_VALUE;
    private long tooBigUntilNs;

    /// @param arena lives as long as this
    /// @param output takes copies with their own IP header
    /// @param fragmenting takes, from the same batch, what was too big for `output`
    public FanOut(Arena arena, CopyOutput output, CopyOutput fragmenting, NanoClock clock) {
        this.output = output;
        this.fragmenting = fragmenting;
        this.clock = clock;
        batch = new SendBatch(arena, SLOTS, HEADER_BYTES);
        java.util.Arrays.fill(counters, new ReplicationCounters());
    }

    /// Adds the copies of one datagram for all members of the route. The payload must stay where it is until [#flush()].
    ///
    /// @param ip and `udp` have passed their checks
    /// @param segment what they are wrapped over; native memory
    /// @param payloadSum the payload's [InternetChecksum#sum]
    /// @param checksummed false when the datagram came without a UDP checksum
    public void copy(CompiledRoute route, Ipv4Header ip, UdpHeader udp, MemorySegment segment, int payloadSum,
            boolean checksummed) {
        copy(route, NO_LIST, route.size(), ip.source(), udp.sourcePort(), udp.destinationPort(),
                route.typeOfService(ip.typeOfService()), udp.length(), segment, udp.payloadOffset(), payloadSum,
                checksummed);
    }

    /// As [#copy(CompiledRoute, Ipv4Header, UdpHeader, MemorySegment, int, boolean)], for the members listed.
    ///
    /// @param members their numbers in the route; empty for all of the route's first `count`
    /// @param count how many of the list
    /// @param destinationPort of the datagram, for members that keep it
    /// @param udpLength header and payload
    /// @param payloadOffset where the payload begins in the segment
    public void copy(CompiledRoute route, int[] members, int count, int source, int sourcePort, int destinationPort,
            int typeOfService, int udpLength, MemorySegment segment, long payloadOffset, int payloadSum,
            boolean checksummed) {
        int payloadLength = udpLength - UdpHeader.LENGTH;
        long first = (long) (VERSION_4_IHL_5 | typeOfService << 16 | Ipv4Header.MINIMUM_LENGTH + udpLength) << 32;
        long sourceWord = source & 0xFFFFFFFFL;
        long sourcePortWord = (long) sourcePort << 16;
        int sum = InternetChecksum.addressSum(source) + UdpChecksum.PROTOCOL + 2 * udpLength + sourcePort + payloadSum;
        boolean listed = members.length != 0;
        int slot = used;
        for (int i = 0; i < count; i++) {
            int member = listed ? members[i] : i;
            int address = route.address(member);
            int port = route.port(member);
            if (port == Rewrite.KEEP_PORT) {
                port = destinationPort;
            }
            int checksum = checksummed
                    ? UdpChecksum.finish(sum + InternetChecksum.addressSum(address) + port)
                    : 0;
            put(slot, first, route.ttl(member), sourceWord, address, sourcePortWord | port, udpLength << 16 | checksum);
            batch.payload(slot, segment, payloadOffset, payloadLength);
            counters[slot] = route.replicationCounters(member);
            payloadBytes[slot] = payloadLength;
            if (++slot == SLOTS) {
                used = slot;
                flush();
                slot = 0;
            }
        }
        used = slot;
    }

    /// One copy for one member.
    ///
    /// @param copyCounters the member's
    /// @param destinationPort the copy's
    public void copy(ReplicationCounters copyCounters, int destination, int destinationPort, int ttl, int source,
            int sourcePort, int typeOfService, int udpLength, MemorySegment segment, long payloadOffset, int payloadSum,
            boolean checksummed) {
        int slot = used;
        int sum = InternetChecksum.addressSum(source) + UdpChecksum.PROTOCOL + 2 * udpLength + sourcePort + payloadSum
                + InternetChecksum.addressSum(destination) + destinationPort;
        put(slot, (long) (VERSION_4_IHL_5 | typeOfService << 16 | Ipv4Header.MINIMUM_LENGTH + udpLength) << 32, ttl,
                source & 0xFFFFFFFFL, destination, (long) sourcePort << 16 | destinationPort,
                udpLength << 16 | (checksummed ? UdpChecksum.finish(sum) : 0));
        batch.payload(slot, segment, payloadOffset, udpLength - UdpHeader.LENGTH);
        counters[slot] = copyCounters;
        payloadBytes[slot] = udpLength - UdpHeader.LENGTH;
        used = slot + 1;
        if (used == SLOTS) {
            flush();
        }
    }

    /// Writes a copy's headers and destination.
    private void put(int slot, long first, int ttl, long sourceWord, int destination, long portsWord, int lastWord) {
        batch.header(slot, first, (long) (ttl << 24 | PROTOCOL_UDP) << 32 | sourceWord,
                (long) destination << 32 | portsWord, lastWord);
        batch.destination(slot, destination, 0);
    }

    /// Sends what has gathered, in order.
    public void flush() {
        int end = used;
        used = 0;
        if (tooBigFrom != Integer.MAX_VALUE) {
            flushMixed(end);
            return;
        }
        int slot = 0;
        while (slot < end) {
            int taken = output.send(batch, slot, end - slot);
            if (taken > 0) {
                slot = sent(slot, taken);
            } else {
                onError(slot++, -taken);
            }
        }
    }

    /// With some copies known to be too big: runs of others leave together, those one by one, so that no order changes.
    private void flushMixed(int end) {
        if (clock.nowNs() - tooBigUntilNs >= 0) {
            tooBigFrom = Integer.MAX_VALUE;
        }
        int slot = 0;
        while (slot < end) {
            if (isTooBig(slot)) {
                fragment(slot++);
                continue;
            }
            int run = slot + 1;
            while (run < end && !isTooBig(run)) {
                run++;
            }
            int taken = output.send(batch, slot, run - slot);
            if (taken > 0) {
                slot = sent(slot, taken);
            } else {
                onError(slot++, -taken);
            }
        }
    }

    private boolean isTooBig(int slot) {
        return payloadBytes[slot] + HEADER_BYTES >= tooBigFrom;
    }

    private int sent(int first, int taken) {
        int end = first + taken;
        for (int slot = first; slot < end; slot++) {
            counters[slot].sent(payloadBytes[slot]);
        }
        return end;
    }

    private void onError(int slot, int errno) {
        if (errno != Errno.EMSGSIZE) {
            counters[slot].failed(SendErrors.kind(errno), System.currentTimeMillis());
            return;
        }
        tooBigFrom = Math.min(tooBigFrom, payloadBytes[slot] + HEADER_BYTES);
        tooBigUntilNs = clock.nowNs() + TOO_BIG_MEMORY_NS;
        fragment(slot);
    }

    private void fragment(int slot) {
        int taken = fragmenting.send(batch, slot, 1);
        if (taken > 0) {
            sent(slot, 1);
        } else {
            counters[slot].failed(SendErrors.kind(-taken), System.currentTimeMillis());
        }
    }
}
