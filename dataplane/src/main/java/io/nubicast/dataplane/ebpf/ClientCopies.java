package io.nubicast.dataplane.ebpf;

import io.nubicast.dataplane.linux.PlaneEvents;
import io.nubicast.dataplane.socket.ClientHost;
import io.nubicast.dataplane.socket.ClientShortcut;
import io.nubicast.dataplane.socket.RestoreRoute;
import io.nubicast.engine.NanoClock;
import io.nubicast.forwarding.CompiledRoute;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.PlaneEvent;
import io.nubicast.forwarding.PlaneUnavailable;
import io.nubicast.forwarding.Rewrite;
import io.nubicast.kernel.bpf.Attachment;
import io.nubicast.kernel.bpf.BpfCollection;
import io.nubicast.kernel.bpf.BpfLink;
import io.nubicast.kernel.bpf.BpfMap;
import io.nubicast.kernel.bpf.BpfProgram;
import io.nubicast.kernel.bpf.Cpus;
import io.nubicast.kernel.bpf.InterfaceTaken;
import io.nubicast.kernel.netlink.RouteEvent.Link;
import io.nubicast.kernel.sys.SystemCallException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `client.c` at work: the entries of routes and addresses in its map, the program at each interface to which copies come, and what
/// it counted. Ends with [#close()] or with the process. One thread after construction, but for [#left(Match)].
///
/// Left to user space, route by route, each with a reason: rate limits, addresses of interfaces that are no Ethernet, and what is
/// restored by such interfaces, by more than [ClientEntry#MOST_OUTPUTS], or by others than the one of arrival where that checks
/// sources strictly (rp_filter): up its stack nothing would come.
final class ClientCopies implements ClientShortcut {
    private static final String SECTION = "tcx/ingress";
    private static final String OWNER = "nubicast-client";
    private static final int LOOPBACK_INDEX = 1;
    private static final int MOST_TALLY_BYTES = 16 << 20;
    private static final int MOST_TALLIES = 65_536;
    private static final int LEAST_TALLIES = 1_024;
    /// So old numbers are at most, and folding costs at most a share of 1 in that.
    private static final long FOLD_NS = 20_000_000L;
    private static final long FOLD_COSTS = 50;
    /// A program that still saw an entry may count for it so long after it was removed: far longer than it runs.
    private static final long GRACE_NS = 1_000_000_000L;
    private static final int MOST_MTU = 65_535;

    private final PlaneEvents events;
    private final NanoClock clock;
    private final SourceChecks sourceChecks = new SourceChecks();
    private final Arena arena = Arena.ofShared();
    private final MemorySegment key = arena.allocate(ClientEntry.KEY_BYTES, Long.BYTES);
    private final MemorySegment value = arena.allocate(ClientEntry.BYTES, Long.BYTES);
    private final BpfCollection loaded;
    private final BpfProgram program;
    private final Attachment.Mechanism mechanism;
    private final BpfMap map;
    private final MemorySegment memory;
    private final int processors;
    private final Map<ClientEntry.Key, ClientEntry> entries = new HashMap<>();
    private final Map<Integer, Attachment> attached = new HashMap<>();
    private final Map<Match, ClientTally> tallies = new HashMap<>();
    /// Those of [#tallies] in any order, for the hot path.
    private ClientTally[] folded = {};
    private final Deque<Released> released = new ArrayDeque<>();
    private final Deque<Integer> free = new ArrayDeque<>();
    private volatile Map<Match, String> left = Map.of();
    /// Written by the one thread.
    private volatile long taken;
    private long foldNs;
    private boolean closed;

    /// A tally that no entry uses any more.
    private record Released(ClientTally tally, long sinceNs) {}

    private ClientCopies(PlaneEvents events, NanoClock clock, BpfCollection loaded, Attachment.Mechanism mechanism,
            int tallyCount) throws SystemCallException {
        this.events = events;
        this.clock = clock;
        this.loaded = loaded;
        this.mechanism = mechanism;
        program = loaded.program(SECTION);
        map = loaded.map("entries");
        memory = loaded.map("counters").memory(arena);
        processors = Cpus.limit();
        for (int number = 0; number < tallyCount; number++) {
            free.add(number);
        }
        foldNs = clock.nowNs();
    }

