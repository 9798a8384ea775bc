package io.nubicast.kernel.sys;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// Where and how urgently the calling platform thread runs. For the rest of its life; other threads, also those that it starts later,
/// keep the ordinary scheduler.
public final class Scheduling {
    private static final int SCHED_FIFO = 1;
    private static final int SCHED_RESET_ON_FORK = 0x40000000;
    private static final int THIS_THREAD = 0;
    /// Processors that a mask has room for.
    private static final int PROCESSORS = Scratch.BYTES * Byte.SIZE;

    private Scheduling() {}

    /// The processors on which the calling thread may run, in ascending order; at least one.
    public static List<Integer> allowedProcessors() throws SystemCallException {
        MemorySegment mask = Scratch.memory();
        SystemCalls.check("sched_getaffinity",
                SystemCalls.schedGetaffinity(Scratch.capture(), THIS_THREAD, Scratch.BYTES, mask));
        List<Integer> allowed = new ArrayList<>();
        for (int processor = 0; processor < PROCESSORS; processor++) {
            if ((mask.get(ValueLayout.JAVA_LONG, wordOf(processor)) >>> processor & 1) != 0) {
                allowed.add(processor);
            }
        }
        return allowed;
    }

    /// Keeps the calling thread on that processor.
    ///
    /// @param processor its number, one of [#allowedProcessors()]
    /// @throws SystemCallException EINVAL when there is none of that number, or this process may not use it
    public static void pin(int processor) throws SystemCallException {
        requirePlatformThread();
        if (processor < 0 || processor >= PROCESSORS) {
            throw new IllegalArgumentException("processor " + processor + " is not within 0.." + (PROCESSORS - 1));
        }
        MemorySegment mask = Scratch.memory();
        mask.set(ValueLayout.JAVA_LONG, wordOf(processor), 1L << processor);
        SystemCalls.check("sched_setaffinity processor " + processor,
                SystemCalls.schedSetaffinity(Scratch.capture(), THIS_THREAD, Scratch.BYTES, mask));
    }

    /// Lets the calling thread run before all ordinary ones (SCHED_FIFO) until it waits. A thread that never waits stops the machine:
    /// for workers that block in a system call.
    ///
    /// @param priority 1..99, the highest last
    /// @throws SystemCallException EPERM without CAP_SYS_NICE and where RLIMIT_RTPRIO is lower
    public static void realTime(int priority) throws SystemCallException {
        requirePlatformThread();
        if (priority < 1 || priority > 99) {
            throw new IllegalArgumentException("priority " + priority + " is not within 1..99");
        }
        MemorySegment parameters = Scratch.memory();
        parameters.set(ValueLayout.JAVA_INT, 0, priority);
        SystemCalls.check("sched_setscheduler FIFO " + priority, SystemCalls.schedSetscheduler(Scratch.capture(),
                THIS_THREAD, SCHED_FIFO | SCHED_RESET_ON_FORK, parameters));
    }

    /// Where in a mask the word with that processor's bit begins.
    private static long wordOf(int processor) {
        return (long) processor / Long.SIZE * Long.BYTES;
    }

    private static void requirePlatformThread() {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("a virtual thread has no processor and no priority of its own");
        }
    }
}
