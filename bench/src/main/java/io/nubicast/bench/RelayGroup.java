package io.nubicast.bench;

import io.nubicast.wire.Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/// One group that a relay serves, and its members: consecutive addresses, all on one port. Written
/// `GROUP:PORT:FIRST_MEMBER:MEMBERS:MEMBER_PORT` on a relay's command line.
record RelayGroup(Address group, int port, Address firstMember, int memberCount, int memberPort) {
    static List<RelayGroup> parse(String[] arguments, int from) {
        List<RelayGroup> groups = new ArrayList<>();
        for (int i = from; i < arguments.length; i++) {
            String[] part = arguments[i].split(":", -1);
            groups.add(new RelayGroup(Address.ipv4(part[0]), Integer.parseInt(part[1]), Address.ipv4(part[2]),
                    Integer.parseInt(part[3]), Integer.parseInt(part[4])));
        }
        return groups;
    }

    Address member(int index) {
        return Address.ofIpv4(firstMember.ipv4() + index);
    }

    List<InetSocketAddress> members() throws UnknownHostException {
        List<InetSocketAddress> members = new ArrayList<>();
        for (int i = 0; i < memberCount; i++) {
            members.add(new InetSocketAddress(InetAddress.getByAddress(member(i).bytes()), memberPort));
        }
        return members;
    }

    @Override
    public String toString() {
        return group + ":" + port + ":" + firstMember + ":" + memberCount + ":" + memberPort;
    }
}
