package io.nubicast.dataplane.linux;

import io.nubicast.kernel.socket.SocketFilter;
import io.nubicast.kernel.socket.SocketFilter.Ancillary;
import io.nubicast.kernel.socket.SocketFilter.Assembler;
import io.nubicast.wire.DropReason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What is captured where: the groups of each interface. A value, made by the control thread, and the programs made of it.
///
/// @param groups by interface index; sets are sorted, none is empty
public record CaptureScope(Map<Integer, Set<Integer>> groups) {
    public static final CaptureScope NOTHING = new CaptureScope(Map.of());

    /// SO_MARK of what a proxy client of this host restores: "nubi".
    public static final int RESTORE_MARK = 0x6E756269;
    /// The filter cuts to this length what came back from the wire with a source of our own. A whole datagram of 20 bytes says so
    /// in its header, a cut one says more.
    public static final int OWN_SOURCE_BYTES = 20;
    /// And to this what a proxy client of this host restored: the addresses and ports of the flow are in it. No whole datagram is
    /// so short.
    public static final int RESTORED_BYTES = 24;

    /// No frame that arrives whole is so short: [#verdict(int)].
    public static final int MOST_VERDICT_BYTES = 2;
    private static final int OWN_SOURCE_VERDICT = 1;
    private static final int RESTORED_VERDICT = 2;

    private static final int PACKET_MULTICAST = 2;
    private static final int PACKET_OUTGOING = 4;
    private static final int PACKET_LOOPBACK = 5;
    private static final int SOURCE_ADDRESS = 12;
    private static final int DESTINATION_ADDRESS = 16;
    private static final int PROTOCOL = 9;
    private static final int UDP = 17;
    private static final int FRAGMENT = 6;
    private static final int MORE_FRAGMENTS_AND_OFFSET = 0x3FFF;
    private static final int ETHERTYPE_IPV4 = 0x0800;
    private static final int ARPHRD_ETHER = 1;
    private static final int ETHERNET_BYTES = 14;
    private static final int ETHERTYPE_IPV4_VERSION = 0x40;
    /// Groups and addresses in one program; what has more is filtered by 224/4 and the rest in user space.
    private static final int MOST_VALUES = 2_000;

    public CaptureScope {
        Map<Integer, Set<Integer>> sorted = new TreeMap<>();
        groups.forEach((index, set) -> {
            if (!set.isEmpty()) {
                sorted.put(index, new TreeSet<>(set));
            }
        });
        groups = sorted;
    }

    /// Everything that is in either.
    CaptureScope with(CaptureScope other) {
        Map<Integer, Set<Integer>> both = new TreeMap<>();
        groups.forEach((index, set) -> both.put(index, new TreeSet<>(set)));
        other.groups.forEach((index, set) -> both.computeIfAbsent(index, i -> new TreeSet<>()).addAll(set));
        return new CaptureScope(both);
    }

    boolean contains(int interfaceIndex, int group) {
        Set<Integer> set = groups.get(interfaceIndex);
        return set != null && set.contains(group);
    }

    /// Otherwise it is a broadcast address, which nobody joins.
    static boolean isMulticast(int group) {
        return group >>> 28 == 0xE;
    }

    /// For the capturing raw socket, where offset 0 is the IP header: multicast of these groups on these interfaces that was
    /// not restored here, sent by an application of this host (PACKET_LOOPBACK) or by another host.
    ///
    /// @param exact false: any group, for kernels that do not take the long program
    public SocketFilter captureFilter(int[] ownAddresses, boolean exact) {
        Assembler program = new Assembler();
        int taken = program.label();
        int ownSource = program.label();
        int restored = program.label();
        int accept = program.label();
        int drop = program.label();
        destination(program, exact, DESTINATION_ADDRESS, taken, drop);
        program.place(taken);
        program.load(Ancillary.MARK).ifEqual(RESTORE_MARK, restored);
        program.load(Ancillary.PKTTYPE).ifEqual(PACKET_LOOPBACK, accept);
        program.loadWord(SOURCE_ADDRESS).inSet(ownAddresses, ownSource, accept);
        program.place(ownSource).keep(OWN_SOURCE_BYTES);
        program.place(restored).keep(RESTORED_BYTES);
        program.place(accept).accept();
        program.place(drop).drop();
        return program.assemble();
    }

