package io.nubicast.dataplane.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.dataplane.PlaneOptions;
import io.nubicast.forwarding.PlaneEvent;
import io.nubicast.kernel.sys.Scheduling;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/// Each worker is a thread of its own that ends at once.
class WorkerPlaceTest {
    private final PlaneEvents events = new PlaneEvents();

    private List<Integer> allowedTo(int worker, PlaneOptions options) throws Exception {
        FutureTask<List<Integer>> task = new FutureTask<>(() -> {
            new WorkerPlace(options, events).take(worker);
            return Scheduling.allowedProcessors();
        });
        Thread.ofPlatform().start(task).join();
        return task.get();
    }

    private static PlaneOptions pinned(boolean pinned) {
        return new PlaneOptions(64, 64, pinned, 0, true);
    }

    @Test
    void eachPinnedWorkerHasAProcessorOfItsOwnTheLastFirst() throws Exception {
        List<Integer> all = Scheduling.allowedProcessors();

        for (int worker = 0; worker < Math.min(64, all.size()); worker++) {
            assertThat(allowedTo(worker, pinned(true))).containsExactly(all.reversed().get(worker));
        }

        assertThat(allowedTo(0, pinned(false))).isEqualTo(all);
        assertThat(events.poll()).isEmpty();
    }

    @Test
    void whereThereAreTooFewProcessorsANoticeSaysSoAndTheWorkerGoesOn() throws Exception {
        List<Integer> all = Scheduling.allowedProcessors();

        assertThat(allowedTo(all.size(), pinned(true))).isEqualTo(all);

        assertThat(events.poll()).map(PlaneEvent::text).hasValueSatisfying(text -> assertThat(text)
                .isEqualTo("only " + all.size()
                        + " of the 64 workers have a processor of their own: this process may use no"
                        + " more (--workers)"));
    }
}
