package io.nubicast.kernel.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// Every system call of the project but the few of [RareCalls]. Each returns what the kernel does: a value of 0 or more, or `-errno`; none allocates.
///
/// The first parameter is always the caller's own segment for the captured `errno` ([#newCapture(Arena)]); one thread at a
/// time may use it. Cold callers take [Scratch#capture()].
public final class SystemCalls {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
    private static final long ERRNO_OFFSET = CAPTURE.byteOffset(PathElement.groupElement("errno"));

    private static final MethodHandle SOCKET = handle("socket",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle CLOSE = handle("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle OPEN = handle("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle BIND = handle("bind",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle CONNECT = handle("connect",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle GETSOCKNAME = handle("getsockname",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle SETSOCKOPT = handle("setsockopt",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle GETSOCKOPT = handle("getsockopt",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle RECVMMSG = handle("recvmmsg",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle SENDMMSG = handle("sendmmsg",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
    private static final MethodHandle SEND = handle("send",
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle SENDTO = handle("sendto",
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle RECV = handle("recv",
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle READ = handle("read",
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle WRITE = handle("write",
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle POLL = handle("poll",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle SETNS = handle("setns", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle SCHED_SETAFFINITY = handle("sched_setaffinity",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));
    private static final MethodHandle SCHED_GETAFFINITY = handle("sched_getaffinity",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));
    private static final MethodHandle SCHED_SETSCHEDULER = handle("sched_setscheduler",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));

    private SystemCalls() {}

    @SuppressWarnings("restricted")
    private static MethodHandle handle(String name, FunctionDescriptor descriptor) {
        MemorySegment symbol = LINKER.defaultLookup().find(name)
                .orElseThrow(() -> new UnsatisfiedLinkError("the C library has no " + name + "; this needs Linux"));
        return LINKER.downcallHandle(symbol, descriptor, Linker.Option.captureCallState("errno"));
    }

    /// A segment for the errno of one thread's calls.
    public static MemorySegment newCapture(Arena arena) {
        return arena.allocate(CAPTURE);
    }

    /// Passes a good result through.
    ///
    /// @param call for people: name and the argument that matters, `bind 10.0.0.1:5000`
    /// @throws SystemCallException when `result` is `-errno`
    public static int check(String call, int result) throws SystemCallException {
        if (result < 0) {
            throw new SystemCallException(call, -result);
        }
        return result;
    }

    /// socket(2)
    public static int socket(MemorySegment captured, int domain, int type, int protocol) {
        try {
            return outcome(captured, (int) SOCKET.invokeExact(captured, domain, type, protocol));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /// close(2)
    public static int close(MemorySegment captured, int fd) {
        try {
            return outcome(captured, (int) CLOSE.invokeExact(captured, fd));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /// open(2) without O_CREAT.
    ///
    /// @param path ends with a zero byte
    public static int open(MemorySegment captured, MemorySegment path, int flags) {
        try {
            return outcome(captured, (int) OPEN.invokeExact(captured, path, flags));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /// bind(2)
    public static int bind(MemorySegment captured, int fd, MemorySegment address, int addressBytes) {
        try {
            return outcome(captured, (int) BIND.invokeExact(captured, fd, address, addressBytes));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /// connect(2)
    public static int connect(MemorySegment captured, int fd, MemorySegment address, int addressBytes) {
        try {
            return outcome(captured, (int) CONNECT.invokeExact(captured, fd, address, addressBytes));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /// getsockname(2)
    public static int getsockname(MemorySegment captured, int fd, MemorySegment address, MemorySegment addressBytes) {
        try {
            return outcome(captured, (int) GETSOCKNAME.invokeExact(captured, fd, address, addressBytes));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /// setsockopt(2)
    public static int setsockopt(MemorySegment captured, int fd, int level, int name, MemorySegment value, int bytes) {
        try {
            return outcome(captured, (int) SETSOCKOPT.invokeExact(captured, fd, level, name, value, bytes));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /// getsockopt(2)
    public static int getsockopt(MemorySegment captured, int fd, int level, int name, MemorySegment value,
            MemorySegment bytes) {
        try {
            return outcome(captured, (int) GETSOCKOPT.invokeExact(captured, fd, level, name, value, bytes));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /// recvmmsg(2) without its timeout, which the kernel looks at only between messages.
    public static int recvmmsg(MemorySegment captured, int fd, MemorySegment messages, int count, int flags) {
        try {
            return outcome(captured,
                    (int) RECVMMSG.invokeExact(captured, fd, messages, count, flags, MemorySegment.NULL));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /// sendmmsg(2): messages taken, or the error of the first one.
    public static int sendmmsg(MemorySegment captured, int fd, MemorySegment messages, int count, int flags) {
        try {
            return outcome(captured, (int) SENDMMSG.invokeExact(captured, fd, messages, count, flags));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /// send(2)
    public static int send(MemorySegment captured, int fd, MemorySegment bytes, long length, int flags) {
        try {
            return outcome(captured, (int) (long) SEND.invokeExact(captured, fd, bytes, length, flags));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /// sendto(2)
    public static int sendto(MemorySegment captured, int fd, MemorySegment bytes, long length, int flags,
            MemorySegment address, int addressBytes) {
        try {
            return outcome(captured,
                    (int) (long) SENDTO.invokeExact(captured, fd, bytes, length, flags, address, addressBytes));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /// recv(2)
    public static int recv(MemorySegment captured, int fd, MemorySegment bytes, long length, int flags) {
        try {
            return outcome(captured, (int) (long) RECV.invokeExact(captured, fd, bytes, length, flags));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /// read(2)
    ///
    /// @param address of native memory with room for `length` bytes, which the caller keeps alive: a number, because a slice of a
    ///     segment for each call would be an object
    public static int read(MemorySegment captured, int fd, long address, long length) {
        try {
            return outcome(captured, (int) (long) READ.invokeExact(captured, fd, address, length));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /// write(2); the address as for [#read].
    public static int write(MemorySegment captured, int fd, long address, long length) {
        try {
            return outcome(captured, (int) (long) WRITE.invokeExact(captured, fd, address, length));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /// poll(2)
    public static int poll(MemorySegment captured, MemorySegment descriptors, long count, int timeoutMs) {
        try {
            return outcome(captured, (int) POLL.invokeExact(captured, descriptors, count, timeoutMs));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /// setns(2)
    public static int setns(MemorySegment captured, int fd, int type) {
        try {
            return outcome(captured, (int) SETNS.invokeExact(captured, fd, type));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /// sched_setaffinity(2)
    ///
    /// @param thread 0 for the calling one
    public static int schedSetaffinity(MemorySegment captured, int thread, long maskBytes, MemorySegment mask) {
        try {
            return outcome(captured, (int) SCHED_SETAFFINITY.invokeExact(captured, thread, maskBytes, mask));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /// sched_getaffinity(2); the C library clears what the kernel's mask does not reach.
    ///
    /// @param thread 0 for the calling one
    public static int schedGetaffinity(MemorySegment captured, int thread, long maskBytes, MemorySegment mask) {
        try {
            return outcome(captured, (int) SCHED_GETAFFINITY.invokeExact(captured, thread, maskBytes, mask));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /// sched_setscheduler(2)
    ///
    /// @param thread 0 for the calling one
    /// @param parameters struct sched_param: the priority
    public static int schedSetscheduler(MemorySegment captured, int thread, int policy, MemorySegment parameters) {
        try {
            return outcome(captured, (int) SCHED_SETSCHEDULER.invokeExact(captured, thread, policy, parameters));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    static int outcome(MemorySegment captured, int result) {
        return result >= 0 ? result : -captured.get(ValueLayout.JAVA_INT, ERRNO_OFFSET);
    }

    /// A handle can only throw when we broke its contract (wrong thread, closed arena).
    static RuntimeException broken(Throwable e) {
        if (e instanceof RuntimeException problem) {
            return problem;
        }
        if (e instanceof Error error) {
            throw error;
        }
        return new IllegalStateException(e);
    }

    static MemoryLayout captureLayout() {
        return CAPTURE;
    }
}
