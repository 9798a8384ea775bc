package io.nubicast.dataplane.packet;

import io.nubicast.dataplane.linux.Admission;
import io.nubicast.dataplane.linux.CaptureScope;
import io.nubicast.dataplane.linux.OwnAddresses;
import io.nubicast.dataplane.linux.PlaneEvents;
import io.nubicast.dataplane.packet.Handovers.Handover;
import io.nubicast.forwarding.CompiledRoute;
import io.nubicast.forwarding.DropCounters;
import io.nubicast.kernel.socket.FrameSocket;
import io.nubicast.wire.DropReason;
import io.nubicast.wire.InternetChecksum;
import io.nubicast.wire.Ipv4Header;
import io.nubicast.wire.UdpChecksum;
import io.nubicast.wire.UdpHeader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// What a worker does with the frames of one receive call, between the calls of the kernel: check, look up, limit, coalesce, copy.
/// Does no I/O of its own and reads no clock. One thread; allocates nothing a datagram.
final class PacketEngine {
    private static final int ETHERNET_BYTES = 14;
    /// What may stand before the IP header of a captured frame.
    static final int MOST_LINK_BYTES = FrameSocket.VNET_HEADER_BYTES + ETHERNET_BYTES;
    static final int ARPHRD_ETHER = 1;
    private static final int ARPHRD_LOOPBACK = 772;
    static final int PACKET_OUTGOING = 4;
    private static final int GSO_TYPE_MASK = 0x7F;
    private static final ValueLayout.OfByte U8 = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    /// What a frame says that a program in the kernel handed over: enum of server.c.
    private static final int WHOLE = 1;
    private static final int REST = 2;
    private static final int RETURNED = 3;
    private static final int FOREIGN = 4;
    private static final ValueLayout.OfInt NATIVE32 = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfShort NATIVE16 = ValueLayout.JAVA_SHORT_UNALIGNED;

    private final MemorySegment segment;
    /// Where the payloads of a run are laid one behind the other, for those of one batch.
    private final MemorySegment staging;
    private long staged;
    private final FrameFanOut frames;
    private final KernelPath rest;
    private final int burst;
    private final Admission admission;
    private final Ipv4Header ip;
    private final UdpHeader udp;
    private final Coalescer coalescer;
    private final Burst copied = new Burst();
    private final @Nullable KernelCopies kernel;
    /// By slot: what belongs to the generation of a frame that was handed over.
    private final @Nullable Handover[] handed;
    /// By slot: whether a program in the kernel could not take it as a burst.
    private final boolean[] returned;
    private final int[] groups;
    private final int worker;
    /// Those of the batch, to be told that they are done with.
    private final @Nullable Handover[] finished;
    private int finishedCount;
    private PacketTable table = PacketTable.EMPTY;
    private OwnAddresses own = OwnAddresses.NONE;
    private DeviceAddresses devices = DeviceAddresses.NONE;
    /// The device that was asked for last, and its address.
    private int lastDevice;
    private long lastAddress = -1;
    private @Nullable CompiledRoute lastRoute;
    private int lastBurstMtu;
    private int @Nullable [] lastPlaces;

    // By slot, of datagrams that were admitted.
    private final CompiledRoute[] routes;
    private final long[] payloads;
    private final int[] lengths;
    /// Payload bytes of each datagram of a frame that brought several, else 0.
    private final int[] cuts;
    private final int[] sources;
    /// Source port in the upper, destination port in the lower half.
    private final int[] ports;
    private final int[] tos;
    private final boolean[] checksummed;

    /// @param arena lives as long as this
    /// @param segment where captured frames are, native memory
    /// @param slots the most frames of a receive call
    /// @param burst the most datagrams of a frame that leaves
    PacketEngine(Arena arena, MemorySegment segment, int slots, FrameFanOut frames, KernelPath rest, int burst,
            PlaneEvents events) {
        this(arena, segment, slots, frames, rest, burst, new Admission(events), null, 0);
    }

