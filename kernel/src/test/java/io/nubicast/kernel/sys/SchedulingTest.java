package io.nubicast.kernel.sys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/// Each on a thread of its own that ends at once, so that nothing stays pinned or real-time.
class SchedulingTest {
    /// In /proc/thread-self/stat, counted from the state, which is the third field: names may hold blanks.
    private static final int RT_PRIORITY = 40 - 3;
    private static final int POLICY = 41 - 3;
    private static final String FIFO = "1";
    private static final String OTHER = "0";

    private static <T> T onItsOwnThread(Callable<T> work) throws Exception {
        FutureTask<T> task = new FutureTask<>(work);
        Thread.ofPlatform().start(task).join();
        return task.get();
    }

    private static String stat(int field) throws Exception {
        String line = Files.readString(Path.of("/proc/thread-self/stat"));
        return line.substring(line.lastIndexOf(')') + 2).split(" ", -1)[field];
    }

    @Test
    void aThreadThatIsPinnedMayRunOnThatProcessorOnly() throws Exception {
        List<Integer> all = Scheduling.allowedProcessors();
        int last = all.getLast();

        List<Integer> pinned = onItsOwnThread(() -> {
            Scheduling.pin(last);
            return Scheduling.allowedProcessors();
        });

        assertThat(all).isNotEmpty().isSorted();
        assertThat(pinned).containsExactly(last);
        assertThat(Scheduling.allowedProcessors()).isEqualTo(all);
    }

    @Test
    void aProcessorThatIsNotThereIsRefusedByName() throws Exception {
        int none = Scheduling.allowedProcessors().getLast() + 1_000;

        assertThatThrownBy(() -> onItsOwnThread(() -> {
            Scheduling.pin(none);
            return none;
        })).hasRootCauseMessage("sched_setaffinity processor " + none + ": EINVAL (invalid argument)");
        assertThatThrownBy(() -> Scheduling.pin(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Scheduling.pin(2048)).isInstanceOf(IllegalArgumentException.class);
    }

    /// Where this user may not, the refusal is what is tested.
    @Test
    void aRealTimeThreadHasItsPriorityAndHandsItOnToNobody() throws Exception {
        List<String> seen = onItsOwnThread(() -> {
            try {
                Scheduling.realTime(7);
            } catch (SystemCallException e) {
                assertThat(e.errno()).isEqualTo(Errno.EPERM);
                assertThat(e).hasMessage("sched_setscheduler FIFO 7: EPERM (not permitted)");
                return List.of(FIFO, "7", OTHER);
            }
            return List.of(stat(POLICY), stat(RT_PRIORITY), onItsOwnThread(() -> stat(POLICY)));
        });

        assertThat(seen).containsExactly(FIFO, "7", OTHER);
        assertThat(stat(POLICY)).isEqualTo(OTHER);
    }

    @Test
    void aPriorityOutOfRangeIsRefused() {
        assertThatThrownBy(() -> Scheduling.realTime(0)).hasMessage("priority 0 is not within 1..99");
        assertThatThrownBy(() -> Scheduling.realTime(100)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aVirtualThreadIsRefused() throws Exception {
        FutureTask<Void> task = new FutureTask<>(() -> {
            assertThatThrownBy(() -> Scheduling.pin(0)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> Scheduling.realTime(1)).isInstanceOf(IllegalStateException.class);
            return null;
        });
        Thread.ofVirtual().start(task).join();
        task.get();
    }
}
