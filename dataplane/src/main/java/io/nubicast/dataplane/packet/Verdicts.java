package io.nubicast.dataplane.packet;

import io.nubicast.kernel.netlink.RouteEvent.Link;
import io.nubicast.kernel.netlink.RouteEvent.Neighbour;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Says of each hop whether frames may go, and where to: from its neighbour, its interface, the firewall and IPsec. One thread.
final class Verdicts {
    /// NUD_REACHABLE, STALE, DELAY, PROBE, PERMANENT; NOARP is no address.
    private static final int USABLE = 0x02 | Neighbour.STALE | 0x08 | 0x10 | 0x80;

    private final Neighbours neighbours;
    private final Places places;
    private final Hops hops;
    private final boolean mindsFirewall;
    private final Consumer<String> notices;

    private long[] path = {};
    private int[] mtu = {};
    private byte[] reason = {};
    private boolean changed;

    private OutputRules rules = OutputRules.NONE;
    /// What rules concern an interface, by its index; looked for once.
    private final Map<Integer, Optional<String>> concerned = new HashMap<>();
    private boolean ipsec;
    private boolean mayConfirm = true;

    Verdicts(Neighbours neighbours, Places places, Hops hops, boolean mindsFirewall, Consumer<String> notices) {
        this.neighbours = neighbours;
        this.places = places;
        this.hops = hops;
        this.mindsFirewall = mindsFirewall;
        this.notices = notices;
    }

    void rules(OutputRules next) {
        if (!next.equals(rules)) {
            rules = next;
            concerned.clear();
            all();
        }
    }

    void ipsec(boolean inForce) {
        if (inForce == ipsec) {
            return;
        }
        ipsec = inForce;
        if (inForce) {
            notices.accept(
                    "IPsec policies are in force (ip xfrm policy): copies go by socket, as frames of the packet plane would "
                            + "leave unencrypted");
        }
        all();
    }

    /// This process may not have neighbours confirmed.
    void mayNotConfirm() {
        if (mayConfirm) {
            mayConfirm = false;
            all();
        }
    }

    boolean mayConfirm() {
        return mayConfirm;
    }

    /// Every hop in use anew.
    void all() {
        for (int hop = 0; hop < hops.size(); hop++) {
            if (hops.isUsed(hop)) {
                judge(hop);
            }
        }
    }

    /// The hops by a neighbour.
    ///
    /// @param entry or -1 for none
    void neighbour(int entry) {
        if (entry >= 0) {
            for (int hop = neighbours.firstHop(entry); hop >= 0; hop = hops.following(hop)) {
                judge(hop);
            }
        }
    }

    /// The hops by an interface.
    void device(int device) {
        concerned.remove(device);
        if (!places.hasHops(device)) {
            return;
        }
        for (int hop = 0; hop < hops.size(); hop++) {
            if (hops.isUsed(hop) && hops.place(hop) >= 0 && places.device(hops.place(hop)) == device) {
                judge(hop);
            }
        }
    }

    /// A hop that is new, or changed.
    void judge(int hop) {
        if (hop >= path.length) {
            int length = Math.max(64, hop * 2);
            path = Arrays.copyOf(path, length);
            mtu = Arrays.copyOf(mtu, length);
            reason = Arrays.copyOf(reason, length);
        }
        Reason why = hops.neighbour(hop) < 0 ? hops.fixedReason(hop) : reasonOf(hop);
        long way = -1;
        int limit = 0;
        if (why == Reason.FRAMED) {
            way = PathTable.path(hops.place(hop), neighbours.mac(hops.neighbour(hop)));
            int device = places.link(places.device(hops.place(hop))).map(Link::mtu).orElse(0);
            limit = hops.routeMtu(hop) == 0 ? device : Math.min(device, hops.routeMtu(hop));
        }
        changed |= path[hop] != way || mtu[hop] != limit || reason[hop] != why.ordinal();
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
        if (ipsec) {
            return Reason.IPSEC;
        }
        if (isConcerned(link.get()) && mindsFirewall) {
            return Reason.FIREWALL;
        }
        int entry = hops.neighbour(hop);
        if ((neighbours.state(entry) & USABLE) == 0 || neighbours.mac(entry) < 0) {
            return Reason.NO_NEIGHBOUR;
        }
        return isStale(hop) && !mayConfirm ? Reason.STALE_NEIGHBOUR : Reason.FRAMED;
    }

    private boolean isConcerned(Link link) {
        return concerned.computeIfAbsent(link.index(), index -> {
            Optional<String> found = rules.concerning(index, link.name());
            found.ifPresent(what -> notices
                    .accept("interface " + link.name() + ": " + what + ", which frames of the packet plane "
                            + (mindsFirewall
                                    ? "would pass by; copies that leave there go by socket. --data-plane packet insists"
                                    : "pass by, as --data-plane packet asks for")));
            return found;
        }).isPresent();
    }

    /// Whether the hop's neighbour was not heard of for a while.
    boolean isStale(int hop) {
        int entry = hops.neighbour(hop);
        return entry >= 0 && neighbours.state(entry) == Neighbour.STALE;
    }

    boolean isFramed(int hop) {
        return path[hop] >= 0;
    }

    /// Whether something differs since the last [#snapshot].
    boolean changed() {
        return changed;
    }

    PathTable.Ways snapshot(int[] placesOfHops, int[] details) {
        changed = false;
        int size = hops.size();
        return new PathTable.Ways(Arrays.copyOf(path, size), Arrays.copyOf(mtu, size), Arrays.copyOf(reason, size),
                placesOfHops, details);
    }
}