    /// @param kernel whose frames may come, and which takes bursts; or null
    /// @param worker number of the worker, whose views of routes are counted in
    PacketEngine(Arena arena, MemorySegment segment, int slots, FrameFanOut frames, KernelPath rest, int burst,
            Admission admission, @Nullable KernelCopies kernel, int worker) {

        this.kernel = kernel;
        this.worker = worker;
        this.admission = admission;
        this.segment = segment;
        this.frames = frames;
        this.rest = rest;
        this.burst = burst;
        ip = admission.ip;
        udp = admission.udp;
        coalescer = new Coalescer(slots, burst);
        // What one receive call can bring at most; only what is used is ever backed by memory.
        staging = arena.allocate((long) slots * 65_536, 64);
        long stagingAddress = staging.address();
        frames.payloadsIn(address -> address >= stagingAddress && address - stagingAddress < staging.byteSize()
                ? staging
                : segment);
        routes = new CompiledRoute[slots];
        payloads = new long[slots];
        lengths = new int[slots];
        cuts = new int[slots];
        sources = new int[slots];
        ports = new int[slots];
        tos = new int[slots];
        checksummed = new boolean[slots];
        handed = new Handover[slots];
        returned = new boolean[slots];
        groups = new int[slots];
        finished = new Handover[slots];
    }

    /// What was dropped before a route was found.
    DropCounters drops() {
        return admission.drops();
    }

    /// Frames of a new receive call follow, to be handled by this.
    void begin(PacketTable newTable, OwnAddresses newOwn, DeviceAddresses newDevices) {
        table = newTable;
        own = newOwn;
        devices = newDevices;
        lastDevice = 0;
        lastAddress = -1;
        lastRoute = null;
        coalescer.clear();
        staged = 0;
    }

    /// Sends what the receive call brought.
    void end() {
        int runs = coalescer.runs();
        for (int run = 0; run < runs; run++) {
            copy(run);
        }
        frames.flush();
        rest.flush();
        KernelCopies of = kernel;
        for (int at = 0; at < finishedCount; at++) {
            Handover each = finished[at];
            if (of != null && each != null) {
                of.handovers().done(each);
            }
            finished[at] = null;
        }
        finishedCount = 0;
    }

    /// Takes a captured frame.
    ///
    /// @param slot its number in this receive call
    /// @param frame where it is, from the virtio_net_hdr on
    /// @param bytes its length
    /// @param device index of the interface where it was seen
    /// @param deviceType of that interface, an ARPHRD_ number
    /// @param packetType what the device thinks of it, [#PACKET_OUTGOING] when this host sent it
    void add(int slot, long frame, int bytes, int device, int deviceType, int packetType, long nowNs) {
        int length = bytes - FrameSocket.VNET_HEADER_BYTES;
        if (length <= CaptureScope.MOST_VERDICT_BYTES) {
            admission.drops().add(CaptureScope.verdict(length));
            return;
        }
        handed[slot] = null;
        returned[slot] = false;
        if (kernel != null && device == kernel.device()) {
            addHandedOver(slot, kernel.handovers(), frame, length, nowNs);
            return;
        }
        boolean ethernet = deviceType == ARPHRD_ETHER || deviceType == ARPHRD_LOOPBACK;
        long link = frame + FrameSocket.VNET_HEADER_BYTES;
        if (deviceType == ARPHRD_ETHER && packetType == PACKET_OUTGOING && length >= ETHERNET_BYTES
                && isForeign(device, link + 6)) {
            admission.drops().add(DropReason.UPPER_DEVICE);
            return;
        }
        int linkBytes = ethernet ? ETHERNET_BYTES : 0;
        CompiledRoute route = admission.route(table.index(), segment, link + linkBytes, length - linkBytes,
                nowNs);
        if (route != null && isIntact(route, frame)
                && (packetType == PACKET_OUTGOING || !admission.goesRound(route, own, segment, nowNs))) {
            admit(slot, route, frame, true, nowNs);
        }
    }

