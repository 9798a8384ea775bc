package io.nubicast.dataplane.forwarder;

import io.nubicast.dataplane.packet.LongIndex;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Packets that wait for a route (MFC-004, FWD-001): of each source and group up to 64, for a second. For ten seconds the router is
/// not asked again. Everything is allocated by the constructor. Guarded by the plane's lock.
final class MissQueue {
    private static final int FLOWS = 256;
    private static final int PACKETS_A_FLOW = 64;
    private static final int PACKETS = 2_048;
    private static final int PACKET_BYTES = 2_048;
    private static final long KEEP_NS = 1_000_000_000L;
    private static final long ASK_AGAIN_NS = 10_000_000_000L;

    /// Takes a packet that has waited.
    interface Taker {
        /// Takes one.
        ///
        /// @param virtioAt where its virtio_net_hdr is, made for frames without a link header; the packet follows it
        void take(Port port, MemorySegment segment, long virtioAt, int length);
    }

    private static final class Flow {
        long key;
        boolean used;
        Port port;
        long sinceNs;
        int count;
        final int[] packets = new int[PACKETS_A_FLOW];

        Flow(Port port) {
            this.port = port;
        }
    }

    private final LongIndex index = new LongIndex();
    private final Flow[] flows = new Flow[FLOWS];
    private final MemorySegment pool;
    private final int[] lengths = new int[PACKETS];
    private final int[] free = new int[PACKETS];
    private int freeCount = PACKETS;
    private long dropped;

    MissQueue(Arena arena, Port nowhere) {
        pool = arena.allocate((long) PACKETS * PACKET_BYTES, 64);
        for (int i = 0; i < FLOWS; i++) {
            flows[i] = new Flow(nowhere);
        }
        for (int i = 0; i < PACKETS; i++) {
            free[i] = i;
        }
    }

    /// Whether the router has been asked about that flow lately.
    boolean isKnown(long key) {
        return index.get(key) != LongIndex.NONE;
    }

    /// Begins to keep a flow's packets.
    ///
    /// @return false when there are too many flows
    boolean begin(long key, Port port, long nowNs) {
        for (int place = 0; place < FLOWS; place++) {
            Flow flow = flows[place];
            if (!flow.used) {
                flow.used = true;
                flow.key = key;
                flow.port = port;
                flow.sinceNs = nowNs;
                flow.count = 0;
                index.put(key, place);
                return true;
            }
        }
        return false;
    }

    /// Keeps a packet of a flow that is known, if there is room.
    void add(long key, MemorySegment segment, long ipAt, int length, MemorySegment virtio, long virtioAt, int linkBytes,
            long nowNs) {
        Flow flow = flows[index.get(key)];
        if (flow.count == PACKETS_A_FLOW || freeCount == 0 || length + Virtio.BYTES > PACKET_BYTES
                || nowNs - flow.sinceNs > KEEP_NS) {
            dropped++;
            return;
        }
        int packet = free[--freeCount];
        long at = (long) packet * PACKET_BYTES;
        Virtio.copy(virtio, virtioAt, linkBytes, pool, at, 0);
        MemorySegment.copy(segment, ipAt, pool, at + Virtio.BYTES, length);
        lengths[packet] = length;
        flow.packets[flow.count++] = packet;
    }

    /// Hands over what waits of that flow, in order, and forgets it.
    void release(long key, Taker taker) {
        int place = index.get(key);
        if (place == LongIndex.NONE) {
            return;
        }
        Flow flow = flows[place];
        for (int i = 0; i < flow.count; i++) {
            int packet = flow.packets[i];
            taker.take(flow.port, pool, (long) packet * PACKET_BYTES, lengths[packet]);
        }
        giveBack(flow);
        forget(flow);
    }

    /// As [#release(long, Taker)] for all flows of a group.
    void releaseGroup(int group, Taker taker) {
        for (Flow flow : flows) {
            if (flow.used && (int) flow.key == group) {
                release(flow.key, taker);
            }
        }
    }

    /// Drops what has waited too long.
    void expire(long nowNs) {
        for (Flow flow : flows) {
            if (flow.used && nowNs - flow.sinceNs > KEEP_NS) {
                dropped += flow.count;
                giveBack(flow);
                if (nowNs - flow.sinceNs > ASK_AGAIN_NS) {
                    forget(flow);
                }
            }
        }
    }

    private void giveBack(Flow flow) {
        for (int i = 0; i < flow.count; i++) {
            free[freeCount++] = flow.packets[i];
        }
        flow.count = 0;
    }

    private void forget(Flow flow) {
        index.remove(flow.key);
        flow.used = false;
    }

    /// Packets that no route came for in time, or that there was no room for.
    long dropped() {
        return dropped;
    }
}
