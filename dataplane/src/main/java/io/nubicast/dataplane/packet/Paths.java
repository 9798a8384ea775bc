package io.nubicast.dataplane.packet;

import io.nubicast.kernel.netlink.RouteAnswer;
import io.nubicast.kernel.netlink.RouteEvent;
import io.nubicast.kernel.netlink.RouteEvent.Link;
import io.nubicast.kernel.netlink.RouteEvent.Neighbour;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Consumer;

/// Decides where each member's frames go. Without I/O: what the kernel tells and answers goes in, look-ups to make, neighbours to
/// confirm and tables come out; the time is given. One thread.
///
/// Three layers, each with dense numbers: slots (members) lead to [Hops], these to [Neighbours] and [Places] (interfaces). What a
/// neighbour or an interface does is judged for its hops only ([Verdicts]); routes are what the kernel answers, slot by slot.
final class Paths {
    /// Neighbours that frames were sent to are confirmed, and a part of the routes is looked up again, this often.
    static final long TICK_NS = 1_000_000_000;
    /// Every route is looked up again in so many ticks: not all that moves one is told (redirects, path MTU).
    static final int TICKS_A_ROUND = 60;
    /// The kernel tells of an interface that goes down before it drops the routes by it, and tells nothing of those.
    static final long RECHECK_NS = 40_000_000;
    /// IFF_UP, IFF_RUNNING, IFF_LOWER_UP: routes by the interface come, go or are not chosen any more.
    private static final int ROUTE_FLAGS = 0x1 | 0x40 | 0x10000;
    /// A table is copied at most this often a slot or hop, so that a storm of changes costs little.
    private static final long PUBLISH_NS_PER_ENTRY = 20;
    private static final long PUBLISH_MOST_NS = 50_000_000;

    private final Neighbours neighbours = new Neighbours();
    private final Places places = new Places();
    private final Hops hops = new Hops(neighbours, places);
    private final Verdicts verdicts;

    private int[] addresses = {};
    private int[] hopOf = {};
    private byte[] used = {};
    private final Pending pending = new Pending();
    private final Confirmations confirmations = new Confirmations();
    private long nextTickNs = Long.MIN_VALUE;
    private int roundSlot;
    private boolean rechecks;
    private long recheckNs;

    private PathTable table = PathTable.EMPTY;
    private int[] publishedHops = {};
    private int[] publishedPlaces = {};
    private int[] publishedDetails = {};
    private Places.Snapshot publishedDevices = Places.Snapshot.NONE;
    private boolean slotsChanged;
    private boolean hopsChanged;
    private boolean devicesChanged;
    private long publishedNs;

    /// Without members.
    ///
    /// @param mindsFirewall whether members behind interfaces with output rules are left to `socket`
    /// @param notices takes lines for people, each once
    Paths(boolean mindsFirewall, Consumer<String> notices) {
        verdicts = new Verdicts(neighbours, places, hops, mindsFirewall, new Once(notices));
    }