    /// Takes a frame that a program in the kernel handed over: its Ethernet addresses say why.
    private void addHandedOver(int slot, Handovers known, long frame, int length, long nowNs) {
        long link = frame + FrameSocket.VNET_HEADER_BYTES;
        if (length < ETHERNET_BYTES) {
            admission.drops().add(DropReason.TOO_SHORT);
            return;
        }
        int kind = segment.get(U8, link + 1);
        int generation = segment.get(NATIVE32, link + 2);
        Handover handover = generation == 0 ? null : known.of(generation);
        if (handover != null) {
            finished[finishedCount++] = handover;
        }
        CompiledRoute route;
        switch (kind) {
            case WHOLE, RETURNED -> {
                returned[slot] = kind == RETURNED;
                route = admission.route(table.index(), segment, link + ETHERNET_BYTES, length - ETHERNET_BYTES, nowNs);
            }
            case REST -> {
                boolean good = admission.check(segment, link + ETHERNET_BYTES, length - ETHERNET_BYTES, nowNs);
                route = good && handover != null ? handover.route().forWorker(worker) : null;
                if (good && handover == null) {
                    admission.drops().add(DropReason.NO_ROUTE);
                }
                handed[slot] = handover;
            }
            case FOREIGN -> {
                admission.drops().add(DropReason.UPPER_DEVICE);
                return;
            }
            default -> {
                return;
            }
        }
        if (route != null && (kind == REST || isIntact(route, frame))) {
            admit(slot, route, frame, kind == WHOLE, nowNs);
        }
    }

    /// Whether the checksum is right, or left to the kernel, or none; else the drop has been counted.
    private boolean isIntact(CompiledRoute route, long frame) {
        int flags = segment.get(U8, frame);
        if ((flags & (FrameSocket.VNET_NEEDS_CHECKSUM | FrameSocket.VNET_CHECKSUM_VALID)) != 0 || udp.checksum() == 0) {
            return true;
        }
        int sum = InternetChecksum.sum(segment, udp.payloadOffset(), udp.payloadLength());
        if (UdpChecksum.judge(ip, udp, sum) == UdpChecksum.Verdict.WRONG) {
            route.counters().drops().add(DropReason.BAD_CHECKSUM);
            return false;
        }
        return true;
    }

    /// @param counted whether it is counted, and limited, as received
    private void admit(int slot, CompiledRoute route, long frame, boolean counted, long nowNs) {
        long addresses = ip.addresses();
        int flowPorts = udp.ports();
        int typeOfService = ip.typeOfService();
        int timeToLive = ip.timeToLive();
        int payloadLength = udp.payloadLength();
        int flags = segment.get(U8, frame);
        boolean unfinished = (flags & FrameSocket.VNET_NEEDS_CHECKSUM) != 0;
        boolean hasChecksum = unfinished || udp.checksum() != 0;
        int cut = cut(frame, payloadLength);
        int admitted = !counted
                ? payloadLength
                : cut == 0
                        ? admission.admits(route, payloadLength, nowNs) ? payloadLength : -1
                        : admitEach(route, payloadLength, cut, nowNs);
        if (admitted < 0) {
            return;
        }
        routes[slot] = route;
        payloads[slot] = udp.payloadOffset();
        lengths[slot] = admitted;
        cuts[slot] = cut;
        sources[slot] = (int) (addresses >>> 32);
        groups[slot] = (int) addresses;
        ports[slot] = flowPorts;
        tos[slot] = route.typeOfService(typeOfService);
        checksummed[slot] = hasChecksum;
        Handover of = handed[slot];
        int generation = of == null ? 0 : of.generation() << 16;
        coalescer.add(slot, addresses, flowPorts, generation | timeToLive << 8 | typeOfService, admitted,
                cut != 0 || !hasChecksum);
    }

    /// Whether the frame's source is not the device's own address: it came from a device above.
    private boolean isForeign(int device, long source) {
        if (device != lastDevice) {
            lastDevice = device;
            lastAddress = devices.addressOf(device);
        }
        return lastAddress >= 0 && lastAddress != ((segment.get(U32, source) & 0xFFFFFFFFL) << 16
                | segment.get(U16, source + 4) & 0xFFFFL);
    }

