package io.nubicast.dataplane.forwarder;

import io.nubicast.kernel.socket.SocketFilter;
import io.nubicast.kernel.socket.SocketFilter.Ancillary;
import io.nubicast.kernel.socket.SocketFilter.Assembler;
import io.nubicast.wire.Address;
import java.util.List;

/// What the packet socket takes (FWD-002): on served devices, multicast over IPv4 but to 224.0.0.0/24, and all IGMP that arrives.
/// What this host sends counts as arriving by the device where it leaves, as the kernel's table has it (MFC-012); its looped-back
/// copy does not.
final class ForwardFilter {
    private static final int IPV4 = 0x0800;
    private static final int PROTOCOL = 9;
    private static final int DESTINATION = 16;
    private static final int IGMP = 2;
    private static final int OTHER_HOST = 3;
    private static final int OUTGOING = 4;
    private static final int LOOPED_BACK = 5;
    private static final int TOP_FOUR_BITS = 0xF000_0000;
    private static final int LINK_LOCAL_MASK = 0xFFFF_FF00;
    private static final int MULTICAST = Address.ipv4("224.0.0.0").ipv4();

    private ForwardFilter() {}

    static SocketFilter of(List<Integer> interfaceIndexes) {
        if (interfaceIndexes.isEmpty()) {
            return SocketFilter.DROP_ALL;
        }
        Assembler program = new Assembler();
        int served = program.label();
        int drop = program.label();
        int noIgmp = program.label();
        int accept = program.label();
        program.load(Ancillary.PROTOCOL).ifNotEqual(IPV4, drop)
                .load(Ancillary.VLAN_TAG_PRESENT).ifNotEqual(0, drop)
                .load(Ancillary.PKTTYPE).ifEqual(OTHER_HOST, drop).ifEqual(LOOPED_BACK, drop)
                .load(Ancillary.IFINDEX)
                .inSet(interfaceIndexes.stream().mapToInt(Integer::intValue).sorted().toArray(), served, drop)
                .place(served)
                .loadByte(SocketFilter.IP_HEADER + PROTOCOL).ifNotEqual(IGMP, noIgmp)
                .load(Ancillary.PKTTYPE).ifEqual(OUTGOING, drop).jump(accept)
                .place(noIgmp)
                .loadWord(SocketFilter.IP_HEADER + DESTINATION).and(TOP_FOUR_BITS).ifNotEqual(MULTICAST, drop)
                .loadWord(SocketFilter.IP_HEADER + DESTINATION).and(LINK_LOCAL_MASK).ifEqual(MULTICAST, drop)
                .place(accept).accept()
                .place(drop).drop();
        return program.assemble();
    }
}
