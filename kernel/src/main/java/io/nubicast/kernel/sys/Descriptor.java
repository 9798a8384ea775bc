package io.nubicast.kernel.sys;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/// An open file descriptor with a type; closes once. Close it on the thread that uses it, or after that thread has stopped: a
/// number that is closed under a running call may already belong to another file.
public abstract class Descriptor implements AutoCloseable {
    private static final Set<Descriptor> OPEN = ConcurrentHashMap.newKeySet();
    private static final VarHandle FD;

    static {
        try {
            FD = MethodHandles.lookup().findVarHandle(Descriptor.class, "fd", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile int fd;

    /// Takes over an open descriptor.
    ///
    /// @param fd open; owned by this object from now on
    @SuppressWarnings("this-escape") // only its identity is kept in the set
    protected Descriptor(int fd) {
        this.fd = fd;
        OPEN.add(this);
    }

    /// The number, or -1 when closed, with which every call fails as EBADF.
    public final int fd() {
        return fd;
    }

    public final boolean isOpen() {
        return fd >= 0;
    }

    /// Idempotent; any thread.
    @Override
    public final void close() {
        int closing = (int) FD.getAndSet(this, -1);
        if (closing >= 0) {
            OPEN.remove(this);
            SystemCalls.close(Scratch.capture(), closing);
        }
    }

    /// What is open in this process, for tests that look for leaks.
    public static Set<Descriptor> stillOpen() {
        return OPEN.stream().collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public String toString() {
        int number = fd;
        return getClass().getSimpleName() + (number < 0 ? " (closed)" : " (descriptor " + number + ")");
    }
}
