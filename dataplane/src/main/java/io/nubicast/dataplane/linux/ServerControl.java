package io.nubicast.dataplane.linux;

import io.nubicast.engine.NanoClock;
import io.nubicast.forwarding.CompiledRoute;
import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.InterfaceSelection;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.PlaneEvent;
import io.nubicast.forwarding.RouteIndex;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.forwarding.SendError;
import io.nubicast.kernel.socket.Poller;
import io.nubicast.kernel.sys.Errno;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.kernel.sys.WakeUp;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// The server's slow path, on a thread of its own: takes tables, keeps memberships, filter and interfaces in step, hears of
/// copies that did not arrive, watches for senders that cannot be captured. What it decides goes to the worker as immutable
/// values.
public final class ServerControl implements Runnable {
    /// Between looks while it watches for senders that cannot be captured.
    private static final int LOOKING_TICK_MS = 20;
    /// Between looks while nothing wakes it: what is due by the second is late by no more than this.
    static final int IDLE_TICK_MS = 500;
    /// Events that come in a storm are looked at together, so often.
    private static final int ROUND_MS = 20;
    private static final int ARPHRD_ETHER = 1;
    private static final int MOST_DESCRIPTORS = 16;
    private static final long SOON_NS = 300_000_000L;
    private static final long RETRY_NS = 1_000_000_000L;

    private final CaptureSide side;
    private final IcmpErrors icmp;
    private final CounterRegistry counters;
    private final PlaneEvents events;
    private final NanoClock clock;
    private final GroupJoins joins;
    private final HostInterfaces interfaces;
    private final FailedGateways gateways = new FailedGateways();
    private final CaptureWatch watch;
    private final Queue<FutureTask<?>> orders = new ConcurrentLinkedQueue<>();
    private final WakeUp ordered;

    private RouteIndex index = RouteIndex.EMPTY;
    private CaptureScope scope = CaptureScope.NOTHING;
    private OwnAddresses own = OwnAddresses.NONE;
    private List<HostInterface> known = List.of();
    private @Nullable MemberIndex members;
    private final Poller poller = new Poller(Arena.ofAuto(), MOST_DESCRIPTORS);
    private boolean joinsMissing;
    private long retryAtNs;
    private volatile boolean stopped;
    private volatile boolean ended;

    /// @throws SystemCallException without descriptors
    public ServerControl(CaptureSide side, IcmpErrors icmp, HostInterfaces interfaces, CounterRegistry counters,
            PlaneEvents events, NanoClock clock) throws SystemCallException {
        ordered = WakeUp.open();
        this.side = side;
        this.icmp = icmp;
        this.interfaces = interfaces;
        this.counters = counters;
        this.events = events;
        this.clock = clock;
        joins = new GroupJoins(problem -> events.add(new PlaneEvent.Notice(problem)));
        watch = new CaptureWatch(events, side.seesSendersWithoutLoop());
    }

    /// Brings a table into force; returns when it is. Any thread.
    public void apply(RouteTable table) {
        order(() -> swap(table), Long.MAX_VALUE);
    }

    /// Does something on the control thread and waits for it, but not for long: a large table may be on its way into force. Any
    /// thread.
    public void soon(Runnable action) {
        order(action, SOON_NS);
    }

    /// Runs on the control thread and waits for its end, or that long.
    private void order(Runnable action, long mostNs) {
        FutureTask<?> task = new FutureTask<>(action, null);
        orders.add(task);
        ordered.ring();
        if (ended) {
            // The last look at the queue may have been before.
            task.cancel(false);
        }
        try {
            task.get(mostNs, TimeUnit.NANOSECONDS);
        } catch (CancellationException | TimeoutException e) {
            // Closed: there is nothing left to serve. Or it comes later.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the control thread has a fault", e.getCause());
        }
    }

    /// Ends [#run()] soon. Any thread.
    public void stop() {
        stopped = true;
        ordered.ring();
    }

    @Override
    public void run() {
        try {
            while (!stopped) {
                ordered.clear();
                for (FutureTask<?> order = orders.poll(); order != null; order = orders.poll()) {
                    order.run();
                }
                tick();
                await();
            }
        } finally {
            joins.close();
            watch.close();
            interfaces.close();
            gateways.close();
            ended = true;
            ordered.close();
            for (FutureTask<?> left = orders.poll(); left != null; left = orders.poll()) {
                left.cancel(false);
            }
        }
    }

    /// Until there is an order, something to hear, or something due. A tick costs much more than what it usually finds: hence the
    /// pause before the next event is listened to.
    private void await() {
        int most = watch.isLooking() ? Math.min(LOOKING_TICK_MS, side.tickMs()) : side.tickMs();
        int pause = Math.min(ROUND_MS, most);
        poller.clear();
        poller.add(ordered);
        if (poller.poll(pause) != 0 || most == pause) {
            return;
        }
        poller.add(icmp.descriptor());
        poller.add(interfaces.descriptor());
        side.wakers().forEach(poller::add);
        poller.poll(most - pause);
    }

    private void tick() {
        long nowNs = clock.nowNs();
        lookAtHost(nowNs);
        side.tick(nowNs);
        watch.tick(nowNs, scope, own, known);
    }

