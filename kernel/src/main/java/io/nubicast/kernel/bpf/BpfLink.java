package io.nubicast.kernel.bpf;

import static io.nubicast.kernel.sys.SystemCalls.check;

import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.kernel.sys.Scratch;
import io.nubicast.kernel.sys.Structs;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.kernel.sys.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A program at work. It ends when the link is closed, also by the end of the process, however that comes. The program and its
/// maps may be closed before: the link keeps them.
public final class BpfLink extends Descriptor {
    private static final int O_CLOEXEC = 02000000;
    private static final String NAMESPACE = "/proc/thread-self/ns/net";

    private BpfLink(int fd) {
        super(fd);
    }

    /// Attaches a program of type [BpfProgram.Type#SK_LOOKUP] to the calling thread's network namespace. Several may be
    /// attached there; all run.
    ///
    /// @throws SystemCallException EPERM without CAP_NET_ADMIN in that namespace, E2BIG when 64 are attached already
    public static BpfLink toNetworkNamespace(BpfProgram program) throws SystemCallException {
        if (program.type() != BpfProgram.Type.SK_LOOKUP) {
            throw new IllegalArgumentException(program.type() + " is not for a network namespace");
        }
        try (Arena arena = Arena.ofConfined()) {
            int namespace = check("open " + NAMESPACE,
                    SystemCalls.open(Scratch.capture(), arena.allocateFrom(NAMESPACE), O_CLOEXEC));
            try {
                MemorySegment attributes = arena.allocate(Structs.BPF_LINK_CREATE);
                set(attributes, "prog_fd", program.fd());
                set(attributes, "target_fd", namespace);
                set(attributes, "attach_type", program.attachType());
                return new BpfLink(check("bpf BPF_LINK_CREATE",
                        BpfCalls.call(BpfCalls.LINK_CREATE, attributes, Structs.BPF_LINK_CREATE)));
            } finally {
                SystemCalls.close(Scratch.capture(), namespace);
            }
        }
    }

    private static void set(MemorySegment attributes, String field, int value) {
        attributes.set(ValueLayout.JAVA_INT, Structs.offset(Structs.BPF_LINK_CREATE, field), value);
    }
}
