package io.nubicast.dataplane.ebpf;

import io.nubicast.dataplane.PlaneOptions;
import io.nubicast.dataplane.ebpf.MemberRuns.Run;
import io.nubicast.dataplane.linux.CaptureScope;
import io.nubicast.dataplane.linux.OwnAddresses;
import io.nubicast.dataplane.linux.SendErrors;
import io.nubicast.dataplane.packet.Handovers;
import io.nubicast.dataplane.packet.Handovers.Handover;
import io.nubicast.dataplane.packet.KernelCopies;
import io.nubicast.dataplane.packet.MemberPlaces;
import io.nubicast.dataplane.packet.PathTable;
import io.nubicast.forwarding.CompiledRoute;
import io.nubicast.forwarding.DataPlane.Carrier;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.OutputPort;
import io.nubicast.forwarding.ReplicationCounters;
import io.nubicast.forwarding.RouteCounters;
import io.nubicast.forwarding.RouteIndex;
import io.nubicast.kernel.bpf.Attachment;
import io.nubicast.kernel.sys.Errno;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.kernel.tun.TapDevice;
import io.nubicast.wire.DropReason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Makes versions of routes for the programs of the server, keeps their maps in step, and takes over what they count. One thread, but
/// for [#carrier], [#device] and [#handovers].
final class ServerCopies implements KernelCopies {
    /// How long a version waits at most for what user space has not done with.
    private static final long GATE_NS = 80_000_000L;
    private static final long GATE_LOOK_NS = 20_000L;
    /// The same where members only become the kernel's: a worker that is kept waiting for a processor must not be overtaken.
    private static final long WAY_GATE_NS = 2_000_000_000L;
    private static final long SETTLED_NS = 500_000L;
    private static final int WAITING_TICK_MS = 2;
    /// After this no program is in a version any more that no entry has, and no frame of it waits for user space.
    private static final long GRACE_NS = 2_000_000_000L;
    /// The same when there are so many versions that their slots are wanted: long enough for programs, and user space is asked.
    private static final long SHORT_GRACE_NS = 50_000_000L;
    private static final int MOST_WAITS = 100;
    private static final long FOLD_NS = 40_000_000L;
    /// How long an earlier process's programs go on at most while the kernel cannot serve all members yet.
    private static final long TAKE_OVER_NS = 1_000_000_000L;

    private final ServerPrograms programs;
    private final Uplinks uplinks;
    private final Consumer<String> notices;
    private final TapDevice tapDevice;
    private final Attachment burstProgram;
    /// Flag of the versions of captured interfaces, or 0.
    private final int original;
    /// Whether what local applications send is left to user space, to become bursts.
    private final boolean bursts;
    private final int tap;
    private final Handovers handovers;
    private final Map<Match, Served> served = new ConcurrentHashMap<>();
    private final List<RouteVersion> retired = new ArrayList<>();
    private final Set<Integer> usedSlots = new HashSet<>();
    private final Selection selection = new Selection();
    private final long[] counts = new long[6];
    private CaptureScope scope = CaptureScope.NOTHING;
    private Map<Integer, Long> hardwareAddresses = Map.of();
    private int sequence = 1;
    private int nextSlot;
    private int worker;
    private MemberPlaces places = MemberPlaces.NONE;
    private byte[] used = {};
    private boolean waiting;
    /// Whether there is a table.
    private boolean committed;
    private long takeOverAtNs;
    /// Whether a version that goes on sends where it must not any more.
    private boolean isStale;
    private long waitUntilNs;
    private long foldNs;
    /// Whether something was counted lately.
    private boolean active;
    private volatile PathTable paths = PathTable.EMPTY;

    /// A route that is in force.
    private static final class Served {
        volatile RouteVersion now;
        /// Goes on until user space is done with what it was handed.
        @Nullable
        RouteVersion before;

        Served(RouteVersion now) {
            this.now = now;
        }
    }

    /// @param tapDevice to which user space listens; closed with this, as everything else
    /// @param burstProgram the program on what leaves there
    /// @param notices takes lines for people
    ServerCopies(ServerPrograms programs, Uplinks uplinks, TapDevice tapDevice, Attachment burstProgram,
            PlaneOptions options, Consumer<String> notices) {
        original = options.dropsOriginal() ? RouteVersion.CONSUMES_ORIGINAL : 0;
        bursts = options.kernelBursts();
        this.programs = programs;
        this.uplinks = uplinks;
        this.tapDevice = tapDevice;
        this.burstProgram = burstProgram;
        tap = tapDevice.index();
        this.notices = notices;
        handovers = new Handovers(programs.gates);
    }

