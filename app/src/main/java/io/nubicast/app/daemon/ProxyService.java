package io.nubicast.app.daemon;

import io.nubicast.app.Version;
import io.nubicast.dataplane.Planes;
import io.nubicast.engine.NanoClock;
import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.DataPlane;
import io.nubicast.forwarding.PlaneEvent;
import io.nubicast.forwarding.PlaneUnavailable;
import io.nubicast.forwarding.Planner;
import io.nubicast.proxy.config.Dialect;
import io.nubicast.proxy.config.Fault;
import io.nubicast.proxy.config.ServerConfig;
import io.nubicast.proxy.status.KernelCounts;
import io.nubicast.proxy.status.KernelRequests;
import io.nubicast.proxy.status.ProxyRequests;
import io.nubicast.proxy.status.ProxyStatus;
import io.nubicast.proxy.status.Totals;
import io.nubicast.wire.Address;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A proxy that serves: one data plane, and the configuration that is in force. [#reload()] reads the file again; a file with
/// errors changes nothing. Any thread.
final class ProxyService implements ProxyRequests.Running, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyService.class);
    /// Events that `proxy status` still shows.
    private static final int EVENTS_SHOWN = 20;
    /// The same event is logged again after this time at the earliest.
    private static final long EVENT_AGAIN_MILLIS = 10 * 60_000L;

    private final DaemonSettings settings;
    private final Loaded.Reader reader;
    private final InstantSource clock;
    private final CounterRegistry counters;
    private final Totals totals;
    private final DataPlane plane;
    private final String planeLine;
    private final long startedMillis;
    private final Map<PlaneEvent, Long> loggedAt = new HashMap<>();
    private final Deque<ProxyStatus.Event> events = new ArrayDeque<>();
    private volatile InForce inForce;
    /// Why this one must not be there, since another daemon is.
    private Optional<String> held = Optional.empty();

    /// The configuration that is served, and what the last reading of the file said.
    ///
    /// @param faults of the last reading; with an error among them the meaning is that of an earlier one
    /// @param unserved routes that the data plane refuses, a line each
    /// @param loadedMillis wall clock of the reading that is in force
    /// @param triedMillis wall clock of the last reading
    record InForce(Loaded.Meaning meaning, List<Fault> faults, List<String> unserved, long loadedMillis,
            long triedMillis) {
        InForce {
            faults = List.copyOf(faults);
            unserved = List.copyOf(unserved);
        }

        boolean lastReadingFailed() {
            return faults.stream().anyMatch(Fault::isError);
        }
    }

    private ProxyService(DaemonSettings settings, Loaded.Reader reader, InstantSource clock, CounterRegistry counters,
            Planes.Choice choice,
            Loaded loaded, Loaded.Meaning meaning) {
        this.settings = settings;
        this.reader = reader;
        this.clock = clock;
        this.counters = counters;
        this.totals = new Totals(counters);
        this.plane = choice.plane();
        this.planeLine = choice.line();
        this.startedMillis = clock.millis();
        this.inForce = new InForce(meaning, loaded.faults(), List.of(), startedMillis, startedMillis);
    }

    /// Opens the data plane and serves what was loaded.
    ///
    /// @param reader that gave `loaded`; reads the file again from now on
    /// @param meaning of `loaded`
    /// @throws PlaneUnavailable when the plane that is wanted, or none, can run here, or another daemon is at work where this one was
    ///         to be
    static ProxyService start(DaemonSettings settings, Loaded.Reader reader, Loaded loaded, Loaded.Meaning meaning,
            InstantSource clock)
            throws PlaneUnavailable {
        CounterRegistry counters = new CounterRegistry();
        Planes.Role role = settings.role() == Role.SERVER ? Planes.Role.SERVER : Planes.Role.CLIENT;
        Planes.Choice choice =
                heeding(settings, Planes.open(role, settings.dataPlane(), counters, settings.planeOptions()));
        ProxyService service = new ProxyService(settings, reader, clock, counters, choice, loaded, meaning);
        service.serve(meaning, loaded.faults(), Set.of());
        service.takeEvents();
        Optional<String> held = service.held;
        if (held.isPresent()) {
            service.close();
            throw new PlaneUnavailable(held.get());
        }
        return service;
    }

    /// What a plane that the user named cannot honour is an error; what the one that was found cannot, a clause of its line.
    private static Planes.Choice heeding(DaemonSettings settings, Planes.Choice choice) throws PlaneUnavailable {
        DataPlane plane = choice.plane();
        List<PlaneWish> unfulfilled = settings.planeWishes().stream()
                .filter(wish -> !plane.capabilities().contains(wish.needs())).toList();
        String complaints =
                unfulfilled.stream().map(wish -> wish.complaint(plane.name())).collect(Collectors.joining("; "));
        if (complaints.isEmpty()) {
            return choice;
        }
        boolean named = !settings.dataPlane().equals(Planes.AUTO);
        if (named || unfulfilled.stream().anyMatch(PlaneWish::isIndispensable)) {
            plane.close();
            throw new PlaneUnavailable(complaints + ": leave it away, or "
                    + (named ? "name another with --data-plane" : "let it have CAP_NET_RAW (" + choice.line() + ")"));
        }
        return new Planes.Choice(plane, choice.line() + "; " + complaints);
    }

    /// Reads the file again and serves it, or logs its faults and keeps serving what was good.
    ///
    /// @return the file's faults; it is in force when none is an error
    @Override
    public synchronized List<Fault> reload() {
        long orderedNs = NanoClock.SYSTEM.nowNs();
        Loaded loaded = reader.read();
        Optional<Loaded.Meaning> meaning = loaded.meaning();
        loaded.faults().forEach(ProxyService::log);
        if (meaning.isEmpty()) {
            LOG.error("{} is not used: the last good configuration ({}) stays in force", settings.configuration(),
                    inForce.meaning().summary());
            InForce now = inForce;
            inForce = new InForce(now.meaning(), loaded.faults(), now.unserved(), now.loadedMillis(), clock.millis());
            return loaded.faults();
        }
        Loaded.Meaning before = inForce.meaning();
        long servedNs = serve(meaning.get(), loaded.faults(), Set.of());
        LOG.info("reloaded {}: {}: {}; in force after {} ms", settings.configuration(),
                meaning.get().changesSince(before), meaning.get().summary(), (servedNs - orderedNs) / 1_000_000);
        return loaded.faults();
    }

    /// Serves a change that did not come from the file: no file is read, and what does not change costs nothing.
    synchronized void change(Loaded.Meaning meaning) {
        long orderedNs = NanoClock.SYSTEM.nowNs();
        Loaded.Meaning before = inForce.meaning();
        long servedNs = serve(meaning, inForce.faults(), groups(before));
        LOG.info("changed: {}: {}; in force after {} ms", meaning.changesSince(before), meaning.summary(),
                (servedNs - orderedNs) / 1_000_000);
    }

    @Override
    public Optional<KernelRequests.Running> kernel() {
        return settings.dialect() == Dialect.KERNEL ? Optional.of(new KernelService(this)) : Optional.empty();
    }

    /// Of everything since the start.
    KernelCounts kernelCounts() {
        plane.count();
        return totals.kernel(inForce.meaning().table(), plane.drops());
    }

    /// The table first; what else is to be done must not delay it.
    ///
    /// @param advised groups of which the host's routes were looked at before
    /// @return when the table was in force
    private synchronized long serve(Loaded.Meaning meaning, List<Fault> faults, Set<Address> advised) {
        Planner.Plan plan = Planner.plan(meaning.table(), List.of(plane));
        plan.apply();
        long servedNs = NanoClock.SYSTEM.nowNs();
        totals.replace(inForce.meaning().table(), meaning.table());
        List<String> unserved = plan.unserved().stream().map(Planner.Unserved::text).toList();
        long now = clock.millis();
        inForce = new InForce(meaning, faults, unserved, now, now);
        unserved.forEach(line -> LOG.warn("{}", line));
        Set<Address> groups = groups(meaning);
        groups.removeAll(advised);
        RouteAdvice.forGroups(groups, settings.interfaces()).forEach(line -> LOG.warn("{}", line));
        return servedNs;
    }

    /// The multicast groups of a server; none of a client.
    private static Set<Address> groups(Loaded.Meaning meaning) {
        Set<Address> groups = new TreeSet<>();
        if (meaning instanceof Loaded.Server server) {
            server.config().groups().stream().map(ServerConfig.Group::address).filter(Address::isMulticast)
                    .forEach(groups::add);
        }
        return groups;
    }

    static void log(Fault fault) {
        if (fault.isError()) {
            LOG.error("{}", fault.text());
        } else {
            LOG.warn("{}", fault.text());
        }
    }

    /// Takes the data plane's events and logs each once in a while. Called several times a second.
    synchronized void takeEvents() {
        for (Optional<PlaneEvent> next = plane.pollEvent(); next.isPresent(); next = plane.pollEvent()) {
            PlaneEvent event = next.get();
            if (event instanceof PlaneEvent.InterfaceHeld) {
                held = Optional.of(event.text());
            }
            long now = clock.millis();
            Long before = loggedAt.get(event);
            if (before != null && now - before < EVENT_AGAIN_MILLIS) {
                continue;
            }
            if (loggedAt.size() > 10_000) {
                loggedAt.clear();
            }
            loggedAt.put(event, now);
            if (events.size() == EVENTS_SHOWN) {
                events.removeFirst();
            }
            events.addLast(new ProxyStatus.Event(now, event.text()));
            if (event instanceof PlaneEvent.Notice) {
                LOG.info("{}", event.text());
            } else {
                LOG.warn("{}", event.text());
            }
        }
    }

    /// Over all groups since the start.
    Totals.Counts totals() {
        plane.count();
        return totals.of(inForce.meaning().table(), plane.drops());
    }

    @Override
    public ProxyStatus status() {
        plane.count();
        InForce now = inForce;
        ProxyStatus.Daemon daemon =
                new ProxyStatus.Daemon(settings.role().word(), Version.number(), plane.name(), planeLine,
                        startedMillis);
        ProxyStatus.File file = new ProxyStatus.File(settings.configuration().toString(), now.loadedMillis(),
                now.triedMillis(), now.faults());
        ProxyStatus.Surroundings around =
                new ProxyStatus.Surroundings(daemon, file, clock.millis(), plane.rejectedSources(), now.unserved(),
                        events(), plane::carrier);
        return switch (now.meaning()) {
            case Loaded.Server server ->
                ProxyStatus.ofServer(around, server.config(), server.table(), counters, plane.drops(),
                        totals);
            case Loaded.Client client ->
                ProxyStatus.ofClient(around, client.config(), client.table(), counters, plane.drops(),
                        totals);
        };
    }

    @Override
    public List<Fault> check() {
        return Loaded.read(settings).faults();
    }

    private synchronized List<ProxyStatus.Event> events() {
        return List.copyOf(events);
    }

    DaemonSettings settings() {
        return settings;
    }

    InForce inForce() {
        return inForce;
    }

    CounterRegistry counters() {
        return counters;
    }

    DataPlane plane() {
        return plane;
    }

    /// Which data plane serves, and why.
    String planeLine() {
        return planeLine;
    }

    /// Wall clock.
    long startedMillis() {
        return startedMillis;
    }

    @Override
    public void close() {
        plane.close();
    }
}
