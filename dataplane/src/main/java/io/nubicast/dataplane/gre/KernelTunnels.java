package io.nubicast.dataplane.gre;

import io.nubicast.dataplane.ebpf.KernelPrograms;
import io.nubicast.forwarding.PlaneUnavailable;
import io.nubicast.kernel.bpf.Attachment;
import io.nubicast.kernel.bpf.BpfCollection;
import io.nubicast.kernel.bpf.BpfLink;
import io.nubicast.kernel.bpf.BpfMap;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.wire.Ipv4Header;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The programs of `gre.c` and their maps: tunnels that have an entry there are carried in the kernel, but for what the programs leave
/// to user space. An entry comes and goes at once, so no packet is lost by it. One thread.
final class KernelTunnels implements AutoCloseable {
    /// struct tunnel
    static final int TUNNEL_BYTES = 32;
    /// struct endpoint
    static final int ENDPOINT_BYTES = 16;
    /// struct arrival
    static final int ARRIVAL_BYTES = 8;
    /// struct count
    static final int COUNT_BYTES = 48;

    private static final String OWNER = "nubicast-gre";
    private static final int KEYED = 1;
    private static final int FIXED_TOS = 2;
    private static final int COPY_DONT_FRAGMENT = 4;
    private static final int FIXED_SOURCE_PORT = 8;
    private static final ValueLayout.OfInt BE32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfShort BE16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfByte U8 = ValueLayout.JAVA_BYTE;