    /// Jumps to `taken` when the interface and the destination address at this offset are in scope.
    private void destination(Assembler program, boolean exact, int offset, int taken, int drop) {
        Map<Set<Integer>, List<Integer>> interfacesByGroups = new LinkedHashMap<>();
        groups.forEach((index, set) -> interfacesByGroups.computeIfAbsent(set, s -> new ArrayList<>()).add(index));
        boolean each = exact && interfacesByGroups.keySet().stream().mapToInt(Set::size).sum() <= MOST_VALUES;
        List<Set<Integer>> sets = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        program.load(Ancillary.IFINDEX);
        interfacesByGroups.forEach((set, indexes) -> {
            int label = program.label();
            indexes.forEach(index -> program.ifEqual(index, label));
            sets.add(set);
            labels.add(label);
        });
        program.jump(drop);
        for (int i = 0; i < sets.size(); i++) {
            program.place(labels.get(i)).loadWord(offset);
            if (each) {
                program.inSet(sets.get(i).stream().mapToInt(Integer::intValue).toArray(), taken, drop);
            } else {
                program.and(0xF0000000).ifEqual(0xE0000000, taken).jump(drop);
            }
        }
    }

    /// For a [io.nubicast.kernel.socket.FrameSocket]: multicast of these groups that leaves by these interfaces and comes from this
    /// host, or that arrives on them. What leaves with a foreign source is forwarded, and was seen where it arrived; what carries
    /// a VLAN tag is seen without it by the device of that VLAN; fragments have been reassembled.
    ///
    /// @param exact false: any group, for kernels that do not take the long program
    public SocketFilter frameFilter(int[] ownAddresses, boolean exact) {
        return frameFilter(ownAddresses, exact, 0);
    }

    /// As [#frameFilter(int[], boolean)], and everything that comes from one more device, as [#handoverFilter()] takes it.
    ///
    /// @param handoverDevice its index, or 0 for none
    public SocketFilter frameFilter(int[] ownAddresses, boolean exact, int handoverDevice) {
        Assembler program = new Assembler();
        int handedOver = program.label();
        int multicast = program.label();
        int taken = program.label();
        int outgoing = program.label();
        int ownSource = program.label();
        int restored = program.label();
        int restoredByEthernet = program.label();
        int accept = program.label();
        int drop = program.label();
        program.load(Ancillary.PROTOCOL).ifNotEqual(ETHERTYPE_IPV4, drop);
        if (handoverDevice != 0) {
            program.load(Ancillary.IFINDEX).ifEqual(handoverDevice, handedOver);
        }
        if (groups.values().stream().flatMap(Set::stream).allMatch(CaptureScope::isMulticast)) {
            program.loadWord(SocketFilter.IP_HEADER + DESTINATION_ADDRESS).ifAtLeast(0xE0000000, multicast).jump(drop);
        }
        program.place(multicast).load(Ancillary.VLAN_TAG_PRESENT).ifNotEqual(0, drop);
        program.loadByte(SocketFilter.IP_HEADER + PROTOCOL).ifNotEqual(UDP, drop);
        program.loadHalf(SocketFilter.IP_HEADER + FRAGMENT).ifAnyBit(MORE_FRAGMENTS_AND_OFFSET, drop);
        destination(program, exact, SocketFilter.IP_HEADER + DESTINATION_ADDRESS, taken, drop);
        program.place(handedOver);
        handedOver(program, restored, drop);
        program.jump(accept);
        program.place(taken).load(Ancillary.PKTTYPE).ifEqual(PACKET_OUTGOING, outgoing);
        program.ifGreater(PACKET_MULTICAST, drop);
        // The plane ebpf lets what it restores by another interface than that of arrival arrive there.
        program.load(Ancillary.MARK).ifEqual(RESTORE_MARK, restored);
        program.loadWord(SocketFilter.IP_HEADER + SOURCE_ADDRESS).inSet(ownAddresses, ownSource, accept);
        program.place(outgoing).load(Ancillary.MARK).ifEqual(RESTORE_MARK, restored);
        program.loadWord(SocketFilter.IP_HEADER + SOURCE_ADDRESS).inSet(ownAddresses, accept, drop);
        program.place(ownSource).keep(OWN_SOURCE_VERDICT);
        program.place(restored).load(Ancillary.HATYPE).ifEqual(ARPHRD_ETHER, restoredByEthernet);
        program.keep(RESTORED_VERDICT);
        program.place(restoredByEthernet).keep(ETHERNET_BYTES + RESTORED_BYTES);
        program.place(accept).accept();
        program.place(drop).drop();
        return program.assemble();
    }