    @Override
    public int device() {
        return tap;
    }

    @Override
    public Handovers handovers() {
        return handovers;
    }

    @Override
    public boolean capture(CaptureScope next) {
        boolean taken = uplinks.attach(next.groups().keySet());
        scope = taken ? next : CaptureScope.NOTHING;
        install();
        uplinks.detachAllBut(scope.groups().keySet());
        return taken;
    }

    @Override
    public void publish(OwnAddresses own, Map<Integer, Long> newHardwareAddresses) {
        hardwareAddresses = newHardwareAddresses;
        uplinks.devices(newHardwareAddresses.keySet());
        try {
            programs.own(own);
        } catch (SystemCallException e) {
            notices.accept("the kernel cannot be told this host's addresses: " + e.getMessage());
        }
        install();
    }

    @Override
    public void prepare(RouteIndex index, MemberPlaces newPlaces, PathTable newPaths, int newWorker,
            byte[] newUsed) {
        worker = newWorker;
        places = newPlaces;
        used = newUsed;
        paths = newPaths;
        Set<Match> present = new HashSet<>();
        for (CompiledRoute route : index.routes()) {
            Match match = route.route().match();
            int[] placesOf = newPlaces.placesOf(route);
            if (placesOf == null) {
                continue;
            }
            present.add(match);
            selection.select(route, placesOf, newPaths, uplinks::cloneLimit);
            Served known = served.get(match);
            if (known != null) {
                isStale |= !mayGoOn(known.now, route) || !mayGoOn(known.before, route);
            }
            if (known == null || known.now.route != route || !selection.is(known.now, programs.runs)) {
                version(route).ifPresent(next -> replace(match, next));
            }
        }
        served.entrySet().removeIf(entry -> {
            boolean gone = !present.contains(entry.getKey());
            if (gone) {
                retire(entry.getValue().now);
                retire(entry.getValue().before);
            }
            return gone;
        });
    }

    private boolean mayGoOn(@Nullable RouteVersion version, CompiledRoute route) {
        return version == null || version.route == route && selection.keeps(version, programs.runs);
    }

    private void replace(Match match, RouteVersion next) {
        Served known = served.get(match);
        if (known == null) {
            served.put(match, new Served(next));
            return;
        }
        RouteVersion last = known.now;
        RouteVersion before = known.before;
        if (before != null && handovers.done(before.generation) < 0) {
            // The last one has not begun, and need not any more.
            retire(last);
        } else {
            retire(before);
            known.before = last.handsOver() ? last : null;
            if (!last.handsOver()) {
                retire(last);
            }
        }
        known.now = next;
    }

    private void retire(@Nullable RouteVersion version) {
        if (version != null) {
            version.retiredNs = 0;
            retired.add(version);
        }
    }

    private Optional<RouteVersion> version(CompiledRoute route) {
        int generation = generation();
        int[] members = Arrays.copyOf(selection.members, selection.count);
        int[] rest = Arrays.copyOf(selection.rest, selection.restCount);
        try {
            Run run = programs.runs.allocate(members.length);
            selection.write(run, programs.runs);
            programs.clear(generation);
            handovers.put(new Handover(generation, route, rest));
            return Optional.of(
                    new RouteVersion(generation, route, run, members, rest, bursts || route.isLimited(), selection.mtu,
                            selection.port));
        } catch (SystemCallException e) {
            usedSlots.remove(Handovers.slot(generation));
            notices.accept("the kernel has no room for members: " + e.getMessage());
            return Optional.empty();
        }
    }

    private int generation() {
        for (int waits = 0; usedSlots.size() == Handovers.SLOTS; waits++) {
            reclaim(SHORT_GRACE_NS);
            if (waits == MOST_WAITS) {
                throw new IllegalStateException("more than " + Handovers.SLOTS + " versions of routes");
            }
            if (usedSlots.size() == Handovers.SLOTS) {
                // Those that were replaced just now are not retired before the map of routes says so.
                install();
                LockSupport.parkNanos(SHORT_GRACE_NS / 5);
            }
        }
        do {
            nextSlot = nextSlot + 1 & Handovers.SLOTS - 1;
            if (nextSlot == 0) {
                sequence = sequence + 1 & 0x7FFFF;
            }
        } while (!usedSlots.add(nextSlot));
        return (sequence | 1 << 19) * Handovers.SLOTS | nextSlot;
    }

