package io.nubicast.kernel.bpf;

import io.nubicast.kernel.netlink.TrafficControl;
import io.nubicast.kernel.netlink.TrafficControl.Filter;
import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.kernel.sys.Errno;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.kernel.sys.SystemCalls;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// By a filter cls_bpf in direct-action mode. The qdisc clsact is made where it is missing, and removed with the last filter of
/// it by the process that made it.
final class ClsactAttachment extends Attachment {
    private final TrafficControl traffic;
    private final boolean madeQdisc;
    private final boolean keep;

    private ClsactAttachment(Place place, Descriptor claim, TrafficControl traffic, boolean madeQdisc, boolean keep) {
        super(place, claim);
        this.traffic = traffic;
        this.madeQdisc = madeQdisc;
        this.keep = keep;
    }

    static ClsactAttachment attach(BpfProgram program, Place place, Descriptor claim, boolean keep) throws IOException {
        TrafficControl traffic = TrafficControl.open();
        boolean madeQdisc = false;
        boolean complete = false;
        try {
            madeQdisc = traffic.addClsact(place.interfaceIndex());
            List<Filter> old = own(traffic, place);
            if (old.isEmpty()) {
                traffic.add(place.interfaceIndex(), place.direction().parent, program.fd(), place.label());
            } else {
                // One that was killed made the qdisc too.
                madeQdisc = true;
                traffic.replace(place.interfaceIndex(), place.direction().parent, old.getFirst(), program.fd());
            }
            complete = true;
            return new ClsactAttachment(place, claim, traffic, madeQdisc, keep);
        } finally {
            if (!complete) {
                if (madeQdisc) {
                    removeEmptyQdisc(traffic, place);
                }
                traffic.close();
            }
        }
    }

    static Optional<Attachment> takeOver(Place place, Descriptor claim, boolean keep) throws SystemCallException {
        TrafficControl traffic = TrafficControl.open();
        boolean found = false;
        try {
            found = !own(traffic, place).isEmpty();
            // Who was there made the qdisc too.
            return found
                    ? Optional.of(new ClsactAttachment(place, claim, traffic, true, keep))
                    : Optional.empty();
        } finally {
            if (!found) {
                traffic.close();
            }
        }
    }

    static boolean isLeft(Place place) throws SystemCallException {
        try (TrafficControl traffic = TrafficControl.open()) {
            return !own(traffic, place).isEmpty();
        }
    }

    static boolean removeLeftover(Place place) throws SystemCallException {
        try (TrafficControl traffic = TrafficControl.open()) {
            boolean removed = removeFilter(traffic, place);
            if (removed) {
                removeEmptyQdisc(traffic, place);
            }
            return removed;
        }
    }

    private static List<Filter> own(TrafficControl traffic, Place place) throws SystemCallException {
        return traffic.filters(place.interfaceIndex(), place.direction().parent).stream()
                .filter(filter -> filter.name().equals(place.label())).toList();
    }

    private static boolean removeFilter(TrafficControl traffic, Place place) throws SystemCallException {
        boolean removed = false;
        for (Filter filter : own(traffic, place)) {
            removed |= traffic.remove(place.interfaceIndex(), place.direction().parent, filter);
        }
        return removed;
    }

    private static void removeEmptyQdisc(TrafficControl traffic, Place place) throws SystemCallException {
        if (traffic.filters(place.interfaceIndex(), TrafficControl.INGRESS).isEmpty()
                && traffic.filters(place.interfaceIndex(), TrafficControl.EGRESS).isEmpty()) {
            traffic.removeClsact(place.interfaceIndex());
        }
    }

    @Override
    public Mechanism mechanism() {
        return Mechanism.CLSACT;
    }

    @Override
    public void update(BpfProgram program) throws SystemCallException {
        Optional<Filter> filter = own(traffic, place()).stream().findFirst();
        if (filter.isEmpty()) {
            SystemCalls.check("replace filter " + place().label() + ", which somebody has removed", -Errno.ENOENT);
            return;
        }
        traffic.replace(place().interfaceIndex(), place().direction().parent, filter.get(), program.fd());
    }

    @Override
    void remove() throws SystemCallException {
        removeFilter(traffic, place());
        if (madeQdisc) {
            removeEmptyQdisc(traffic, place());
        }
    }

    @Override
    void leave() {
        if (!keep && traffic.isOpen()) {
            try {
                remove();
            } catch (SystemCallException e) {
                throw new IllegalStateException("the program stays on interface " + place().interfaceIndex(), e);
            }
        }
    }

    @Override
    void release() {
        traffic.close();
    }
}
