package io.nubicast.dataplane.linux;

import io.nubicast.dataplane.PlaneOptions;
import io.nubicast.forwarding.PlaneEvent;
import io.nubicast.kernel.sys.Scheduling;
import io.nubicast.kernel.sys.SystemCallException;
import java.util.List;

/// Where a plane's worker runs and how urgently, as the options say. What this host does not allow is said in one notice, and the
/// worker goes on without it.
public final class WorkerPlace {
    private final PlaneOptions options;
    private final PlaneEvents events;

    public WorkerPlace(PlaneOptions options, PlaneEvents events) {
        this.options = options;
        this.events = events;
    }

    /// For the calling thread; the first thing that a worker does.
    ///
    /// @param worker counted from 0
    public void take(int worker) {
        if (options.pinned()) {
            pin(worker);
        }
        if (options.realTimePriority() > 0) {
            hurry();
        }
    }

    /// From the last processor down, as the first takes most of a machine's interrupts.
    private void pin(int worker) {
        try {
            List<Integer> allowed = Scheduling.allowedProcessors();
            if (worker >= allowed.size()) {
                events.add(new PlaneEvent.Notice("only " + allowed.size() + " of the " + options.workers()
                        + " workers have a processor of their own: this process may use no more (--workers)"));
                return;
            }
            Scheduling.pin(allowed.get(allowed.size() - 1 - worker));
        } catch (SystemCallException e) {
            events.add(new PlaneEvent.Notice("the workers are not kept on their processors: " + e.getMessage()));
        }
    }

    private void hurry() {
        try {
            Scheduling.realTime(options.realTimePriority());
        } catch (SystemCallException e) {
            events.add(new PlaneEvent.Notice("the workers run with ordinary priority (" + e.getMessage()
                    + "): --real-time needs root, CAP_SYS_NICE, or a limit of real-time priority (ulimit -r) of "
                    + options.realTimePriority() + " at least"));
        }
    }
}
