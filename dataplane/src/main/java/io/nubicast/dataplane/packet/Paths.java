package io.nubicast.dataplane.packet;

import io.nubicast.kernel.netlink.RouteAnswer;
import io.nubicast.kernel.netlink.RouteEvent;
import io.nubicast.kernel.netlink.RouteEvent.Link;
import io.nubicast.kernel.netlink.RouteEvent.Neighbour;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;

/// Decides where each member's frames go. Without I/O: what the kernel tells and answers goes in, look-ups to make, neighbours to
/// confirm and tables come out; the time is given. One thread.
final class Paths {
    /// A table of many members is copied at most this often a slot or hop, so that a storm of changes costs little.
    private static final long PUBLISH_NS_PER_ENTRY = 20;
    private static final long PUBLISH_MOST_NS = 50_000_000;

    /// NUD_REACHABLE, STALE, DELAY, PROBE, PERMANENT. NOARP is no address.
    private static final int USABLE = 0x02 | 0x04 | 0x08 | 0x10 | 0x80;

    private final Neighbours neighbours = new Neighbours();
    private final Places places = new Places();
    private final Hops hops = new Hops(neighbours, places);

    private int[] addresses = {};
    private int[] hopOf = {};
    private final Pending pending = new Pending();
    private byte[] used = {};

    private long[] path = {};
    private int[] mtu = {};
    private byte[] reason = {};

    private PathTable table = PathTable.EMPTY;
    private int[] publishedHops = {};
    private int[] publishedPlaces = {};
    private int[] publishedDetails = {};
    private Places.Snapshot publishedDevices = Places.Snapshot.NONE;
    private boolean slotsChanged;
    private boolean waysChanged;
    private boolean hopsChanged;
    private boolean devicesChanged;
    private long publishedNs;

    /// A new set of members; what is known of those that stay is kept.
    ///
    /// @param sortedDistinct ascending; not kept
    void members(int[] sortedDistinct, long nowNs) {
        int[] next = sortedDistinct.clone();
        int[] nextHop = new int[next.length];
        byte[] nextUsed = new byte[next.length];
        Pending nextPending = new Pending();
        nextPending.size(next.length);
        int old = 0;
        for (int slot = 0; slot < next.length; slot++) {
            while (old < addresses.length && addresses[old] < next[slot]) {
                hops.release(hopOf[old++]);
            }
            if (old < addresses.length && addresses[old] == next[slot]) {
                nextHop[slot] = hopOf[old];
                nextUsed[slot] = used[old];
                if (pending.contains(old)) {
                    nextPending.add(slot);
                }
                old++;
            } else {
                nextHop[slot] = fixed(Reason.NOT_YET, 0, 0);
                nextPending.add(slot);
            }
        }
        while (old < addresses.length) {
            hops.release(hopOf[old++]);
        }
        addresses = next;
        hopOf = nextHop;
        used = nextUsed;
        pending.become(nextPending);
        slotsChanged = true;
        snapshot(nowNs);
    }

    /// Takes what the kernel tells.
    void on(RouteEvent event) {
        switch (event) {
            case Link link -> onLink(link);
            case RouteEvent.LinkGone gone -> {
                if (places.forget(gone.index())) {
                    judgeDevice(gone.index());
                    pending.addAll();
                }
            }
            case Neighbour neighbour -> judgeNeighbour(neighbours.tell(neighbour));
            case RouteEvent.NeighbourGone gone ->
                judgeNeighbour(neighbours.forget(gone.interfaceIndex(), gone.address()));
            case RouteEvent.Route route -> covered(route.destination(), route.prefixLength());
            case RouteEvent.RouteGone route -> covered(route.destination(), route.prefixLength());
            case RouteEvent.RulesChanged rules -> pending.addAll();
            case RouteEvent.LocalAddress address -> pending.addAll();
            case RouteEvent.LocalAddressGone address -> pending.addAll();
            case RouteEvent.Overrun overrun -> {
                // The adapter reads everything anew.
            }
        }
    }

    /// Everything was read anew.
    void reload(Collection<Link> links, Collection<Neighbour> told) {
        places.forgetAll();
        neighbours.forgetAll();
        links.forEach(places::tell);
        told.forEach(neighbours::tell);
        devicesChanged = true;
        judgeAll();
        pending.addAll();
    }

    private void onLink(Link link) {
        Optional<Link> before = places.tell(link);
        if (before.isPresent() && before.get().equals(link)) {
            return;
        }
        judgeDevice(link.index());
        if (before.isEmpty() || before.get().flags() != link.flags()) {
            pending.addAll();
        }
    }

    private void covered(int destination, int prefixLength) {
        if (prefixLength == 0) {
            pending.addAll();
            return;
        }
        int hostBits = prefixLength == 32 ? 0 : -1 >>> prefixLength;
        int first = destination & ~hostBits;
        int last = destination | hostBits;
        for (int slot = from(first); slot < addresses.length && addresses[slot] <= last; slot++) {
            pending.add(slot);
        }
    }

    private int from(int address) {
        int found = Arrays.binarySearch(addresses, address);
        return found >= 0 ? found : -found - 1;
    }

    /// Whether there are look-ups to make.
    boolean wantsLookUps() {
        return !pending.isEmpty();
    }

    /// Takes the next look-ups to make.
    ///
    /// @param slots is filled; answer each with [#routed] or [#again]
    /// @return how many
    int takeLookUps(int[] slots) {
        return pending.take(slots);
    }

    int address(int slot) {
        return addresses[slot];
    }

