package io.nubicast.dataplane.portable;

import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.DataPlane;
import io.nubicast.forwarding.DropCounters;
import io.nubicast.forwarding.EventQueue;
import io.nubicast.forwarding.PlaneEvent;
import io.nubicast.forwarding.PlaneUnavailable;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.forwarding.Verdict;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// The life of a portable plane, server or client: one loop that serves the routes it takes, from the constructor to `close`.
abstract class PortablePlane implements DataPlane {
    private final PlaneDuty duty;
    private final SelectorLoop loop;

    /// What a plane does on the loop's thread, with what it counts and tells.
    abstract static class PlaneDuty implements SelectorLoop.Duty {
        private static final int EVENTS = 256;

        final CounterRegistry counters;
        final DropCounters drops = new DropCounters();
        private final EventQueue events = new EventQueue(EVENTS);
        private final Set<String> told = new HashSet<>();

        PlaneDuty(CounterRegistry counters) {
            this.counters = counters;
        }

        /// Once per cause.
        final void tell(String text) {
            if (told.add(text)) {
                events.add(new PlaneEvent.Notice(text));
            }
        }
    }

    /// Starts the loop; when that fails the duty's channels are closed.
    PortablePlane(String threadName, PlaneDuty duty) throws PlaneUnavailable {
        this.duty = duty;
        try {
            loop = new SelectorLoop(threadName, duty);
        } catch (PlaneUnavailable e) {
            duty.closeAll();
            throw e;
        }
        loop.start();
    }

    @Override
    public final String name() {
        return "portable";
    }

    @Override
    public final void apply(RouteTable table) {
        loop.apply(new RouteTable(
                table.routes().stream().filter(route -> judge(route) instanceof Verdict.Taken).toList()));
    }

    @Override
    public final DropCounters drops() {
        return duty.drops;
    }

    @Override
    public final Optional<PlaneEvent> pollEvent() {
        return duty.events.poll();
    }

    @Override
    public final void close() {
        loop.close();
    }
}
