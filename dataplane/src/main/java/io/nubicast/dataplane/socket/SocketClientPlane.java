package io.nubicast.dataplane.socket;

import io.nubicast.dataplane.PlaneOptions;
import io.nubicast.dataplane.linux.PlaneEvents;
import io.nubicast.dataplane.linux.WorkerPlace;
import io.nubicast.engine.NanoClock;
import io.nubicast.forwarding.Capability;
import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.DataPlane;
import io.nubicast.forwarding.DropCounters;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.OutputPort;
import io.nubicast.forwarding.PlaneEvent;
import io.nubicast.forwarding.PlaneUnavailable;
import io.nubicast.forwarding.Replication;
import io.nubicast.forwarding.Route;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.forwarding.Verdict;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.wire.Address;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The proxy client's side of the plane `socket`: takes routes from servers to multicast, and restores the copies with their
/// original source. Needs CAP_NET_RAW.
///
/// It lives in the network namespace of the thread that constructs it, whichever threads call it later.
public final class SocketClientPlane implements DataPlane {
    private static final long CLOSE_MS = 2_000;

    /// How copies come in.
    public enum Intake {
        /// Steered where that works, else bound.
        BEST,
        /// The kernel steers copies to the plane (Linux 5.9, CAP_BPF and CAP_NET_ADMIN): applications may bind any port.
        STEERED,
        /// The plane binds the copies' ports.
        BOUND
    }

    private final PlaneEvents events;
    private final ClientWorker worker;
    private final Thread thread;

    /// With the best intake that works here.
    ///
    /// @throws PlaneUnavailable without CAP_NET_RAW, or where this is not Linux
    public SocketClientPlane(CounterRegistry counters) throws PlaneUnavailable {
        this(counters, PlaneOptions.DEFAULT, Intake.BEST);
    }

    /// With the best intake that works here.
    ///
    /// @param options where the worker runs
    /// @throws PlaneUnavailable without CAP_NET_RAW, or where this is not Linux
    public SocketClientPlane(CounterRegistry counters, PlaneOptions options) throws PlaneUnavailable {
        this(counters, options, Intake.BEST);
    }

    /// Opens the sockets and starts the thread.
    ///
    /// @param options where the worker runs
    /// @throws PlaneUnavailable without CAP_NET_RAW, where this is not Linux, or when that intake cannot be had
    public SocketClientPlane(CounterRegistry counters, PlaneOptions options, Intake intake) throws PlaneUnavailable {
        this(counters, options, intake, new PlaneEvents(), ClientShortcut.NONE);
    }

    /// As [#SocketClientPlane(CounterRegistry, PlaneOptions, Intake)], for what a shortcut leaves.
    ///
    /// @param events to which the shortcut may tell, too
    /// @param shortcut owned from now on, unless this fails
    public SocketClientPlane(CounterRegistry counters, PlaneOptions options, Intake intake, PlaneEvents events,
            ClientShortcut shortcut) throws PlaneUnavailable {
        this.events = events;
        if (!System.getProperty("os.name", "").equals("Linux")) {
            throw new PlaneUnavailable("is for Linux only");
        }
        try {
            worker = new ClientWorker(counters, events, NanoClock.SYSTEM, intake, shortcut);
        } catch (CopySteering.Unavailable e) {
            throw new PlaneUnavailable("cannot steer copies, because " + e.getMessage(), e);
        } catch (SystemCallException e) {
            throw new PlaneUnavailable("needs CAP_NET_RAW, for example root (" + e.getMessage() + ")", e);
        }
        WorkerPlace place = new WorkerPlace(options, events);
        thread = Thread.ofPlatform().daemon().name("socket-client").start(() -> {
            place.take(0);
            worker.run();
        });
    }

    @Override
    public String name() {
        return "socket";
    }

    @Override
    public Set<Capability> capabilities() {
        Set<Capability> capabilities =
                EnumSet.complementOf(EnumSet.of(Capability.COALESCES, Capability.SPREADS_FLOWS,
                        Capability.OUTLIVES_PROCESS));
        if (!worker.intake().leavesPortsFree()) {
            capabilities.remove(Capability.LEAVES_PORTS_FREE);
        }
        return capabilities;
    }

    @Override
    public Optional<String> remark() {
        return Optional.of(worker.intake().remark());
    }

    @Override
    public Verdict judge(Route route) {
        Match match = route.match();
        if (!(match.destination() instanceof Match.Destination.ThisHost here)) {
            return new Verdict.Refused("this is the client's side: it takes copies to this host only");
        }
        if (!here.address().isIpv4() || !match.source().isIpv4()) {
            return new Verdict.Refused("IPv4 only, not " + match.source() + " to " + here.address());
        }
        if (match.source().isUnspecified() || match.source().isMulticast()) {
            return new Verdict.Refused("copies are accepted from a server's address only, not from " + match.source());
        }
        for (Replication replication : route.replications()) {
            if (!(replication.port() instanceof OutputPort.MulticastOut out) || !out.group().isIpv4()
                    || out.group().isUnspecified() || out.group().isLoopback()) {
                return new Verdict.Refused("copies are restored to an IPv4 group only, not to " + replication.port());
            }
        }
        return Verdict.TAKEN;
    }

    @Override
    public void apply(RouteTable table) {
        List<Route> taken = table.routes().stream().filter(route -> judge(route).equals(Verdict.TAKEN)).toList();
        worker.apply(taken.size() == table.routes().size() ? table : new RouteTable(taken));
    }

    @Override
    public DropCounters drops() {
        return worker.receiver().drops();
    }

    @Override
    public Map<Address, Long> rejectedSources() {
        return worker.receiver().rejects().bySource();
    }

    @Override
    public Optional<PlaneEvent> pollEvent() {
        return events.poll();
    }

    @Override
    public void close() {
        worker.stop();
        try {
            thread.join(CLOSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