    /// A new set of members; what is known of those that stay is kept. There is a new [#table()] at once.
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
        roundSlot = 0;
        slotsChanged = true;
        snapshot(nowNs);
    }

    /// Takes what the kernel tells.
    void on(RouteEvent event, long nowNs) {
        switch (event) {
            case Link link -> onLink(link, nowNs);
            case RouteEvent.LinkGone gone -> {
                if (places.forget(gone.index())) {
                    deviceChanged(gone.index());
                    lookUpAll(nowNs);
                }
            }
            case Neighbour neighbour -> verdicts.neighbour(neighbours.tell(neighbour));
            case RouteEvent.NeighbourGone gone ->
                verdicts.neighbour(neighbours.forget(gone.interfaceIndex(), gone.address()));
            case RouteEvent.Route route -> lookUp(route.destination(), route.prefixLength());
            case RouteEvent.RouteGone route -> lookUp(route.destination(), route.prefixLength());
            case RouteEvent.RulesChanged rules -> lookUpAll(nowNs);
            case RouteEvent.LocalAddress address -> lookUpAll(nowNs);
            case RouteEvent.LocalAddressGone address -> lookUpAll(nowNs);
            case RouteEvent.Overrun overrun -> {
                // Everything is read anew by whoever reads.
            }
        }
    }

    /// Everything was read anew.
    void reload(Collection<Link> links, Collection<Neighbour> known, long nowNs) {
        places.forgetAll();
        neighbours.forgetAll();
        links.forEach(places::tell);
        known.forEach(neighbours::tell);
        devicesChanged = true;
        verdicts.all();
        if (addresses.length > 0) {
            lookUpAll(nowNs);
        }
    }

    private void onLink(Link link, long nowNs) {
        Optional<Link> before = places.tell(link);
        if (before.isPresent() && before.get().equals(link)) {
            return;
        }
        deviceChanged(link.index());
        int flagsBefore = before.map(Link::flags).orElse(0);
        if (((flagsBefore ^ link.flags()) & ROUTE_FLAGS) != 0) {
            lookUpAll(nowNs);
        }
    }

    private void deviceChanged(int device) {
        devicesChanged = true;
        verdicts.device(device);
    }

    private void lookUpAll(long nowNs) {
        pending.addAll();
        rechecks = true;
        recheckNs = nowNs + RECHECK_NS;
    }

    private void lookUp(int destination, int prefixLength) {
        if (prefixLength == 0) {
            pending.addAll();
            return;
        }
        int hostBits = prefixLength == 32 ? 0 : -1 >>> prefixLength;
        int last = destination | hostBits;
        int found = Arrays.binarySearch(addresses, destination);
        for (int slot = found >= 0 ? found : -found - 1; slot < addresses.length && addresses[slot] <= last; slot++) {
            pending.add(slot);
        }
    }

    /// The firewall's output rules are these now.
    void rules(OutputRules rules) {
        verdicts.rules(rules);
    }

    /// Whether there are IPsec policies now for what this host sends.
    void ipsec(boolean inForce) {
        verdicts.ipsec(inForce);
    }

    /// Whether something will be due within [#RECHECK_NS].
    boolean wantsRecheck() {
        return rechecks;
    }

    /// What is due by time: call it often.
    void tick(long nowNs) {
        if (rechecks && nowNs - recheckNs >= 0) {
            rechecks = false;
            pending.addAll();
        }
        if (nextTickNs == Long.MIN_VALUE) {
            nextTickNs = nowNs + TICK_NS;
        }
        if (nowNs - nextTickNs >= 0) {
            nextTickNs = nowNs + TICK_NS;
            collectUsed();
            lookUpPart();
        }
    }

    private void lookUpPart() {
        int part = addresses.length / TICKS_A_ROUND + 1;
        for (int i = 0; i < part && i < addresses.length; i++) {
            roundSlot = roundSlot + 1 < addresses.length ? roundSlot + 1 : 0;
            pending.add(roundSlot);
        }
    }

    private void collectUsed() {
        confirmations.clear();
        for (int slot = 0; slot < used.length; slot++) {
            if (used[slot] != 0) {
                used[slot] = 0;
                int hop = hopOf[slot];
                if (verdicts.mayConfirm() && verdicts.isFramed(hop) && verdicts.isStale(hop)) {
                    confirmations.add(neighbours.device(hops.neighbour(hop)), neighbours.address(hops.neighbour(hop)));
                }
            }
        }
    }

    /// Neighbours that the kernel is to be told of as being in use, each once; whoever takes them empties it.
    Confirmations confirmations() {
        return confirmations;
    }

    /// The kernel refused to take a confirmation.
    void mayNotConfirm() {
        confirmations.clear();
        verdicts.mayNotConfirm();
    }

    /// Whether there are look-ups to make.
    boolean wantsLookUps() {
        return !pending.isEmpty();
    }

    /// Takes the next look-ups to make.
    ///
    /// @param slots is filled; each is answered by [#routed] or [#again] before anything else happens
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
        if (answer.type() == RouteAnswer.LOCAL) {
            return fixed(Reason.LOCAL, 0, 0);
        }
        if (answer.type() != RouteAnswer.UNICAST) {
            return fixed(Reason.NOT_UNICAST, 0, answer.type());
        }
        if (answer.table() != RouteAnswer.TABLE_MAIN && answer.table() != RouteAnswer.TABLE_DEFAULT
                && answer.table() != RouteAnswer.TABLE_LOCAL) {
            return fixed(Reason.POLICY_ROUTE, answer.device(), answer.table());
        }
        if (answer.encapsulated() || answer.foreignGateway()) {
            return fixed(Reason.TUNNEL, answer.device(), 0);
        }
        return judged(hops.acquire(answer.device(), answer.gateway() == 0 ? address : answer.gateway(), answer.mtu()));
    }

    private int fixed(Reason why, int device, int about) {
        return judged(hops.acquire(why, device, about));
    }

    private int judged(int hop) {
        if (hops.isNew(hop)) {
            hopsChanged = true;
            devicesChanged = true;
            verdicts.judge(hop);
        }
        return hop;
    }

    /// Makes a new table when something changed and it is time.
    ///
    /// @return whether there is a new one
    boolean publish(long nowNs) {
        long restNs = Math.min(PUBLISH_MOST_NS, (addresses.length + hops.size()) * PUBLISH_NS_PER_ENTRY);
        if (!wantsToPublish() || nowNs - publishedNs < restNs) {
            return false;
        }
        snapshot(nowNs);
        return true;
    }

    /// Whether changes wait for [#publish].
    boolean wantsToPublish() {
        return slotsChanged || hopsChanged || devicesChanged || verdicts.changed();
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
        PathTable.Ways ways = verdicts.changed() || hopsChanged
                ? verdicts.snapshot(publishedPlaces, publishedDetails)
                : table.ways();
        table = new PathTable(addresses, publishedHops, ways, publishedDevices);
        slotsChanged = false;
        hopsChanged = false;
        devicesChanged = false;
        publishedNs = nowNs;
    }

    PathTable table() {
        return table;
    }

    /// By slot of [#table()]: 1 where a frame was sent. A new set of members has a new array.
    byte[] used() {
        return used;
    }
}
