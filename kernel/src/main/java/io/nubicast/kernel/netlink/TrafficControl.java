package io.nubicast.kernel.netlink;

import io.nubicast.kernel.sys.Errno;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.kernel.sys.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// eBPF programs at interfaces by traffic control (tc-bpf(8)): the qdisc clsact and filters of cls_bpf whose program decides itself
/// ("direct-action"). They stay when the process ends. Interfaces are those of the namespace where the socket was opened. One
/// thread at a time; needs CAP_NET_ADMIN.
public final class TrafficControl extends NetlinkSocket {
    /// Parent of filters for what an interface receives.
    public static final int INGRESS = 0xFFFF_FFF2;
    /// Parent of filters for what an interface sends.
    public static final int EGRESS = 0xFFFF_FFF3;

    private static final int NLM_F_EXCL = 0x200;
    private static final int NLM_F_CREATE = 0x400;
    private static final int ATTEMPTS = 20;
    private static final int CHANGE = NLM_F_REQUEST | NLM_F_ACK;

    private final MemorySegment request = Arena.ofAuto().allocate(TrafficMessages.MOST_BYTES, 8);

    /// A filter of cls_bpf.
    ///
    /// @param priority the lower, the earlier
    /// @param handle its number among those of its priority
    /// @param name as it was given
    /// @param program the program's id, 0 where the kernel does not tell (before 4.13)
    public record Filter(int priority, int handle, String name, int program) {}

    /// Makes something of a message of a dump.
    @FunctionalInterface
    private interface Reader<T> {
        Optional<T> read(int type, long from, long end);
    }

    private TrafficControl(int fd) {
        super(fd);
    }

    /// A socket in the namespace of the calling thread.
    public static TrafficControl open() throws SystemCallException {
        TrafficControl socket = new TrafficControl(newSocket(RouteNetlink.NETLINK_ROUTE));
        socket.bind(0);
        return socket;
    }

    /// Sees that an interface has the qdisc clsact.
    ///
    /// @return whether it is new
    /// @throws SystemCallException EEXIST when the interface has the qdisc `ingress`, which has no egress, in its place; ENOENT
    ///         where the kernel has none (sch_ingress); ENODEV; EPERM
    public boolean addClsact(int interfaceIndex) throws SystemCallException {
        int sequence = nextSequence();
        String what = "qdisc clsact on interface " + interfaceIndex;
        int errno = change(what, sequence, TrafficMessages.clsact(request, TrafficMessages.RTM_NEWQDISC,
                CHANGE | NLM_F_CREATE | NLM_F_EXCL, sequence, interfaceIndex));
        if (errno == Errno.EEXIST) {
            Optional<String> there = ingressQdisc(interfaceIndex);
            if (there.filter("clsact"::equals).isPresent()) {
                return false;
            }
            what += ", which has the qdisc " + there.orElse("?") + "; remove that: tc qdisc del dev INTERFACE ingress";
        }
        SystemCalls.check(what, -errno);
        return true;
    }

    /// Removes the qdisc clsact with all filters.
    ///
    /// @return whether there was one
    public boolean removeClsact(int interfaceIndex) throws SystemCallException {
        int sequence = nextSequence();
        String what = "remove qdisc clsact of interface " + interfaceIndex;
        return removed(what,
                change(what, sequence, TrafficMessages.clsact(request, TrafficMessages.RTM_DELQDISC, CHANGE,
                        sequence, interfaceIndex)));
    }

    /// The kind of the qdisc where filters for ingress go: `clsact`, `ingress`.
    public Optional<String> ingressQdisc(int interfaceIndex) throws SystemCallException {
        return dump(TrafficMessages.RTM_GETQDISC, interfaceIndex, 0, (type, from, end) -> {
            String kind = TrafficMessages.ingressQdisc(buffer(), from, end, interfaceIndex);
            return type == TrafficMessages.RTM_NEWQDISC && !kind.isEmpty() ? Optional.of(kind) : Optional.empty();
        }).stream().findFirst();
    }

