package io.nubicast.kernel.sys;

import java.lang.foreign.Arena;
import java.nio.file.Path;

/// Another network namespace for the calling thread. Sockets made and threads started from it live there too; the JVM's other
/// threads stay where they are.
public final class NetworkNamespace {
    private static final int CLONE_NEWNET = 0x40000000;
    private static final int O_CLOEXEC = 02000000;

    private NetworkNamespace() {}

    /// Moves the calling platform thread into the namespace that `ip netns add NAME` made. For good: start a thread for it.
    ///
    /// @throws SystemCallException ENOENT when there is none of that name, EPERM without CAP_SYS_ADMIN
    public static void enter(String name) throws SystemCallException {
        enter(Path.of("/run/netns", name));
    }

    /// [#enter(String)] for any file of a network namespace, `/proc/1234/ns/net` for example.
    public static void enter(Path file) throws SystemCallException {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("a virtual thread has no namespace of its own");
        }
        try (Arena arena = Arena.ofConfined()) {
            int fd = SystemCalls.check("open " + file,
                    SystemCalls.open(Scratch.capture(), arena.allocateFrom(file.toString()), O_CLOEXEC));
            try {
                SystemCalls.check("setns " + file,
                        SystemCalls.setns(Scratch.capture(), fd, CLONE_NEWNET));
            } finally {
                SystemCalls.close(Scratch.capture(), fd);
            }
        }
    }
}
