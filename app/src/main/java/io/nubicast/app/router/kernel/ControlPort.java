package io.nubicast.app.router.kernel;

import io.nubicast.dataplane.linux.IgmpIntake;
import io.nubicast.kernel.socket.GroupMemberships;
import io.nubicast.kernel.socket.InternetSocket.PathMtuDiscovery;
import io.nubicast.kernel.socket.PacketSender;
import io.nubicast.kernel.socket.RawSocket;
import io.nubicast.kernel.socket.ReceiveBatch;
import io.nubicast.kernel.socket.SocketFilter;
import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.kernel.sys.Errno;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.router.iface.InterfaceAddress;
import io.nubicast.router.iface.RouterInterface;
import io.nubicast.router.port.Packet;
import io.nubicast.router.port.PacketPort;
import io.nubicast.wire.Address;
import io.nubicast.wire.Ipv4Header;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Carries the packets of IGMP and PIM between the kernel and the protocol cores.
///
/// PIM comes by a raw socket of its own ([#pim()], [#receive()]); IGMP by the plane that owns the multicast routing table, which
/// is given this port as its [IgmpIntake]. On the router's thread.
public final class ControlPort implements PacketPort, IgmpIntake, AutoCloseable {
    /// Where a packet to an address of this router arrived, when the router does not serve that interface: a Register, for one.
    public static final int OTHER_INTERFACE = -1;

    /// All routers, all PIM routers, all IGMPv3-capable routers: without a membership the kernel drops what is sent to them
    /// (IGMP-040).
    private static final List<Address> GROUPS =
            List.of(Address.ipv4("224.0.0.2"), Address.ipv4("224.0.0.13"), Address.ipv4("224.0.0.22"));

    private static final int SLOTS = 16;
    private static final int MOST_ROUNDS = 64;
    private static final int SLOT_BYTES = 65_536;
    private static final int CONTROL_BYTES = 64;
    private static final int BUFFER_BYTES = 4 << 20;
    private static final int OPTION_END = 0;
    private static final int OPTION_NONE = 1;
    private static final int OPTION_ROUTER_ALERT = 0x94;

    /// Takes what arrived.
    @FunctionalInterface
    public interface Receiver {
        /// A packet of [Packet#IGMP] or [Packet#PIM].
        ///
        /// @param interfaceId where it arrived, or [#OTHER_INTERFACE]
        void onPacket(int interfaceId, Packet packet);
    }

    private final RawSocket pim;
    private final RawSocket igmp;
    private final PacketSender pimSender;
    private final PacketSender igmpSender;
    private final Receiver receiver;
    private final GroupMemberships memberships = new GroupMemberships();
    private final ReceiveBatch batch = new ReceiveBatch(Arena.ofAuto(), SLOTS, SLOT_BYTES, CONTROL_BYTES, false);
    private final Ipv4Header ip = new Ipv4Header();
    /// Interface id → the kernel's index.
    private final Map<Integer, Integer> indexes = new HashMap<>();
    private final Map<Integer, Integer> ids = new HashMap<>();
    private final Map<Integer, List<InterfaceAddress>> addresses = new HashMap<>();
    private final Set<Integer> own = new HashSet<>();
    private final Map<ControlDrop, Long> drops = new EnumMap<>(ControlDrop.class);
    private final Map<String, Long> sendErrors = new TreeMap<>();

    private ControlPort(RawSocket pim, RawSocket igmp, Receiver receiver) {
        this.pim = pim;
        this.igmp = igmp;
        this.receiver = receiver;
        pimSender = new PacketSender(pim);
        igmpSender = new PacketSender(igmp);
    }

    /// Opens the sockets in the namespace of the calling thread.
    ///
    /// @throws SystemCallException EPERM without CAP_NET_RAW
    public static ControlPort open(Receiver receiver) throws SystemCallException {
        RawSocket pim = RawSocket.open(Packet.PIM);
        try {
            prepare(pim);
            pim.receivePacketInfo(true);
            pim.receiveBuffer(BUFFER_BYTES);
            RawSocket igmp = RawSocket.open(Packet.IGMP);
            try {
                igmp.attach(SocketFilter.DROP_ALL);
                prepare(igmp);
                return new ControlPort(pim, igmp, receiver);
            } catch (SystemCallException e) {
                igmp.close();
                throw e;
            }
        } catch (SystemCallException e) {
            pim.close();
            throw e;
        }
    }

    private static void prepare(RawSocket socket) throws SystemCallException {
        socket.multicastLoop(false);
        socket.sendBuffer(BUFFER_BYTES);
        // What is larger than the link is fragmented, here and on its way.
        socket.pathMtuDiscovery(PathMtuDiscovery.DONT);
    }

    // ---- interfaces

    /// Serves an interface from now on, or serves it as it is now.
    ///
    /// @param interfaceIndex the kernel's; above 0
    /// @throws SystemCallException when the groups of routers cannot be joined there: ENODEV when the device is gone
    public void onInterface(RouterInterface state, int interfaceIndex) throws SystemCallException {
        Integer before = indexes.get(state.id());
        if (before != null && before != interfaceIndex) {
            onInterfaceGone(state.id());
        }
        indexes.put(state.id(), interfaceIndex);
        ids.put(interfaceIndex, state.id());
        addresses.put(state.id(), state.addresses());
        collectOwn();
        for (Address group : GROUPS) {
            memberships.join(interfaceIndex, group.ipv4());
        }
    }

