package io.nubicast.app.router;

import io.nubicast.engine.NanoClock;
import io.nubicast.kernel.socket.Poller;
import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.kernel.sys.WakeUp;
import io.nubicast.router.port.Protocol;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The router's thread: it sleeps until a descriptor is readable, a deadline comes, or another thread has something for it to do.
/// All protocol state belongs to it.
///
/// Sources and protocols are added before [#run()] or on the thread itself; [#execute(Runnable)], [#call(Callable)] and
/// [#stop()] may be called from any thread.
public final class RouterLoop {
    private static final Logger LOG = LoggerFactory.getLogger(RouterLoop.class);
    private static final long MOST_SLEEP_NS = 3_600_000_000_000L;
    private static final int MOST_SOURCES = 256;

    /// Something that is read when its descriptor is readable.
    private record Source(int fd, LongConsumer onReadable) {}

    private final NanoClock clock;
    private final WakeUp wakeUp;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean rung = new AtomicBoolean();
    private final List<Source> sources = new ArrayList<>();
    private final List<Protocol> protocols = new ArrayList<>();
    private volatile boolean stopped;
    private volatile boolean ended;

    /// Opens what wakes the thread.
    public RouterLoop(NanoClock clock) throws SystemCallException {
        this.clock = clock;
        wakeUp = WakeUp.open();
    }

    /// The loop's time.
    public long nowNs() {
        return clock.nowNs();
    }

    /// Calls that with the time whenever the descriptor is readable, until [#remove(Descriptor)].
    public void add(Descriptor descriptor, LongConsumer onReadable) {
        add(descriptor.fd(), onReadable);
    }

    /// [#add(Descriptor, LongConsumer)] by number, for what its owner keeps open.
    public void add(int fd, LongConsumer onReadable) {
        sources.add(new Source(fd, onReadable));
    }

    /// Forgets a descriptor; before it is closed.
    public void remove(Descriptor descriptor) {
        sources.removeIf(source -> source.fd() == descriptor.fd());
    }

    /// Keeps that protocol's deadlines.
    public void add(Protocol protocol) {
        protocols.add(protocol);
    }

    /// Does it on the thread, soon.
    public void execute(Runnable task) {
        tasks.add(task);
        if (rung.compareAndSet(false, true)) {
            wakeUp.ring();
        }
    }

    /// Does it on the thread and returns what it answers.
    ///
    /// @throws RejectedExecutionException when the loop has ended
    public <T> T call(Callable<T> task) throws Exception {
        CompletableFuture<T> answer = new CompletableFuture<>();
        execute(() -> {
            try {
                answer.complete(task.call());
            } catch (Throwable t) {
                answer.completeExceptionally(t);
            }
        });
        if (ended) {
            answer.completeExceptionally(new RejectedExecutionException("the router has ended"));
        }
        try {
            return answer.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }

    /// Ends [#run()] after what it is doing.
    public void stop() {
        stopped = true;
        wakeUp.ring();
    }

    /// Works on the calling thread until [#stop()].
    public void run() {
        try (Arena arena = Arena.ofConfined()) {
            Poller poller = new Poller(arena, MOST_SOURCES + 1);
            while (!stopped) {
                turn(poller);
            }
        } finally {
            ended = true;
            wakeUp.close();
            runTasks();
        }
    }

    private void turn(Poller poller) {
        List<Source> watched = List.copyOf(sources.size() > MOST_SOURCES ? sources.subList(0, MOST_SOURCES) : sources);
        poller.clear();
        poller.add(wakeUp);
        watched.forEach(source -> poller.add(source.fd()));
        int ready = poller.poll(sleepMillis());
        if (ready > 0 && poller.isReady(0)) {
            wakeUp.clear();
        }
        rung.set(false);
        runTasks();
        if (ready > 0) {
            for (int i = 0; i < watched.size(); i++) {
                if (poller.isReady(i + 1) && sources.contains(watched.get(i))) {
                    Source source = watched.get(i);
                    guarded(() -> source.onReadable().accept(nowNs()));
                }
            }
        }
        for (Protocol protocol : List.copyOf(protocols)) {
            long nowNs = nowNs();
            if (isDue(protocol, nowNs)) {
                guarded(() -> protocol.onDeadline(nowNs));
            }
        }
    }

    private static boolean isDue(Protocol protocol, long nowNs) {
        long deadlineNs = protocol.nextDeadlineNs();
        return deadlineNs != Long.MAX_VALUE && deadlineNs - nowNs <= 0;
    }

    /// Until the next deadline, rounded up: waking early would turn once more for nothing.
    private int sleepMillis() {
        long nowNs = nowNs();
        long leastNs = MOST_SLEEP_NS;
        for (Protocol protocol : protocols) {
            long deadlineNs = protocol.nextDeadlineNs();
            if (deadlineNs != Long.MAX_VALUE) {
                leastNs = Math.min(leastNs, Math.max(0, deadlineNs - nowNs));
            }
        }
        return tasks.isEmpty() ? (int) ((leastNs + 999_999) / 1_000_000) : 0;
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            guarded(task);
        }
    }

    /// A broken promise of our own code must not end the router.
    private static void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.error("a fault of the program, please report it", e);
        }
    }
}
