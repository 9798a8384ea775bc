package io.nubicast.dataplane.portable;

import io.nubicast.forwarding.PlaneUnavailable;
import io.nubicast.forwarding.ReplicationCounters;
import io.nubicast.forwarding.SendError;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;

/// Sends copies to members, from a few channels. A neighbour that does not answer ARP keeps its datagrams in the channel's send
/// buffer: members are spread over the channels, so that it fills the buffer of a few others at worst, and of none in groups of
/// up to [#CHANNELS] members.
final class MemberOutput implements AutoCloseable {
    static final int CHANNELS = 32;
    private static final int SEND_BUFFER_BYTES = 4 << 20;
    /// A failing send costs an exception. A member to which nothing can be sent is left alone for so long, each copy counted as failed, so
    /// that it does not slow the others down.
    private static final long HOLD_NS = 50_000_000L;
    private static final long STAMP_EVERY_MILLIS = 1_000;

    private final DatagramChannel[] channels = new DatagramChannel[CHANNELS];
    /// By channel: what it sets now.
    private final int[] typesOfService = new int[CHANNELS];

    /// One member of one route.
    static final class Member {
        private final InetSocketAddress target;
        private final ReplicationCounters counters;
        private final int channel;
        private final int typeOfService;
        private SendError heldFor = SendError.OTHER;
        private long heldUntilNs;
        private boolean held;
        private long stampedMillis;

        /// @param typeOfService of its copies
        Member(InetSocketAddress target, ReplicationCounters counters, int typeOfService) {
            this.target = target;
            this.counters = counters;
            this.typeOfService = typeOfService;
            this.channel = Math.floorMod(target.getAddress().hashCode(), CHANNELS);
        }
    }

    MemberOutput() throws PlaneUnavailable {
        try {
            for (int i = 0; i < CHANNELS; i++) {
                channels[i] = DatagramChannel.open(StandardProtocolFamily.INET);
                channels[i].setOption(StandardSocketOptions.SO_SNDBUF, SEND_BUFFER_BYTES);
                channels[i].configureBlocking(false);
            }
        } catch (IOException e) {
            close();
            throw new PlaneUnavailable("cannot open a UDP socket: " + e.getMessage(), e);
        }
    }

    /// Sends what is between position and limit, which it leaves as they were.
    void send(ByteBuffer payload, Member member, long nowNs) {
        if (member.held && nowNs - member.heldUntilNs < 0) {
            failed(member, member.heldFor);
            return;
        }
        member.held = false;
        int length = payload.remaining();
        try {
            if (member.typeOfService != typesOfService[member.channel]) {
                channels[member.channel].setOption(StandardSocketOptions.IP_TOS, member.typeOfService);
                typesOfService[member.channel] = member.typeOfService;
            }
            int sent = channels[member.channel].send(payload, member.target);
            if (sent < length || payload.hasRemaining()) {
                failed(member, SendError.BUFFER_FULL);
            } else {
                member.counters.sent(length);
            }
        } catch (IOException e) {
            SendError kind = SendErrors.kindOf(e);
            failed(member, kind);
            if (kind != SendError.BUFFER_FULL && kind != SendError.TOO_BIG) {
                member.held = true;
                member.heldFor = kind;
                member.heldUntilNs = nowNs + HOLD_NS;
            }
        }
        payload.position(payload.limit() - length);
    }

    private static void failed(Member member, SendError kind) {
        long nowMillis = System.currentTimeMillis();
        if (nowMillis - member.stampedMillis < STAMP_EVERY_MILLIS) {
            member.counters.failed(kind);
        } else {
            member.stampedMillis = nowMillis;
            member.counters.failed(kind, nowMillis);
        }
    }

    @Override
    public void close() {
        for (DatagramChannel channel : channels) {
            Channels.close(channel);
        }
    }
}
