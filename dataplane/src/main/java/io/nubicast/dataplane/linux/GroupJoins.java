package io.nubicast.dataplane.linux;

import io.nubicast.kernel.socket.UdpSocket;
import io.nubicast.kernel.sys.Errno;
import io.nubicast.kernel.sys.SystemCallException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/// The group memberships of this host that let multicast in: for the device's filter, for switches that snoop IGMP, and so that
/// the kernel loops back what local applications send.
///
/// A socket takes 20 groups (net.ipv4.igmp_max_memberships), so there are as many as it takes. They are never bound and so
/// receive nothing themselves; the capturing raw socket does. One thread; sockets live in the namespace of the thread that calls.
final class GroupJoins implements AutoCloseable {
    private final Map<Integer, OnInterface> interfaces = new HashMap<>();
    private final Consumer<String> problems;

    /// @param problems told, one clause each, what could not be joined; it is tried again with the next change or tick
    GroupJoins(Consumer<String> problems) {
        this.problems = problems;
    }

    /// Joins what is missing; leaves nothing.
    ///
    /// @return whether all is joined now
    boolean join(CaptureScope wanted) {
        boolean all = true;
        for (Map.Entry<Integer, Set<Integer>> entry : wanted.groups().entrySet()) {
            OnInterface joined = interfaces.computeIfAbsent(entry.getKey(), OnInterface::new);
            for (int group : entry.getValue()) {
                if (joined.byGroup.containsKey(group) || !CaptureScope.isMulticast(group)) {
                    continue;
                }
                try {
                    joined.join(group);
                } catch (SystemCallException e) {
                    problems.accept("cannot join a group: " + e.getMessage());
                    all = false;
                    break;
                }
            }
        }
        return all;
    }

    /// Leaves what is not wanted any more.
    void leaveAllBut(CaptureScope wanted) {
        for (Iterator<OnInterface> each = interfaces.values().iterator(); each.hasNext();) {
            OnInterface joined = each.next();
            Set<Integer> keep = wanted.groups().getOrDefault(joined.index, Set.of());
            if (keep.isEmpty()) {
                joined.close();
                each.remove();
            } else {
                joined.leaveAllBut(keep);
            }
        }
    }

    /// Forgets what was joined on an interface that is gone, because its memberships went with it.
    void forget(int interfaceIndex) {
        OnInterface gone = interfaces.remove(interfaceIndex);
        if (gone != null) {
            gone.close();
        }
    }

    @Override
    public void close() {
        interfaces.values().forEach(OnInterface::close);
        interfaces.clear();
    }

    private static final class OnInterface {
        private final int index;
        private final Map<Integer, UdpSocket> byGroup = new HashMap<>();
        private final List<UdpSocket> sockets = new ArrayList<>();
        private final Set<UdpSocket> full = new HashSet<>();

        OnInterface(int index) {
            this.index = index;
        }

        void join(int group) throws SystemCallException {
            for (int i = sockets.size() - 1; i >= 0; i--) {
                UdpSocket socket = sockets.get(i);
                if (!full.contains(socket) && join(socket, group)) {
                    return;
                }
            }
            UdpSocket fresh = UdpSocket.open();
            sockets.add(fresh);
            if (!join(fresh, group)) {
                throw new IllegalStateException("a new socket takes no group: net.ipv4.igmp_max_memberships is 0");
            }
        }

        private boolean join(UdpSocket socket, int group) throws SystemCallException {
            try {
                socket.join(group, index);
            } catch (SystemCallException e) {
                if (e.errno() == Errno.ENOBUFS) {
                    full.add(socket);
                    return false;
                }
                if (e.errno() != Errno.EADDRINUSE) {
                    throw e;
                }
            }
            byGroup.put(group, socket);
            return true;
        }

        void leaveAllBut(Set<Integer> keep) {
            for (Iterator<Map.Entry<Integer, UdpSocket>> each = byGroup.entrySet().iterator(); each.hasNext();) {
                Map.Entry<Integer, UdpSocket> joined = each.next();
                if (keep.contains(joined.getKey())) {
                    continue;
                }
                try {
                    joined.getValue().leave(joined.getKey(), index);
                } catch (SystemCallException e) {
                    // left already, with the interface
                }
                full.remove(joined.getValue());
                each.remove();
            }
            Set<UdpSocket> inUse = new HashSet<>(byGroup.values());
            sockets.removeIf(socket -> {
                if (inUse.contains(socket)) {
                    return false;
                }
                socket.close();
                full.remove(socket);
                return true;
            });
        }

        void close() {
            sockets.forEach(UdpSocket::close);
            sockets.clear();
        }
    }
}