    /// Loads the program, and tries in the calling thread's network namespace whether it can be attached.
    ///
    /// @param mechanism what holds it at the interfaces
    /// @throws PlaneUnavailable with what is missing
    static ClientCopies open(PlaneEvents events, NanoClock clock, Attachment.Mechanism mechanism)
            throws PlaneUnavailable {
        int tallies = Math.clamp(MOST_TALLY_BYTES / ((long) ClientTally.BYTES * Cpus.limit()), LEAST_TALLIES,
                MOST_TALLIES);
        BpfCollection loaded = KernelPrograms.load(BpfCollection.of(KernelPrograms.object("client.o"))
                .capacity("counters", tallies * Cpus.limit()));
        boolean complete = false;
        try {
            probe(loaded.program(SECTION), mechanism);
            ClientCopies opened = new ClientCopies(events, clock, loaded, mechanism, tallies);
            complete = true;
            return opened;
        } catch (SystemCallException e) {
            throw KernelPrograms.unavailable(e);
        } finally {
            if (!complete) {
                loaded.close();
            }
        }
    }

    private static void probe(BpfProgram program, Attachment.Mechanism mechanism) throws SystemCallException {
        try {
            attach(program, mechanism, LOOPBACK_INDEX).close();
        } catch (InterfaceTaken e) {
            // Another one tries at this moment: it can be done.
            return;
        } catch (SystemCallException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Attachment attach(BpfProgram program, Attachment.Mechanism mechanism, int interfaceIndex)
            throws IOException {
        return Attachment.attach(mechanism, program,
                new Attachment.Place(interfaceIndex, BpfLink.Direction.INGRESS, OWNER), Optional.empty());
    }

    /// Why the copies of that match, or some of them, are left to user space; empty when they are not. Any thread.
    Optional<String> left(Match match) {
        return Optional.ofNullable(left.get(match));
    }

    /// Datagrams that were taken so far, as of the last [#keep(long)]. Any thread.
    long taken() {
        return taken;
    }

    @Override
    public void serve(ClientHost host, Collection<RestoreRoute> routes) {
        Set<Integer> anyPortServers = new HashSet<>();
        Set<Match> matches = new HashSet<>();
        for (RestoreRoute route : routes) {
            Match match = route.compiled().route().match();
            matches.add(match);
            if (match.destinationPort() == Match.ANY_PORT) {
                anyPortServers.add(match.source().ipv4());
            }
        }
        Map<ClientEntry.Key, ClientEntry> wanted = new HashMap<>();
        Map<Match, String> leftNow = new HashMap<>();
        for (RestoreRoute route : routes) {
            Match match = route.compiled().route().match();
            int server = match.source().ipv4();
            for (int i = 0; i < host.addressCount(); i++) {
                int address = host.address(i);
                int place = host.place(i);
                if (host.placeOf(address) != place) {
                    continue;
                }
                ClientEntry.Key at = new ClientEntry.Key(server, address, match.destinationPort());
                boolean accepted = route.accepts(address, place);
                String why = accepted ? obstacle(route, host, place) : "";
                ClientEntry entry = accepted && why.isEmpty() ? entry(route, host, place) : null;
                if (entry != null) {
                    wanted.put(at, entry);
                } else if (match.destinationPort() != Match.ANY_PORT && anyPortServers.contains(server)) {
                    wanted.put(at, ClientEntry.left());
                }
                if (accepted && entry == null) {
                    leftNow.putIfAbsent(match, why.isEmpty() ? "there are more entries than it counts" : why);
                }
            }
        }
        put(wanted);
        attach(wanted.values());
        left = Map.copyOf(leftNow);
        release(matches);
    }

    /// Why copies that arrive at that place are user space's; empty when they are not.
    private String obstacle(RestoreRoute route, ClientHost host, int place) {
        CompiledRoute compiled = route.compiled();
        Link arrival = host.interfaces().get(place);
        List<Link> outputs = route.outputs(place);
        if (compiled.isLimited()) {
            return "it has a rate limit";
        }
        if (compiled.size() != 1 || outputs.size() > ClientEntry.MOST_OUTPUTS) {
            return "it is restored by more than " + ClientEntry.MOST_OUTPUTS + " interfaces";
        }
        if (outputs.isEmpty()) {
            return "the interface to which it is restored is not there";
        }
        if (!isEthernet(arrival)) {
            return arrival.name() + " is no Ethernet interface";
        }
        for (Link output : outputs) {
            if (!isEthernet(output)) {
                return output.name() + " is no Ethernet interface";
            }
            if (output.index() != arrival.index() && sourceChecks.isStrict(output.name())) {
                return "rp_filter of " + output.name() + " is strict";
            }
        }
        return "";
    }

    private static boolean isEthernet(Link link) {
        return link.hardwareType() == Link.ETHERNET && link.hardwareAddress() >= 0 && !link.isLoopback();
    }

    /// Null when there is no tally for it.
    @Nullable
    private ClientEntry entry(RestoreRoute route, ClientHost host, int place) {
        CompiledRoute compiled = route.compiled();
        Match match = compiled.route().match();
        ClientTally tally = tallies.get(match);
        if (tally == null) {
            Integer number = free.poll();
            if (number == null) {
                return null;
            }
            tally = new ClientTally(number, memory, processors, compiled);
            tallies.put(match, tally);
        }
        tally.route(compiled);
        List<ClientEntry.Output> outputs = new ArrayList<>();
        for (Link link : route.outputs(place)) {
            int mtu = link.mtu() == 0 ? MOST_MTU : Math.min(MOST_MTU, link.mtu());
            outputs.add(new ClientEntry.Output(link.index(), link.hardwareAddress(), mtu));
        }
        int port = compiled.port(0) == Rewrite.KEEP_PORT ? 0 : compiled.port(0);
        return new ClientEntry(compiled.address(0), port, compiled.ttl(0), match.typeOfService(),
                host.interfaces().get(place).index(), tally.number(), List.copyOf(outputs));
    }

    /// What is new comes before what is no longer wanted goes; what is as it was is not touched.
    private void put(Map<ClientEntry.Key, ClientEntry> wanted) {
        try {
            for (Map.Entry<ClientEntry.Key, ClientEntry> each : wanted.entrySet()) {
                if (!each.getValue().equals(entries.get(each.getKey()))) {
                    each.getKey().write(key);
                    each.getValue().write(value, processors);
                    map.put(key, value);
                    entries.put(each.getKey(), each.getValue());
                }
            }
            for (ClientEntry.Key each : List.copyOf(entries.keySet())) {
                if (!wanted.containsKey(each)) {
                    each.write(key);
                    map.remove(key);
                    entries.remove(each);
                }
            }
        } catch (SystemCallException e) {
            events.add(new PlaneEvent.Notice("copies cannot be restored in the kernel as the entries say: "
                    + e.getMessage()));
        }
    }

    private void attach(Collection<ClientEntry> wanted) {
        Set<Integer> indexes = new HashSet<>();
        for (ClientEntry entry : wanted) {
            if (entry.tally() != ClientEntry.LEFT) {
                indexes.add(entry.interfaceIndex());
            }
        }
        for (int index : indexes) {
            if (!attached.containsKey(index)) {
                try {
                    attached.put(index, attach(program, mechanism, index));
                } catch (IOException e) {
                    events.add(new PlaneEvent.Notice("copies to interface " + index
                            + " are restored in user space: " + e.getMessage()));
                }
            }
        }
        attached.entrySet().removeIf(each -> {
            boolean unused = !indexes.contains(each.getKey());
            if (unused) {
                each.getValue().close();
            }
            return unused;
        });
    }

    /// Tallies of matches that are gone are freed when no program can count in them any more.
    private void release(Set<Match> matches) {
        tallies.entrySet().removeIf(each -> {
            boolean gone = !matches.contains(each.getKey());
            if (gone) {
                released.add(new Released(each.getValue(), clock.nowNs()));
            }
            return gone;
        });
        folded = tallies.values().toArray(ClientTally[]::new);
    }

    @Override
    public void keep(long nowNs) {
        if (nowNs - foldNs < 0) {
            return;
        }
        fold();
        Released oldest = released.peek();
        while (oldest != null && nowNs - oldest.sinceNs() >= GRACE_NS) {
            oldest.tally().fold();
            free.add(oldest.tally().number());
            released.remove();
            oldest = released.peek();
        }
        long doneNs = clock.nowNs();
        foldNs = doneNs + Math.max(FOLD_NS, FOLD_COSTS * (doneNs - nowNs));
    }

    private void fold() {
        long datagrams = taken;
        for (ClientTally tally : folded) {
            datagrams += tally.fold();
        }
        taken = datagrams;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        attached.values().forEach(Attachment::close);
        attached.clear();
        fold();
        released.forEach(each -> each.tally().fold());
        loaded.close();
        arena.close();
    }
}
