package io.nubicast.kernel.sys;

import java.util.Map;

/// Error numbers of Linux (asm-generic: x86-64 and aarch64) and their names.
public final class Errno {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int ESRCH = 3;
    public static final int EINTR = 4;
    public static final int EIO = 5;
    public static final int ENXIO = 6;
    public static final int E2BIG = 7;
    public static final int EBADF = 9;
    public static final int EAGAIN = 11;
    public static final int ENOMEM = 12;
    public static final int EACCES = 13;
    public static final int EEXIST = 17;
    public static final int ENODEV = 19;
    public static final int EINVAL = 22;
    public static final int ENOSPC = 28;
    public static final int ENOSYS = 38;
    public static final int ENOPROTOOPT = 92;
    public static final int EPROTONOSUPPORT = 93;
    public static final int EOPNOTSUPP = 95;
    public static final int EMSGSIZE = 90;
    public static final int EADDRINUSE = 98;
    public static final int EADDRNOTAVAIL = 99;
    public static final int ENETDOWN = 100;
    public static final int ENETUNREACH = 101;
    public static final int ENOBUFS = 105;
    public static final int ECONNREFUSED = 111;
    public static final int EHOSTDOWN = 112;
    public static final int EHOSTUNREACH = 113;

    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(EPERM, "EPERM (not permitted)"),
            Map.entry(ENOENT, "ENOENT (no such file)"),
            Map.entry(ESRCH, "ESRCH (there is none)"),
            Map.entry(EINTR, "EINTR (interrupted)"),
            Map.entry(ENXIO, "ENXIO (no such device or address)"),
            Map.entry(E2BIG, "E2BIG (too big)"),
            Map.entry(EBADF, "EBADF (bad descriptor)"),
            Map.entry(EAGAIN, "EAGAIN (try again)"),
            Map.entry(ENOMEM, "ENOMEM (out of memory)"),
            Map.entry(EACCES, "EACCES (permission denied)"),
            Map.entry(14, "EFAULT (bad address)"),
            Map.entry(16, "EBUSY (busy)"),
            Map.entry(EEXIST, "EEXIST (exists already)"),
            Map.entry(ENODEV, "ENODEV (no such device)"),
            Map.entry(EINVAL, "EINVAL (invalid argument)"),
            Map.entry(24, "EMFILE (too many open files)"),
            Map.entry(ENOSPC, "ENOSPC (no space)"),
            Map.entry(ENOSYS, "ENOSYS (no such system call)"),
            Map.entry(32, "EPIPE (broken pipe)"),
            Map.entry(88, "ENOTSOCK (not a socket)"),
            Map.entry(89, "EDESTADDRREQ (destination address required)"),
            Map.entry(EMSGSIZE, "EMSGSIZE (message too long)"),
            Map.entry(ENOPROTOOPT, "ENOPROTOOPT (option unknown)"),
            Map.entry(EPROTONOSUPPORT, "EPROTONOSUPPORT (protocol unknown)"),
            Map.entry(EOPNOTSUPP, "EOPNOTSUPP (not supported)"),
            Map.entry(97, "EAFNOSUPPORT (address family not supported)"),
            Map.entry(EADDRINUSE, "EADDRINUSE (address in use)"),
            Map.entry(EADDRNOTAVAIL, "EADDRNOTAVAIL (address not available)"),
            Map.entry(ENETDOWN, "ENETDOWN (network is down)"),
            Map.entry(ENETUNREACH, "ENETUNREACH (network unreachable)"),
            Map.entry(ENOBUFS, "ENOBUFS (no buffer space)"),
            Map.entry(107, "ENOTCONN (not connected)"),
            Map.entry(110, "ETIMEDOUT (timed out)"),
            Map.entry(ECONNREFUSED, "ECONNREFUSED (connection refused)"),
            Map.entry(EHOSTDOWN, "EHOSTDOWN (host is down)"),
            Map.entry(EHOSTUNREACH, "EHOSTUNREACH (no route to host)"));

    private Errno() {}

    /// `ENOBUFS (no buffer space)`; `errno 199` for a number without a name here.
    ///
    /// @param errno positive
    public static String name(int errno) {
        return NAMES.getOrDefault(errno, "errno " + errno);
    }
}