    @Override
    public void commit(boolean urgent) {
        install();
        long nowNs = System.nanoTime();
        // Ways are there before the first table.
        committed |= urgent;
        takeOver(nowNs);
        boolean soon = urgent || isStale;
        isStale = false;
        waitUntilNs = nowNs + (soon ? GATE_NS : WAY_GATE_NS);
        while (soon && !openGates()) {
            LockSupport.parkNanos(GATE_LOOK_NS);
        }
    }

    /// Puts the programs in the place of an earlier process's, once there is something for them to do and the kernel is to serve all
    /// members: so these do not have to go through user space meanwhile, and none is missed.
    private void takeOver(long nowNs) {
        if (!committed || !uplinks.isTakingOver()) {
            takeOverAtNs = nowNs + TAKE_OVER_NS;
            return;
        }
        if (nowNs - takeOverAtNs >= 0 || served.values().stream().allMatch(each -> each.now.rest.length == 0)) {
            uplinks.begin();
        }
    }

    /// Takes out the versions that have ended: those that user space has done with, and all when it is time.
    ///
    /// @return whether there is none left
    private boolean openGates() {
        if (!waiting) {
            return true;
        }
        long nowNs = System.nanoTime();
        boolean force = nowNs - waitUntilNs >= 0;
        boolean left = false;
        boolean changed = false;
        for (Served each : served.values()) {
            RouteVersion before = each.before;
            if (before != null && (force || isEnded(before, nowNs))) {
                each.before = null;
                retire(before);
                changed = true;
            }
            left |= each.before != null;
        }
        if (changed) {
            install();
        }
        return !left;
    }

    /// Whether user space has had nothing to do of that version for longer than a program runs: one that chose the version just
    /// before may be about to hand over.
    private boolean isEnded(RouteVersion version, long nowNs) {
        long done = handovers.done(version.generation);
        if (done < 0 || done != version.done) {
            version.done = done;
            version.doneNs = nowNs;
            return false;
        }
        return nowNs - version.doneNs >= SETTLED_NS;
    }

    /// Brings the map of routes to what is in force.
    private void install() {
        Map<ServerPrograms.Key, byte[]> wanted = new HashMap<>();
        waiting = false;
        served.forEach((match, each) -> {
            if (match.destination() instanceof Match.Destination.Group group) {
                waiting |= each.before != null;
                int address = group.address().ipv4();
                scope.groups().forEach((device, groups) -> {
                    if (groups.contains(address)) {
                        wanted.put(new ServerPrograms.Key(device, address, match.destinationPort()),
                                uplink(each, device));
                    }
                });
                wanted.put(new ServerPrograms.Key(tap, address, match.destinationPort()),
                        programs.route(each.now, each.before, RouteVersion.CONSUMES_ORIGINAL, tap, 0));
            }
        });
        scope.groups().forEach((device, groups) -> groups.forEach(group -> wanted
                .put(new ServerPrograms.Key(device, group, ServerPrograms.GROUP_ITSELF),
                        programs.group(original, tap, hardwareAddress(device)))));
        try {
            programs.install(wanted);
        } catch (SystemCallException e) {
            notices.accept("the kernel does not take all routes, so that some copies are missing: " + e.getMessage());
        }
        long nowNs = System.nanoTime();
        for (RouteVersion each : retired) {
            if (each.retiredNs == 0) {
                each.retiredNs = nowNs;
            }
        }
    }

    private byte[] uplink(Served route, int device) {
        return programs.route(route.now, route.before,
                original | (route.now.left ? RouteVersion.LEFT_TO_USER_SPACE : 0), tap, hardwareAddress(device));
    }

    @Override
    public int burstMtu(Match match) {
        Served known = served.get(match);
        return known == null || known.now.members.length < 2 ? 0 : known.now.mtu;
    }

    private long hardwareAddress(int device) {
        return hardwareAddresses.getOrDefault(device, 0L);
    }

    @Override
    public int tickMs() {
        return waiting || committed && uplinks.isTakingOver() ? WAITING_TICK_MS : active ? 50 : 200;
    }

    @Override
    public void count() {
        fold();
    }

