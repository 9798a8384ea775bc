package io.nubicast.kernel.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// System calls as in [SystemCalls] that most processes never make: a class of their own, so that those do not prepare them when
/// they start.
public final class RareCalls {
    /// __NR_bpf: the C library has no function for it. No call has the number -1: ENOSYS.
    private static final long BPF_NUMBER = switch (System.getProperty("os.arch", "")) {
        case "amd64", "x86_64" -> 321;
        case "aarch64", "riscv64" -> 280;
        default -> -1;
    };
    private static final MethodHandle BPF = handle("syscall",
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT),
            Linker.Option.captureCallState("errno"), Linker.Option.firstVariadicArg(1));
    private static final MethodHandle SETRLIMIT = handle("setrlimit",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS), Linker.Option.captureCallState("errno"));
    private static final MethodHandle IOCTL = handle("ioctl",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS), Linker.Option.captureCallState("errno"),
            Linker.Option.firstVariadicArg(2));
    private static final MethodHandle LISTEN = handle("listen",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT), Linker.Option.captureCallState("errno"));
    private static final MethodHandle STATFS = handle("statfs",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS), Linker.Option.captureCallState("errno"));
    private static final MethodHandle MMAP = handle("mmap",
            FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG),
            Linker.Option.captureCallState("errno"));
    private static final MethodHandle MUNMAP = handle("munmap",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG), Linker.Option.captureCallState("errno"));
    private static final MethodHandle EVENTFD = handle("eventfd",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT), Linker.Option.captureCallState("errno"));
    private static final MethodHandle EVENTFD_READ = handle("eventfd_read",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS), Linker.Option.captureCallState("errno"));
    private static final MethodHandle EVENTFD_WRITE = handle("eventfd_write",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG), Linker.Option.captureCallState("errno"));
    private static final MethodHandle EPOLL_CREATE = handle("epoll_create1",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT), Linker.Option.captureCallState("errno"));
    private static final MethodHandle EPOLL_CTL = handle("epoll_ctl",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS),
            Linker.Option.captureCallState("errno"));

    private RareCalls() {}

    @SuppressWarnings("restricted")
    private static MethodHandle handle(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        MemorySegment symbol = linker.defaultLookup().find(name)
                .orElseThrow(() -> new UnsatisfiedLinkError("the C library has no " + name + "; this needs Linux"));
        return linker.downcallHandle(symbol, descriptor, options);
    }

    /// bpf(2); ENOSYS also on a processor whose number for it is not known here.
    ///
    /// @param attributes what of union bpf_attr the command takes
    public static int bpf(MemorySegment captured, int command, MemorySegment attributes, int bytes) {
        try {
            return SystemCalls.outcome(captured,
                    (int) (long) BPF.invokeExact(captured, BPF_NUMBER, command, attributes, bytes));
        } catch (Throwable e) {
            throw SystemCalls.broken(e);
        }
    }

    /// setrlimit(2)
    ///
    /// @param limit a struct rlimit
    public static int setrlimit(MemorySegment captured, int resource, MemorySegment limit) {
        try {
            return SystemCalls.outcome(captured, (int) SETRLIMIT.invokeExact(captured, resource, limit));
        } catch (Throwable e) {
            throw SystemCalls.broken(e);
        }
    }

    /// ioctl(2) with a struct
    public static int ioctl(MemorySegment captured, int fd, long request, MemorySegment argument) {
        try {
            return SystemCalls.outcome(captured, (int) IOCTL.invokeExact(captured, fd, request, argument));
        } catch (Throwable e) {
            throw SystemCalls.broken(e);
        }
    }

    /// listen(2)
    public static int listen(MemorySegment captured, int fd, int backlog) {
        try {
            return SystemCalls.outcome(captured, (int) LISTEN.invokeExact(captured, fd, backlog));
        } catch (Throwable e) {
            throw SystemCalls.broken(e);
        }
    }

    /// statfs(2)
    ///
    /// @param path ends with a zero byte
    /// @param into a struct statfs
    public static int statfs(MemorySegment captured, MemorySegment path, MemorySegment into) {
        try {
            return SystemCalls.outcome(captured, (int) STATFS.invokeExact(captured, path, into));
        } catch (Throwable e) {
            throw SystemCalls.broken(e);
        }
    }

    /// mmap(2) from the start of a file.
    ///
    /// @return the address, or `-errno`
    public static long mmap(MemorySegment captured, long bytes, int protection, int flags, int fd) {
        try {
            long address = (long) MMAP.invokeExact(captured, MemorySegment.NULL, bytes, protection, flags, fd, 0L);
            return address == -1 ? SystemCalls.outcome(captured, -1) : address;
        } catch (Throwable e) {
            throw SystemCalls.broken(e);
        }
    }

    /// eventfd(2)
    public static int eventfd(MemorySegment captured, int initial, int flags) {
        try {
            return SystemCalls.outcome(captured, (int) EVENTFD.invokeExact(captured, initial, flags));
        } catch (Throwable e) {
            throw SystemCalls.broken(e);
        }
    }

    /// eventfd_read(3)
    ///
    /// @param value takes 8 bytes
    public static int eventfdRead(MemorySegment captured, int fd, MemorySegment value) {
        try {
            return SystemCalls.outcome(captured, (int) EVENTFD_READ.invokeExact(captured, fd, value));
        } catch (Throwable e) {
            throw SystemCalls.broken(e);
        }
    }

    /// munmap(2) of the whole segment
    public static int munmap(MemorySegment captured, MemorySegment mapping) {
        try {
            return SystemCalls.outcome(captured, (int) MUNMAP.invokeExact(captured, mapping, mapping.byteSize()));
        } catch (Throwable e) {
            throw SystemCalls.broken(e);
        }
    }

    /// eventfd_write(3)
    public static int eventfdWrite(MemorySegment captured, int fd, long value) {
        try {
            return SystemCalls.outcome(captured, (int) EVENTFD_WRITE.invokeExact(captured, fd, value));
        } catch (Throwable e) {
            throw SystemCalls.broken(e);
        }
    }

    /// epoll_create1(2)
    public static int epollCreate(MemorySegment captured, int flags) {
        try {
            return SystemCalls.outcome(captured, (int) EPOLL_CREATE.invokeExact(captured, flags));
        } catch (Throwable e) {
            throw SystemCalls.broken(e);
        }
    }

    /// epoll_ctl(2)
    ///
    /// @param event a struct epoll_event
    public static int epollControl(MemorySegment captured, int epoll, int operation, int fd, MemorySegment event) {
        try {
            return SystemCalls.outcome(captured, (int) EPOLL_CTL.invokeExact(captured, epoll, operation, fd, event));
        } catch (Throwable e) {
            throw SystemCalls.broken(e);
        }
    }
}