    /// Frames from there are for user space whatever they are, but for fragments that did not become whole.
    private static void handedOver(Assembler program, int restored, int drop) {
        program.load(Ancillary.PKTTYPE).ifEqual(PACKET_OUTGOING, drop);
        program.loadHalf(SocketFilter.IP_HEADER + FRAGMENT).ifAnyBit(MORE_FRAGMENTS_AND_OFFSET, drop);
        program.load(Ancillary.MARK).ifEqual(RESTORE_MARK, restored);
    }

    /// For a [io.nubicast.kernel.socket.FrameSocket] on the device from which frames come that a program in the kernel took from
    /// this host's own senders.
    public static SocketFilter handoverFilter() {
        Assembler program = new Assembler();
        int restored = program.label();
        int drop = program.label();
        program.load(Ancillary.PROTOCOL).ifNotEqual(ETHERTYPE_IPV4, drop);
        handedOver(program, restored, drop);
        program.accept();
        program.place(restored).keep(ETHERNET_BYTES + RESTORED_BYTES);
        program.place(drop).drop();
        return program.assemble();
    }

    /// Why [#frameFilter] cut a frame to that length, which is at most [#MOST_VERDICT_BYTES]. What was restored and left by
    /// Ethernet is cut to [#RESTORED_BYTES] behind its header instead.
    public static DropReason verdict(int length) {
        return switch (length) {
            case OWN_SOURCE_VERDICT -> DropReason.OWN_SOURCE;
            case RESTORED_VERDICT -> DropReason.RESTORED_HERE;
            default -> DropReason.TOO_SHORT;
        };
    }

    /// Which of several workers gets a frame: by source and group, so that the order of a flow is kept.
    public static SocketFilter spread() {
        return new Assembler().loadWord(SocketFilter.IP_HEADER + SOURCE_ADDRESS).toX()
                .loadWord(SocketFilter.IP_HEADER + DESTINATION_ADDRESS).multiply(0x85EBCA6B).xorX()
                .multiply(0x9E3779B1).shiftRight(8).returnA().assemble();
    }

    /// For a packet socket that begins at the IP header: what leaves this host to one of the groups, by any interface, and is
    /// neither restored nor a fragment.
    SocketFilter leavingFilter() {
        int[] all = groups.values().stream().flatMap(Set::stream).mapToInt(Integer::intValue).distinct().toArray();
        Assembler program = new Assembler();
        int taken = program.label();
        int drop = program.label();
        program.load(Ancillary.PKTTYPE).ifNotEqual(PACKET_OUTGOING, drop);
        program.load(Ancillary.MARK).ifEqual(RESTORE_MARK, drop);
        program.loadByte(0).and(0xF0).ifNotEqual(ETHERTYPE_IPV4_VERSION, drop);
        program.loadByte(PROTOCOL).ifNotEqual(UDP, drop);
        program.loadHalf(6).ifAnyBit(0x1FFF, drop);
        program.loadWord(DESTINATION_ADDRESS);
        if (all.length <= MOST_VALUES) {
            program.inSet(Arrays.copyOf(all, all.length), taken, drop);
        } else {
            program.and(0xF0000000).ifEqual(0xE0000000, taken).jump(drop);
        }
        program.place(taken).accept();
        program.place(drop).drop();
        return program.assemble();
    }
}