    /// What the kernel counted of a tunnel.
    record Counts(long packetsIn, long bytesIn, long multicastsIn, long packetsOut, long bytesOut,
            long multicastsOut) {
        static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0);
    }

    /// A tunnel's place here.
    private static final class Place {
        final int index;
        final Attachment egress;
        byte[] out = {};
        byte[] endpoint = {};
        int underlay;

        Place(int index, Attachment egress) {
            this.index = index;
            this.egress = egress;
        }
    }

    private final Arena arena = Arena.ofConfined();
    private final BpfCollection loaded;
    private final BpfMap tunnels;
    private final BpfMap arrivals;
    private final BpfMap counters;
    private final MemorySegment all;
    private final Map<Tunnel, Place> places = new HashMap<>();
    private final Map<Integer, Attachment> ingress = new HashMap<>();
    private final Deque<Integer> free = new ArrayDeque<>();
    private int used;

    private KernelTunnels(BpfCollection loaded) {
        this.loaded = loaded;
        tunnels = loaded.map("tunnels");
        arrivals = loaded.map("arrivals");
        counters = loaded.map("counters");
        all = arena.allocate(counters.valueBytes(), 8);
    }

    /// Loads them; they do nothing yet.
    static KernelTunnels load() throws PlaneUnavailable {
        return new KernelTunnels(KernelPrograms.load(BpfCollection.of(KernelPrograms.object("gre.o"))));
    }

    /// Why the programs cannot carry a tunnel that is up; empty when they can.
    static Optional<String> obstacle(TunnelConfig config, Underlay.Hop hop) {
        if (config.carrier() == TunnelConfig.Carrier.USER_SPACE) {
            return Optional.of("configured so");
        }
        if (config.checksummed() || config.mode() instanceof TunnelConfig.Mode.Udp udp && udp.checksummed()) {
            return Optional.of("checksums are computed in user space");
        }
        if (config.sequenced()) {
            return Optional.of("sequence numbers are kept in user space");
        }
        if (config.mode() instanceof TunnelConfig.Mode.Udp udp && udp.learnPeer()) {
            return Optional.of("the peer's port is learned in user space");
        }
        return hop.ethernet() ? Optional.empty() : Optional.of("the interface " + hop.name() + " is no Ethernet");
    }

    /// The kernel carries the tunnel from now on, by this path.
    ///
    /// @throws IOException when it cannot: user space carries it
    void carry(Tunnel tunnel, TunnelPath path, Underlay.Hop hop) throws IOException {
        Place place = places.get(tunnel);
        if (place == null) {
            place = new Place(free.isEmpty() ? used : free.pop(), Attachment.attach(loaded.program("tcx/egress"),
                    new Attachment.Place(tunnel.interfaceIndex(), BpfLink.Direction.EGRESS, OWNER)));
            used = Math.max(used, place.index + 1);
            places.put(tunnel, place);
            try (Arena scratch = Arena.ofConfined()) {
                counters.put(scratch.allocateFrom(U32, place.index), scratch.allocate(counters.valueBytes(), 8));
            }
        }
        if (!ingress.containsKey(hop.device())) {
            ingress.put(hop.device(), Attachment.attach(loaded.program("tcx/ingress"),
                    new Attachment.Place(hop.device(), BpfLink.Direction.INGRESS, OWNER)));
        }
        place.underlay = hop.device();
        byte[] endpoint = endpoint(path);
        if (!java.util.Arrays.equals(endpoint, place.endpoint)) {
            removeArrival(place);
            try (Arena scratch = Arena.ofConfined()) {
                MemorySegment arrival = scratch.allocate(ARRIVAL_BYTES, 8);
                arrival.set(U32, 0, tunnel.interfaceIndex());
                arrival.set(U32, 4, place.index);
                arrivals.put(copy(scratch, endpoint), arrival);
            }
            place.endpoint = endpoint;
        }
        byte[] out = out(path, hop, place.index);
        if (!java.util.Arrays.equals(out, place.out)) {
            try (Arena scratch = Arena.ofConfined()) {
                tunnels.put(scratch.allocateFrom(U32, tunnel.interfaceIndex()), copy(scratch, out));
            }
            place.out = out;
        }
        detachUnused();
    }

    /// User space carries the tunnel from now on; what was counted stays.
    void leave(Tunnel tunnel) throws SystemCallException {
        Place place = places.get(tunnel);
        if (place == null || place.out.length == 0 && place.endpoint.length == 0) {
            return;
        }
        try (Arena scratch = Arena.ofConfined()) {
            boolean ignored = tunnels.remove(scratch.allocateFrom(U32, tunnel.interfaceIndex()));
        }
        place.out = new byte[0];
        removeArrival(place);
        place.underlay = 0;
        detachUnused();
    }

    /// The tunnel is about to go.
    void forget(Tunnel tunnel) throws SystemCallException {
        leave(tunnel);
        Place place = places.remove(tunnel);
        if (place != null) {
            place.egress.close();
            free.push(place.index);
        }
    }

    private void removeArrival(Place place) throws SystemCallException {
        if (place.endpoint.length > 0) {
            try (Arena scratch = Arena.ofConfined()) {
                boolean ignored = arrivals.remove(copy(scratch, place.endpoint));
            }
            place.endpoint = new byte[0];
        }
    }

    private void detachUnused() {
        Set<Integer> wanted = new HashSet<>();
        places.values().forEach(place -> wanted.add(place.underlay));
        ingress.entrySet().removeIf(each -> {
            if (wanted.contains(each.getKey())) {
                return false;
            }
            each.getValue().close();
            return true;
        });
    }

    private static MemorySegment copy(Arena arena, byte[] bytes) {
        return arena.allocate(bytes.length, 8).copyFrom(MemorySegment.ofArray(bytes));
    }

    /// struct endpoint
    private static byte[] endpoint(TunnelPath path) {
        MemorySegment to = MemorySegment.ofArray(new byte[ENDPOINT_BYTES]);
        to.set(BE32, 0, path.source);
        to.set(BE32, 4, path.destination);
        to.set(BE32, 8, path.key);
        to.set(BE16, 12, (short) path.udpPort);
        to.set(U16, 14, (short) (path.keyed() ? 1 : 0));
        return to.toArray(U8);
    }

    /// struct tunnel
    private static byte[] out(TunnelPath path, Underlay.Hop hop, int index) {
        MemorySegment to = MemorySegment.ofArray(new byte[TUNNEL_BYTES]);
        to.set(BE32, 0, path.source);
        to.set(BE32, 4, path.destination);
        to.set(U32, 8, hop.device());
        to.set(BE32, 12, path.key);
        to.set(U32, 16, (path.keyed() ? KEYED : 0) | (path.typeOfService >= 0 ? FIXED_TOS : 0)
                | (path.pathMtuDiscovery ? COPY_DONT_FRAGMENT : 0)
                | (path.udpFixedSourcePort ? FIXED_SOURCE_PORT : 0));
        to.set(U16, 20, (short) Math.max(Ipv4Header.MINIMUM_LENGTH, path.ipMtu));
        to.set(BE16, 22, (short) path.udpPort);
        to.set(U8, 24, (byte) path.timeToLive);
        to.set(U8, 25, (byte) Math.max(0, path.typeOfService));
        to.set(U32, 28, index);
        return to.toArray(U8);
    }

    /// What was counted since the tunnel came.
    Counts counts(Tunnel tunnel) {
        @Nullable
        Place place = places.get(tunnel);
        if (place == null) {
            return Counts.NONE;
        }
        long[] sums = new long[COUNT_BYTES / Long.BYTES];
        try (Arena scratch = Arena.ofConfined()) {
            if (!counters.sum(scratch.allocateFrom(U32, place.index), all, sums)) {
                return Counts.NONE;
            }
        } catch (SystemCallException e) {
            return Counts.NONE;
        }
        return new Counts(sums[0], sums[1], sums[2], sums[3], sums[4], sums[5]);
    }

    @Override
    public void close() {
        places.values().forEach(place -> place.egress.close());
        ingress.values().forEach(Attachment::close);
        loaded.close();
        arena.close();
    }
}