    /// There was no answer.
    void again(int slot) {
        pending.add(slot);
    }

    /// Takes the kernel's answer.
    void routed(int slot, RouteAnswer answer) {
        int hop = hopFor(addresses[slot], answer);
        int before = hopOf[slot];
        hopOf[slot] = hop;
        hops.release(before);
        slotsChanged |= hop != before;
    }

    private int hopFor(int address, RouteAnswer answer) {
        if (answer.error() != 0) {
            return fixed(Reason.NO_ROUTE, 0, answer.error());
        }
        switch (answer.type()) {
            case RouteAnswer.UNICAST -> {}
            case RouteAnswer.LOCAL -> {
                return fixed(Reason.LOCAL, 0, 0);
            }
            default -> {
                return fixed(Reason.NOT_UNICAST, 0, answer.type());
            }
        }
        if (answer.table() != RouteAnswer.TABLE_MAIN && answer.table() != RouteAnswer.TABLE_DEFAULT
                && answer.table() != RouteAnswer.TABLE_LOCAL) {
            return fixed(Reason.POLICY_ROUTE, answer.device(), answer.table());
        }
        if (answer.encapsulated() || answer.foreignGateway()) {
            return fixed(Reason.TUNNEL, answer.device(), 0);
        }
        return taken(hops.acquire(answer.device(), answer.gateway() == 0 ? address : answer.gateway(), answer.mtu()));
    }

    private int fixed(Reason why, int device, int about) {
        return taken(hops.acquire(why, device, about));
    }

    private int taken(int hop) {
        if (hop >= path.length) {
            int length = Math.max(64, path.length * 2);
            path = Arrays.copyOf(path, length);
            mtu = Arrays.copyOf(mtu, length);
            reason = Arrays.copyOf(reason, length);
        }
        if (hops.isNew(hop)) {
            hopsChanged = true;
            devicesChanged = true;
            judge(hop);
        }
        return hop;
    }

    private void judgeNeighbour(int entry) {
        if (entry >= 0) {
            for (int hop = neighbours.firstHop(entry); hop >= 0; hop = hops.following(hop)) {
                judge(hop);
            }
        }
    }

    private void judgeDevice(int device) {
        devicesChanged = true;
        for (int hop = 0; hop < hops.size(); hop++) {
            if (hops.isUsed(hop) && hops.place(hop) >= 0 && places.device(hops.place(hop)) == device) {
                judge(hop);
            }
        }
    }

    private void judgeAll() {
        for (int hop = 0; hop < hops.size(); hop++) {
            if (hops.isUsed(hop)) {
                judge(hop);
            }
        }
    }

    private void judge(int hop) {
        Reason why = hops.neighbour(hop) < 0 ? hops.fixedReason(hop) : reasonOf(hop);
        long way = -1;
        int limit = 0;
        if (why == Reason.FRAMED) {
            way = PathTable.path(hops.place(hop), neighbours.mac(hops.neighbour(hop)));
            int device = places.link(places.device(hops.place(hop))).map(Link::mtu).orElse(0);
            limit = hops.routeMtu(hop) == 0 ? device : Math.min(device, hops.routeMtu(hop));
        }
        waysChanged |= path[hop] != way || mtu[hop] != limit || reason[hop] != why.ordinal();
        path[hop] = way;
        mtu[hop] = limit;
        reason[hop] = (byte) why.ordinal();
    }

    private Reason reasonOf(int hop) {
        Optional<Link> link = places.link(places.device(hops.place(hop)));
        if (link.isEmpty() || !link.get().isUp()) {
            return Reason.DEVICE_DOWN;
        }
        if (!link.get().resolvesNeighbours()) {
            return Reason.TUNNEL;
        }
        int neighbour = hops.neighbour(hop);
        if ((neighbours.state(neighbour) & USABLE) == 0 || neighbours.mac(neighbour) < 0) {
            return Reason.NO_NEIGHBOUR;
        }
        return Reason.FRAMED;
    }

    /// Makes a new table when something changed and it is time.
    ///
    /// @return whether there is a new one
    boolean publish(long nowNs) {
        if (!slotsChanged && !waysChanged && !hopsChanged && !devicesChanged) {
            return false;
        }
        long restNs = Math.min(PUBLISH_MOST_NS, (addresses.length + hops.size()) * PUBLISH_NS_PER_ENTRY);
        if (nowNs - publishedNs < restNs) {
            return false;
        }
        snapshot(nowNs);
        return true;
    }

    /// Whether changes wait for [#publish].
    boolean wantsToPublish() {
        return slotsChanged || waysChanged || hopsChanged || devicesChanged;
    }

    private void snapshot(long nowNs) {
        if (slotsChanged) {
            publishedHops = hopOf.clone();
        }
        if (hopsChanged) {
            publishedPlaces = hops.places();
            publishedDetails = hops.details();
        }
        if (devicesChanged) {
            publishedDevices = places.snapshot();
        }
        int size = hops.size();
        table = new PathTable(addresses, publishedHops,
                waysChanged || hopsChanged
                        ? new PathTable.Ways(Arrays.copyOf(path, size), Arrays.copyOf(mtu, size),
                                Arrays.copyOf(reason, size), publishedPlaces, publishedDetails)
                        : table.ways(),
                publishedDevices);
        slotsChanged = false;
        waysChanged = false;
        hopsChanged = false;
        devicesChanged = false;
        publishedNs = nowNs;
    }

    PathTable table() {
        return table;
    }

    /// By slot of [#table()]: 1 where a frame was sent.
    byte[] used() {
        return used;
    }
}