    /// Every filter of cls_bpf, in the order they run; none where there is no clsact.
    ///
    /// @param parent [#INGRESS] or [#EGRESS]
    public List<Filter> filters(int interfaceIndex, int parent) throws SystemCallException {
        if (ingressQdisc(interfaceIndex).filter("clsact"::equals).isEmpty()) {
            return List.of();
        }
        return dump(TrafficMessages.RTM_GETTFILTER, interfaceIndex, parent,
                (type, from, end) -> type == TrafficMessages.RTM_NEWTFILTER
                        ? TrafficMessages.filter(buffer(), from, end, interfaceIndex)
                        : Optional.empty());
    }

    /// Adds a filter behind those of its kind, first of all priorities.
    ///
    /// @param program descriptor
    /// @param name to know it again, at most 255 bytes
    public void add(int interfaceIndex, int parent, int program, String name) throws SystemCallException {
        set("add", NLM_F_CREATE | NLM_F_EXCL, interfaceIndex, parent, 0, program, name);
    }

    /// Puts another program into a filter; each packet meets the old or the new one.
    ///
    /// @param filter that [#add] made
    public void replace(int interfaceIndex, int parent, Filter filter, int program) throws SystemCallException {
        set("replace", NLM_F_CREATE, interfaceIndex, parent, filter.handle, program, filter.name);
    }

    private void set(String verb, int flags, int interfaceIndex, int parent, int handle, int program, String name)
            throws SystemCallException {
        int sequence = nextSequence();
        String what = verb + " filter " + name + " on interface " + interfaceIndex;
        SystemCalls.check(what, -change(what, sequence, TrafficMessages.filter(request, TrafficMessages.RTM_NEWTFILTER,
                CHANGE | flags, sequence, interfaceIndex, parent, handle, program, name)));
    }

    /// Removes a filter that [#add] made.
    ///
    /// @return whether it was there
    public boolean remove(int interfaceIndex, int parent, Filter filter) throws SystemCallException {
        int sequence = nextSequence();
        String what = "remove filter " + filter.name + " of interface " + interfaceIndex;
        return removed(what,
                change(what, sequence, TrafficMessages.filter(request, TrafficMessages.RTM_DELTFILTER, CHANGE,
                        sequence, interfaceIndex, parent, filter.handle, -1, filter.name)));
    }

    /// An interface that is gone has lost its filters; a qdisc that is gone, too (EINVAL).
    private static boolean removed(String what, int errno) throws SystemCallException {
        if (errno == Errno.ENOENT || errno == Errno.ENODEV || errno == Errno.EINVAL) {
            return false;
        }
        SystemCalls.check(what, -errno);
        return true;
    }

    /// The error that the kernel answers, 0 for none.
    private int change(String what, int sequence, long bytes) throws SystemCallException {
        send(what, request, bytes);
        while (true) {
            int received = receive(0);
            int outcome = received <= NOTHING
                    ? 0
                    : Messages.read(buffer(), received, sequence, (type, from, end, ours) -> {});
            if ((outcome & Messages.FAILED) != 0) {
                return Messages.errno(outcome);
            }
        }
    }

    private <T> List<T> dump(int type, int interfaceIndex, int parent, Reader<T> reader) throws SystemCallException {
        String what = "read traffic control of interface " + interfaceIndex;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            List<T> found = new ArrayList<>();
            int sequence = nextSequence();
            send(what, request,
                    TrafficMessages.dump(request, type, NLM_F_REQUEST | NLM_F_DUMP, sequence, interfaceIndex,
                            parent));
            int outcome = 0;
            while ((outcome & (Messages.DONE | Messages.FAILED)) == 0) {
                int received = receive(0);
                outcome |= received <= NOTHING
                        ? 0
                        : Messages.read(buffer(), received, sequence, (kind, from, end, ours) -> {
                            if (ours) {
                                reader.read(kind, from, end).ifPresent(found::add);
                            }
                        });
            }
            if ((outcome & Messages.FAILED) != 0) {
                SystemCalls.check(what, -Messages.errno(outcome));
            }
            if ((outcome & Messages.INTERRUPTED) == 0) {
                return found;
            }
        }
        SystemCalls.check(what + ", interrupted each time", -Errno.EAGAIN);
        return List.of();
    }
}