    /// Serves it no longer.
    public void onInterfaceGone(int interfaceId) {
        Integer index = indexes.remove(interfaceId);
        if (index != null) {
            ids.remove(index);
            memberships.leaveAll(index);
        }
        addresses.remove(interfaceId);
        collectOwn();
    }

    private void collectOwn() {
        own.clear();
        addresses.values().forEach(each -> each.forEach(address -> own.add(address.address().ipv4())));
    }

    // ---- receiving

    /// The socket that PIM is received by: when it is readable, [#receive()].
    public Descriptor pim() {
        return pim;
    }

    /// Hands PIM packets that have arrived to the receiver; never blocks. What is left makes the socket readable again.
    public void receive() {
        for (int round = 0; round < MOST_ROUNDS; round++) {
            int received = batch.receiveNow(pim);
            for (int slot = 0; slot < received; slot++) {
                take(batch.interfaceIndex(slot),
                        batch.segment().asSlice(batch.offset(slot), Math.min(batch.length(slot), SLOT_BYTES)));
            }
            if (received < SLOTS) {
                return;
            }
        }
    }

    /// An IGMP packet that the plane received.
    @Override
    public void onDatagram(int interfaceIndex, MemorySegment datagram) {
        take(interfaceIndex, datagram);
    }

    private void take(int interfaceIndex, MemorySegment datagram) {
        ip.wrap(datagram, 0);
        if (ip.check(datagram.byteSize()) != null) {
            drop(ControlDrop.MALFORMED);
            return;
        }
        if (own.contains(ip.source())) {
            drop(ControlDrop.OWN_SOURCE);
            return;
        }
        int id = ids.getOrDefault(interfaceIndex, OTHER_INTERFACE);
        Address destination = Address.ofIpv4(ip.destination());
        if (id == OTHER_INTERFACE && destination.isMulticast()) {
            drop(ControlDrop.OTHER_INTERFACE);
            return;
        }
        int headerLength = ip.headerLength();
        byte[] payload = datagram.asSlice(headerLength, ip.totalLength() - headerLength).toArray(ValueLayout.JAVA_BYTE);
        receiver.onPacket(id, new Packet(Address.ofIpv4(ip.source()), destination, ip.protocol(), ip.timeToLive(),
                ip.typeOfService(), hasRouterAlert(datagram, headerLength), MemorySegment.ofArray(payload)));
    }

    private static boolean hasRouterAlert(MemorySegment datagram, int headerLength) {
        int at = Ipv4Header.MINIMUM_LENGTH;
        while (at < headerLength) {
            int option = datagram.get(ValueLayout.JAVA_BYTE, at) & 0xFF;
            if (option == OPTION_ROUTER_ALERT) {
                return true;
            }
            if (option == OPTION_END) {
                return false;
            }
            if (option == OPTION_NONE) {
                at++;
            } else {
                int length = at + 1 < headerLength ? datagram.get(ValueLayout.JAVA_BYTE, at + 1) & 0xFF : 0;
                if (length < 2) {
                    return false;
                }
                at += length;
            }
        }
        return false;
    }

    private void drop(ControlDrop reason) {
        drops.merge(reason, 1L, Long::sum);
    }

    // ---- sending

    @Override
    public void send(int interfaceId, Packet packet) {
        Integer index = indexes.get(interfaceId);
        if (index == null) {
            sendErrors.merge("the interface is not there", 1L, Long::sum);
        } else {
            send(packet, index);
        }
    }

    @Override
    public void sendRouted(Packet packet) {
        send(packet, 0);
    }

    private void send(Packet packet, int index) {
        PacketSender sender = packet.protocol() == Packet.IGMP ? igmpSender : pimSender;
        int result = sender.send(index, packet.source().ipv4(), packet.destination().ipv4(), packet.ttl(),
                packet.typeOfService(), packet.routerAlert() ? PacketSender.ROUTER_ALERT : PacketSender.NO_OPTION,
                packet.payload());
        if (result < 0) {
            sendErrors.merge(Errno.name(-result), 1L, Long::sum);
        }
    }

    // ---- counters

    /// Packets that were not given to a protocol, by reason.
    public Map<ControlDrop, Long> drops() {
        Map<ControlDrop, Long> all = new EnumMap<>(ControlDrop.class);
        Arrays.stream(ControlDrop.values()).forEach(reason -> all.put(reason, drops.getOrDefault(reason, 0L)));
        return all;
    }

    /// PIM packets that the kernel's receive buffer had no room for.
    public long lost() {
        return Math.max(0, pim.receiveOverflow());
    }

    /// Packets that could not be sent, by what the kernel said.
    public Map<String, Long> sendErrors() {
        return Map.copyOf(sendErrors);
    }

    @Override
    public void close() {
        memberships.close();
        igmp.close();
        pim.close();
    }
}