    private void lookAtHost(long nowNs) {
        icmp.read(this::charge);
        if (interfacesChanged()) {
            onInterfaces();
        } else if (joinsMissing && nowNs - retryAtNs >= 0) {
            joinsMissing = !joins.join(scope);
            retryAtNs = nowNs + RETRY_NS;
        }
    }

    private boolean interfacesChanged() {
        try {
            return interfaces.changed(this::onFailedNeighbour);
        } catch (SystemCallException e) {
            events.add(new PlaneEvent.Notice("cannot hear of interface changes: " + e.getMessage()));
            return false;
        }
    }

    private void onFailedNeighbour(int address) {
        charge(address, 0, SendError.NO_NEIGHBOUR);
        try {
            gateways.behind(address, members().addresses(), member -> charge(member, 0, SendError.NO_NEIGHBOUR));
        } catch (SystemCallException e) {
            events.add(new PlaneEvent.Notice("cannot find the members behind a gateway that does not answer: "
                    + e.getMessage()));
        }
    }

    private void charge(int address, int port, SendError kind) {
        boolean ignored = members().charge(address, port, kind, System.currentTimeMillis());
    }

    private MemberIndex members() {
        MemberIndex found = members;
        if (found == null) {
            found = new MemberIndex(index);
            members = found;
        }
        return found;
    }

    /// New members join before old ones leave, and the filter lets both in meanwhile, so that nothing is lost for what is in both
    /// tables.
    private void swap(RouteTable table) {
        if (known.isEmpty()) {
            onInterfaces();
        }
        RouteIndex next = RouteIndex.compile(table, counters, index, clock.nowNs());
        CaptureScope nextScope = scopeOf(next);
        open(nextScope);
        index = next;
        members = null;
        side.publish(next);
        narrow(nextScope);
        watch.soon(clock.nowNs());
    }

    private void open(CaptureScope next) {
        if (!next.equals(scope)) {
            filter(scope.with(next));
        }
        joinsMissing = !joins.join(next);
        retryAtNs = clock.nowNs() + RETRY_NS;
    }

    private void narrow(CaptureScope next) {
        if (next.equals(scope)) {
            return;
        }
        joins.leaveAllBut(next);
        scope = next;
        filter(next);
    }

    private void onInterfaces() {
        List<HostInterface> now;
        try {
            now = interfaces.current();
        } catch (SystemCallException e) {
            events.add(new PlaneEvent.Notice("cannot read the interfaces: " + e.getMessage()));
            return;
        }
        if (now.equals(known)) {
            return;
        }
        Set<Integer> present = new HashSet<>();
        List<Integer> addresses = new ArrayList<>();
        for (HostInterface each : now) {
            present.add(each.index());
            addresses.addAll(each.addresses());
        }
        for (HostInterface before : known) {
            if (!present.contains(before.index())) {
                joins.forget(before.index());
            }
        }
        known = now;
        OwnAddresses nowOwn = new OwnAddresses(addresses.stream().mapToInt(Integer::intValue).toArray());
        boolean moved = !nowOwn.equals(own);
        own = nowOwn;
        Map<Integer, Long> hardwareAddresses = new HashMap<>();
        for (HostInterface each : now) {
            if (each.hardwareType() == ARPHRD_ETHER && each.hardwareAddress() >= 0) {
                hardwareAddresses.put(each.index(), each.hardwareAddress());
            }
        }
        side.publish(nowOwn, hardwareAddresses);
        CaptureScope next = scopeOf(index);
        open(next);
        narrow(next);
        if (moved) {
            filter(next);
        }
    }

    private CaptureScope scopeOf(RouteIndex of) {
        Map<InterfaceSelection, List<Integer>> indexes = new HashMap<>();
        Map<Integer, Set<Integer>> groups = new HashMap<>();
        for (CompiledRoute route : of.routes()) {
            if (route.route().match().destination() instanceof Match.Destination.Group group) {
                List<Integer> on = indexes.computeIfAbsent(route.route().match().incoming(), this::resolve);
                for (int each : on) {
                    groups.computeIfAbsent(each, i -> new HashSet<>()).add(group.address().ipv4());
                }
            }
        }
        return new CaptureScope(groups);
    }

    private List<Integer> resolve(InterfaceSelection selection) {
        if (selection instanceof InterfaceSelection.Named named) {
            for (String name : named.names()) {
                if (known.stream().noneMatch(each -> each.name().equals(name))) {
                    events.add(new PlaneEvent.Notice("interface " + name
                            + " does not exist; the proxy captures on it as soon as it appears"));
                }
            }
        }
        return known.stream().filter(each -> each.isIn(selection)).map(HostInterface::index).toList();
    }

    private void filter(CaptureScope next) {
        try {
            side.capture(next, own, true);
        } catch (SystemCallException e) {
            // Before Linux 6.7 a socket's programs share 20 KiB (net.core.optmem_max), the old one included.
            if (e.errno() == Errno.ENOMEM) {
                filterAnyGroup(next);
            } else {
                events.add(new PlaneEvent.Notice("cannot set the capture filter: " + e.getMessage()));
            }
        }
    }

    private void filterAnyGroup(CaptureScope next) {
        try {
            side.capture(next, own, false);
        } catch (SystemCallException e) {
            events.add(new PlaneEvent.Notice("cannot set the capture filter: " + e.getMessage()));
        }
    }
}
