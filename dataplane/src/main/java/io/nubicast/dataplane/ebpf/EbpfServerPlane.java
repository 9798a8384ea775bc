package io.nubicast.dataplane.ebpf;

import io.nubicast.dataplane.PlaneOptions;
import io.nubicast.dataplane.linux.PlaneEvents;
import io.nubicast.dataplane.packet.PacketServerPlane;
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
import io.nubicast.kernel.bpf.BpfLink;
import io.nubicast.kernel.bpf.BpfPins;
import io.nubicast.kernel.sys.Errno;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.kernel.tun.TapDevice;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// The proxy server's side of the plane `ebpf`: takes routes from groups to unicast members. See the package for the parts.
///
/// It lives in the network namespace of the thread that constructs it, whichever threads call it later.
public final class EbpfServerPlane implements DataPlane {
    static final String NAME = "ebpf";
    /// The largest that a TAP device takes.
    private static final int MOST_MTU = 65_521;

    private final PacketServerPlane userSpace;
    private final boolean keeps;

    /// Loads the programs and opens the sockets and threads of user space's part.
    ///
    /// @throws PlaneUnavailable without CAP_BPF, CAP_NET_ADMIN and CAP_NET_RAW, on an old kernel, or where the kernel refuses a
    ///         program
    public EbpfServerPlane(CounterRegistry counters, PlaneOptions options) throws PlaneUnavailable {
        this(counters, options, Attachment.Mechanism.best());
    }

    /// As [#EbpfServerPlane(CounterRegistry, PlaneOptions)], with the programs attached to interfaces in that way.
    public EbpfServerPlane(CounterRegistry counters, PlaneOptions options, Attachment.Mechanism mechanism)
            throws PlaneUnavailable {
        if (!System.getProperty("os.name", "").equals("Linux")) {
            throw new PlaneUnavailable("is for Linux only");
        }
        keeps = options.keepsForwarding();
        PlaneEvents events = new PlaneEvents();
        userSpace = new PacketServerPlane(counters, options, new Opening().open(options, events, mechanism), events);
    }

    /// What is opened, to be closed in the other order.
    private static final class Opening {
        private final Deque<AutoCloseable> opened = new ArrayDeque<>();

        private <T extends AutoCloseable> T opening(T resource) {
            opened.push(resource);
            return resource;
        }

        ServerCopies open(PlaneOptions options, PlaneEvents events, Attachment.Mechanism mechanism)
                throws PlaneUnavailable {
            boolean complete = false;
            try {
                // First of all, since it may be missing: the place for names.
                Optional<BpfPins> pins = options.keepsForwarding()
                        ? Optional.of(KeptForwarding.make())
                        : KeptForwarding.find();
                ServerPrograms programs = opening(ServerPrograms.load());
                TapDevice tap = opening(TapDevice.open("nubicast%d"));
                tap.mtu(MOST_MTU);
                tap.up();
                Attachment bursts = opening(Attachment.attach(mechanism, programs.burst(),
                        new Attachment.Place(tap.index(), BpfLink.Direction.EGRESS, "nubicast-bursts"),
                        Optional.empty()));
                Uplinks uplinks = new Uplinks(programs.uplink(), mechanism, pins, options.keepsForwarding(),
                        events::add);
                ServerCopies copies = new ServerCopies(programs, uplinks, tap, bursts, options,
                        notice -> events.add(new PlaneEvent.Notice(notice)));
                complete = true;
                return copies;
            } catch (SystemCallException e) {
                throw e.errno() == Errno.ENOENT
                        ? new PlaneUnavailable("needs /dev/net/tun (" + e.getMessage() + ")", e)
                        : KernelPrograms.unavailable(e);
            } catch (IOException e) {
                throw new PlaneUnavailable("does not work here: " + e.getMessage(), e);
            } finally {
                while (!complete && !opened.isEmpty()) {
                    close(opened.pop());
                }
            }
        }

        private static void close(AutoCloseable resource) {
            try {
                resource.close();
            } catch (Exception e) {
                throw new IllegalStateException(e); // none of ours throws
            }
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.allOf(Capability.class);
    }

    @Override
    public Verdict judge(Route route) {
        return userSpace.judge(route);
    }

    @Override
    public Optional<String> remark() {
        return keeps ? Optional.of("copies go on when it ends, until 'nubicast proxy release'") : Optional.empty();
    }

    @Override
    public void apply(RouteTable table) {
        userSpace.apply(table);
    }

    @Override
    public void count() {
        userSpace.count();
    }

    @Override
    public DropCounters drops() {
        return userSpace.drops();
    }

    @Override
    public Carrier carrier(Match match, OutputPort port) {
        return userSpace.carrier(match, port);
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
