package io.nubicast.dataplane.ebpf;

import io.nubicast.dataplane.PlaneOptions;
import io.nubicast.dataplane.linux.PlaneEvents;
import io.nubicast.dataplane.socket.SocketClientPlane;
import io.nubicast.engine.NanoClock;
import io.nubicast.forwarding.Capability;
import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.DataPlane;
import io.nubicast.forwarding.DropCounters;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.OutputPort;
import io.nubicast.forwarding.PlaneEvent;
import io.nubicast.forwarding.PlaneUnavailable;
import io.nubicast.forwarding.Route;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.forwarding.Verdict;
import io.nubicast.kernel.bpf.Attachment;
import io.nubicast.wire.Address;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The proxy client's side of the plane `ebpf`: copies become multicast in the kernel, where they arrive ([ClientCopies]); what is
/// left, fragments for example, the plane `socket` beside it restores, which also counts what is rejected. Needs CAP_BPF,
/// CAP_NET_ADMIN and CAP_NET_RAW.
///
/// It lives in the network namespace of the thread that constructs it, whichever threads call it later.
public final class EbpfClientPlane implements DataPlane {
    private static final String NAME = "ebpf";

    private final ClientCopies copies;
    private final SocketClientPlane userSpace;

    /// Loads the program, opens the sockets and starts the thread.
    ///
    /// @param options where the worker in user space runs
    /// @throws PlaneUnavailable where something is missing
    public EbpfClientPlane(CounterRegistry counters, PlaneOptions options) throws PlaneUnavailable {
        this(counters, options, Attachment.Mechanism.best());
    }

    /// As [#EbpfClientPlane(CounterRegistry, PlaneOptions)].
    ///
    /// @param mechanism what holds the program at the interfaces
    public EbpfClientPlane(CounterRegistry counters, PlaneOptions options, Attachment.Mechanism mechanism)
            throws PlaneUnavailable {
        if (!System.getProperty("os.name", "").equals("Linux")) {
            throw new PlaneUnavailable("is for Linux only");
        }
        PlaneEvents events = new PlaneEvents();
        copies = ClientCopies.open(events, NanoClock.SYSTEM, mechanism);
        try {
            userSpace = new SocketClientPlane(counters, options, SocketClientPlane.Intake.STEERED, events, copies);
        } catch (PlaneUnavailable e) {
            copies.close();
            throw e;
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<Capability> capabilities() {
        return userSpace.capabilities();
    }

    @Override
    public Optional<String> remark() {
        return Optional
                .of("copies become multicast in the kernel, and the rest is steered past the applications' ports");
    }

    @Override
    public Verdict judge(Route route) {
        return userSpace.judge(route);
    }

    @Override
    public void apply(RouteTable table) {
        userSpace.apply(table);
    }

    @Override
    public DropCounters drops() {
        return userSpace.drops();
    }

    @Override
    public Map<Address, Long> rejectedSources() {
        return userSpace.rejectedSources();
    }

    @Override
    public Carrier carrier(Match match, OutputPort port) {
        return copies.left(match).map(why -> new Carrier(userSpace.name(), why)).orElseGet(() -> new Carrier(NAME, ""));
    }

    /// Datagrams that were restored in the kernel so far; the rest was by the plane `socket`. Some ten milliseconds old.
    public long restoredInKernel() {
        return copies.taken();
    }

    @Override
    public Optional<PlaneEvent> pollEvent() {
        return userSpace.pollEvent();
    }

    @Override
    public void close() {
        userSpace.close();
    }
}