    /// Payload bytes of each datagram of a frame that brought several, the last may be shorter; 0 for one datagram.
    private int cut(long frame, int payloadLength) {
        if ((segment.get(U8, frame + 1) & GSO_TYPE_MASK) != FrameSocket.VNET_GSO_UDP) {
            return 0;
        }
        int cut = segment.get(NATIVE16, frame + 4) & 0xFFFF;
        return cut < payloadLength ? cut : 0;
    }

    /// Of a frame that brought several datagrams those from the first on that the rate limit lets in.
    ///
    /// @return the payload bytes of these, or -1 when there are none
    private int admitEach(CompiledRoute route, int payloadLength, int cut, long nowNs) {
        int admitted = 0;
        while (admitted < payloadLength) {
            int bytes = Math.min(cut, payloadLength - admitted);
            if (!admission.admits(route, bytes, nowNs)) {
                // What is behind it in the frame is beyond the limit as well: it cannot be cut out of the middle.
                int left = (payloadLength - admitted - 1) / cut;
                route.counters().drops().add(DropReason.RATE_LIMITED, left);
                return admitted == 0 ? -1 : admitted;
            }
            admitted += bytes;
        }
        return admitted;
    }

    /// Those of the table: of the route asked for last, which often is the next one's, without a look-up.
    private int @Nullable [] places(CompiledRoute route) {
        if (route != lastRoute) {
            lastRoute = route;
            lastBurstMtu = kernel == null ? 0 : kernel.burstMtu(route.route().match());
            lastPlaces = table.places(route);
        }
        return lastPlaces;
    }

    private void copy(int run) {
        int slot = coalescer.first(run);
        CompiledRoute route = routes[slot];
        Burst all = copied;
        all.source = sources[slot];
        all.sourcePort = ports[slot] >>> 16;
        all.destinationPort = ports[slot] & 0xFFFF;
        all.typeOfService = tos[slot];
        all.checksummed = checksummed[slot];
        if (cuts[slot] != 0) {
            copyCut(slot, route, all);
            return;
        }
        all.segmentBytes = coalescer.segmentBytes(run);
        all.totalBytes = coalescer.totalBytes(run);
        all.datagrams = coalescer.count(run);
        if (all.datagrams == 1) {
            all.segment = segment;
            all.offset = payloads[slot];
        } else {
            all.segment = staging;
            all.offset = staged;
            for (int each = slot; each >= 0; each = coalescer.next(each)) {
                MemorySegment.copy(segment, payloads[each], staging, staged, lengths[each]);
                staged += lengths[each];
            }
        }
        copy(slot, route, all);
    }

    private void copy(int slot, CompiledRoute route, Burst all) {
        Handover of = handed[slot];
        int[] places = places(route);
        if (of == null) {
            if (kernel != null && !returned[slot] && all.segmentBytes + FrameFanOut.HEADER_BYTES <= lastBurstMtu) {
                frames.copyInKernel(route, groups[slot], kernel.device(), all);
            } else if (places != null) {
                route.counters().burst();
                frames.copy(route, null, places, table.paths(), table.used(), all);
            }
        } else if (places != null) {
            frames.copy(route, of.rest(), places, table.paths(), table.used(), all);
        } else {
            // Of a route that was replaced meanwhile.
            rest.copy(route, of.rest(), of.rest().length, all);
        }
    }

    /// A frame that brought several datagrams leaves in as few as the limits allow.
    private void copyCut(int slot, CompiledRoute route, Burst all) {
        int cut = cuts[slot];
        // A checksum of 0 cannot be left to the device.
        int together = all.checksummed ? Math.clamp(Coalescer.MOST_RUN_BYTES / cut, 1, burst) : 1;
        int most = together * cut;
        all.segment = segment;
        for (int at = 0; at < lengths[slot]; at += most) {
            all.offset = payloads[slot] + at;
            all.totalBytes = Math.min(most, lengths[slot] - at);
            all.segmentBytes = Math.min(cut, all.totalBytes);
            all.datagrams = (all.totalBytes + cut - 1) / cut;
            copy(slot, route, all);
        }
    }
}
