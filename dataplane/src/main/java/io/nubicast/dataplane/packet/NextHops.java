package io.nubicast.dataplane.packet;

import io.nubicast.forwarding.PlaneUnavailable;
import io.nubicast.kernel.netlink.RouteEvent;
import io.nubicast.kernel.netlink.RouteNetlink;
import io.nubicast.kernel.netlink.RouteNetlink.Topic;
import io.nubicast.kernel.netlink.RouteQueries;
import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.kernel.sys.Errno;
import io.nubicast.kernel.sys.SystemCallException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Follows the kernel's routes and neighbours for a set of members, and tells where frames to each of them go. One thread, which
/// calls [#work] when one of [#wakers()] is readable, and after [#tickMs()].
final class NextHops implements AutoCloseable {
    private static final int BUSY_TICK_MS = 2;
    private static final int RECHECK_TICK_MS = 20;
    private static final int IDLE_TICK_MS = 500;
    /// Look-ups of one call end after about this.
    private static final long SLICE_NS = 2_000_000;
    private static final int EVENTS_AT_ONCE = 2_000;
    private static final int CONFIRMATIONS_AT_ONCE = 64;
    /// No interface has this index: a confirmation there does nothing but to be refused, without permission by EPERM.
    private static final int NO_DEVICE = Integer.MAX_VALUE;

    private final RouteNetlink events;
    /// Changes are heard there, and tables read here, so that reading never loses a change.
    private final RouteNetlink reader;
    private final RouteQueries queries;
    private final Consumer<String> notices;
    private final Paths paths;
    private final FirewallWatch firewall;
    private final IpsecWatch ipsec;
    private final int[] slots = new int[RouteQueries.BATCH];
    private final int[] asked = new int[RouteQueries.BATCH];
    private final boolean[] answered = new boolean[RouteQueries.BATCH];
    private boolean lost = true;
    private boolean moreEvents;
    private boolean rulesKnown;

    /// In the namespace of the calling thread.
    ///
    /// @param mindsFirewall whether members behind interfaces with output rules are left to `socket`
    /// @param notices takes lines for people, each cause once
    NextHops(boolean mindsFirewall, Consumer<String> notices) throws PlaneUnavailable {
        this.notices = new Once(notices);
        paths = new Paths(mindsFirewall, this.notices);
        List<Descriptor> opened = new ArrayList<>();
        try {
            events = RouteNetlink.open(Topic.LINKS, Topic.ADDRESSES, Topic.NEIGHBOURS, Topic.ROUTES, Topic.RULES,
                    Topic.NEXT_HOPS);
            opened.add(events);
            reader = RouteNetlink.open();
            opened.add(reader);
            queries = RouteQueries.open();
            opened.add(queries);
            if (queries.use(NO_DEVICE, 0) == Errno.EPERM) {
                paths.mayNotConfirm();
            }
        } catch (SystemCallException e) {
            opened.forEach(Descriptor::close);
            throw new PlaneUnavailable("cannot ask the kernel for its routes: " + e.getMessage(), e);
        }
        firewall = new FirewallWatch(this.notices);
        ipsec = new IpsecWatch(this.notices);
    }

    /// A new set of members; [#table()] has their slots at once.
    ///
    /// @param sortedDistinctAddresses ascending
    void members(int[] sortedDistinctAddresses) {
        paths.members(sortedDistinctAddresses, System.nanoTime());
    }

    /// Takes what the kernel has told and makes some look-ups; does not block.
    ///
    /// @return whether there is a new [#table()]
    boolean work(long nowNs) {
        try {
            moreEvents = events.changes(event -> on(event, nowNs), EVENTS_AT_ONCE);
            if (lost) {
                lost = false;
                paths.reload(reader.links(), reader.neighbours(), nowNs);
            }
            firewall.work(nowNs).ifPresent(this::rules);
            paths.ipsec(ipsec.work());
            paths.tick(nowNs);
            confirm();
            lookUp(nowNs);
        } catch (SystemCallException e) {
            lost = true;
            notices.accept("cannot follow the kernel's routes: " + e.getMessage());
        }
        return paths.publish(nowNs);
    }

    private void on(RouteEvent event, long nowNs) {
        if (event instanceof RouteEvent.Overrun) {
            lost = true;
        } else {
            paths.on(event, nowNs);
        }
    }

    private void rules(OutputRules rules) {
        rulesKnown = true;
        paths.rules(rules);
    }

    private void confirm() throws SystemCallException {
        Confirmations wanted = paths.confirmations();
        for (int i = 0; i < CONFIRMATIONS_AT_ONCE && wanted.next(); i++) {
            if (queries.use(wanted.device(), wanted.address()) == Errno.EPERM) {
                paths.mayNotConfirm();
            }
        }
    }

    private void lookUp(long nowNs) throws SystemCallException {
        // No frame passes by rules that are only being read yet.
        if (!rulesKnown) {
            return;
        }
        while (paths.wantsLookUps()) {
            int count = paths.takeLookUps(slots);
            for (int i = 0; i < count; i++) {
                asked[i] = paths.address(slots[i]);
                answered[i] = false;
            }
            try {
                queries.lookUp(asked, count, (index, answer) -> {
                    answered[index] = true;
                    paths.routed(slots[index], answer);
                });
            } finally {
                for (int i = 0; i < count; i++) {
                    if (!answered[i]) {
                        paths.again(slots[i]);
                    }
                }
            }
            if (System.nanoTime() - nowNs > SLICE_NS) {
                return;
            }
        }
    }

    /// The latest.
    PathTable table() {
        return paths.table();
    }

    /// By slot of the latest table: a worker stores 1 where it sent a frame. A new set of members has a new array.
    byte[] used() {
        return paths.used();
    }

    /// Whether [#work] wants to be called again soon.
    boolean isBusy() {
        return moreEvents || lost || firewall.isReading() || paths.wantsLookUps() || paths.wantsToPublish();
    }

    /// After how many milliseconds [#work] wants to be called, whatever happens.
    int tickMs() {
        return isBusy() ? BUSY_TICK_MS : paths.wantsRecheck() ? RECHECK_TICK_MS : IDLE_TICK_MS;
    }

    /// What becomes readable when [#work] has something to take.
    List<Descriptor> wakers() {
        List<Descriptor> all = new ArrayList<>(firewall.wakers());
        all.addAll(ipsec.wakers());
        all.add(events);
        return all;
    }

    @Override
    public void close() {
        events.close();
        reader.close();
        queries.close();
        firewall.close();
        ipsec.close();
    }
}