    @Override
    public void tick(long nowNs) {
        boolean ignored = openGates();
        takeOver(nowNs);
        if (nowNs - foldNs < FOLD_NS) {
            return;
        }
        foldNs = nowNs;
        fold();
        reclaim(GRACE_NS);
    }

    /// Gives room and slot of old versions back.
    private void reclaim(long graceNs) {
        long nowNs = System.nanoTime();
        for (Iterator<RouteVersion> each = retired.iterator(); each.hasNext();) {
            RouteVersion version = each.next();
            if (version.retiredNs != 0 && nowNs - version.retiredNs >= graceNs
                    && (graceNs == GRACE_NS || handovers.done(version.generation) >= 0)) {
                fold(version, false);
                programs.runs.free(version.run);
                handovers.remove(version.generation);
                usedSlots.remove(Handovers.slot(version.generation));
                each.remove();
            }
        }
    }

    private void fold() {
        active = false;
        for (Served each : served.values()) {
            fold(each.now, true);
            RouteVersion before = each.before;
            if (before != null) {
                fold(before, false);
            }
        }
        for (RouteVersion each : retired) {
            fold(each, false);
        }
    }

    /// Takes over what was counted since.
    private void fold(RouteVersion version, boolean isNow) {
        programs.count(version.generation, counts);
        long[] before = version.counted;
        if (Arrays.equals(counts, before)) {
            return;
        }
        active = true;
        CompiledRoute route = version.route.forWorker(worker);
        RouteCounters total = route.counters();
        total.received(counts[0] - before[0], counts[1] - before[1]);
        long datagrams = counts[2] - before[2];
        long bytes = counts[3] - before[3];
        long frames = counts[4] - before[4];
        total.bursts(frames);
        if (counts[5] > before[5]) {
            total.drops().add(DropReason.RECEIVE_BUFFER_FULL, counts[5] - before[5]);
        }
        System.arraycopy(counts, 0, before, 0, counts.length);
        int[] placesOf = isNow ? places.placesOf(version.route) : null;
        for (int at = 0; at < version.members.length; at++) {
            int member = version.members[at];
            ReplicationCounters of = route.replicationCounters(member);
            if (programs.runs.failure32(version.run, at, MemberRuns.FAILED_FRAMES) == 0) {
                of.sent(datagrams, bytes, frames);
            } else {
                foldFailures(version, at, of, datagrams, bytes, frames);
            }
            if (placesOf != null) {
                used[placesOf[member]] = 1;
            }
        }
    }

    private void foldFailures(RouteVersion version, int at, ReplicationCounters of, long datagrams, long bytes,
            long frames) {
        MemberRuns runs = programs.runs;
        long[][] known = version.failed;
        if (known == null) {
            known = new long[version.members.length][];
            version.failed = known;
        }
        long[] before = known[at] == null ? new long[3] : known[at];
        long[] now = {runs.failure64(version.run, at, MemberRuns.FAILED_DATAGRAMS),
                runs.failure64(version.run, at, MemberRuns.FAILED_BYTES),
                runs.failure32(version.run, at, MemberRuns.FAILED_FRAMES) & 0xFFFFFFFFL};
        known[at] = now;
        of.sent(datagrams - (now[0] - before[0]), bytes - (now[1] - before[1]), frames - (now[2] - before[2]));
        if (now[0] > before[0]) {
            int errno = runs.failure32(version.run, at, MemberRuns.ERROR);
            of.failed(SendErrors.kind(errno == 0 ? Errno.ENOBUFS : errno), now[0] - before[0],
                    System.currentTimeMillis());
        }
    }

    @Override
    public Optional<Carrier> carrier(Match match, OutputPort port) {
        Served known = served.get(match);
        if (known == null || !(port instanceof OutputPort.UnicastMember member)) {
            return Optional.empty();
        }
        RouteVersion version = known.now;
        PathTable now = paths;
        int address = member.address().ipv4();
        int place = now.slot(address);
        if (place < 0 || !now.isFramed(place)) {
            return Optional.empty();
        }
        return Optional.of(version.serves(address)
                ? new Carrier(EbpfServerPlane.NAME, now.why(place))
                : new Carrier("packet", now.why(place) + "; beyond the " + version.members.length
                        + " copies that the kernel makes of one datagram"));
    }

    @Override
    public void close() {
        uplinks.close();
        burstProgram.close();
        fold();
        tapDevice.close();
        programs.close();
    }
}
