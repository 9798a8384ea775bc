package io.nubicast.kernel.socket;

import io.nubicast.kernel.sys.Errno;
import io.nubicast.kernel.sys.SystemCallException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Groups that this host is a member of, interface by interface, however many: a socket takes only 20 of them
/// (net.ipv4.igmp_max_memberships), so there are as many sockets as it takes (IGMP-041). The sockets receive nothing; raw sockets
/// of this host do. In the network namespace of the thread that calls. One thread.
public final class GroupMemberships implements AutoCloseable {
    /// A membership.
    private record Membership(int interfaceIndex, int group) {}

    private final Map<Membership, UdpSocket> memberships = new HashMap<>();
    private final List<UdpSocket> sockets = new ArrayList<>();

    /// Joins; nothing happens when it is a member already.
    ///
    /// @throws SystemCallException ENODEV when there is no such interface
    public void join(int interfaceIndex, int group) throws SystemCallException {
        Membership membership = new Membership(interfaceIndex, group);
        if (memberships.containsKey(membership)) {
            return;
        }
        for (UdpSocket socket : sockets.reversed()) {
            if (joins(socket, membership)) {
                return;
            }
        }
        UdpSocket fresh = UdpSocket.open();
        sockets.add(fresh);
        fresh.multicastAll(false);
        if (!joins(fresh, membership)) {
            throw new IllegalStateException("a new socket takes no group: net.ipv4.igmp_max_memberships is 0");
        }
    }

    private boolean joins(UdpSocket socket, Membership membership) throws SystemCallException {
        try {
            socket.join(membership.group, membership.interfaceIndex);
        } catch (SystemCallException e) {
            if (e.errno() == Errno.ENOBUFS) {
                return false;
            }
            if (e.errno() != Errno.EADDRINUSE) {
                throw e;
            }
        }
        memberships.put(membership, socket);
        return true;
    }

    /// Leaves; nothing happens when it is no member, or the interface is gone.
    public void leave(int interfaceIndex, int group) {
        Membership membership = new Membership(interfaceIndex, group);
        UdpSocket socket = memberships.remove(membership);
        if (socket == null) {
            return;
        }
        try {
            socket.leave(group, interfaceIndex);
        } catch (SystemCallException e) {
            // It went with the interface.
        }
        if (!memberships.containsValue(socket)) {
            sockets.remove(socket);
            socket.close();
        }
    }

    /// Leaves all groups of an interface.
    public void leaveAll(int interfaceIndex) {
        joined(interfaceIndex).forEach(group -> leave(interfaceIndex, group));
    }

    /// What it is a member of on that interface.
    public Set<Integer> joined(int interfaceIndex) {
        Set<Integer> groups = new HashSet<>();
        memberships.keySet().stream().filter(membership -> membership.interfaceIndex == interfaceIndex)
                .forEach(membership -> groups.add(membership.group));
        return groups;
    }

    @Override
    public void close() {
        sockets.forEach(UdpSocket::close);
        sockets.clear();
        memberships.clear();
    }
}
