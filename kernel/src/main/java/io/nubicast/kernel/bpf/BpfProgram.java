package io.nubicast.kernel.bpf;

import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.kernel.sys.Structs;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.kernel.sys.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/// A program that the kernel has checked and compiled. It does nothing until it is attached: by a [BpfLink], or to a socket.
public final class BpfProgram extends Descriptor {
    private static final String LICENSE = "Apache-2.0";
    private static final int LOG_BYTES = 1 << 20;

    /// Where a program runs, and what it is given and may answer.
    public enum Type {
        /// On one socket: R1 is the packet; the answer is how many bytes are kept, 0 to drop it.
        SOCKET_FILTER(1, 0),
        /// On what an interface receives or sends, with the Ethernet header: R1 is a `struct __sk_buff`; the answer says what
        /// becomes of the packet (TCX_NEXT, TC_ACT_*).
        SCHED_CLS(3, 0),
        /// When the socket of an incoming packet is looked for, once in a network namespace: R1 is a
        /// [Structs#BPF_SK_LOOKUP]; the answer is 1 to go on, 0 to drop the packet.
        SK_LOOKUP(30, 36);

        final int number;
        final int attachType;

        Type(int number, int attachType) {
            this.number = number;
            this.attachType = attachType;
        }
    }

    private final Type type;

    private BpfProgram(int fd, Type type) {
        super(fd);
        this.type = type;
    }

    /// Loads a program.
    ///
    /// @param name letters, digits and `_`; the kernel keeps 15 of them
    /// @throws VerifierRejection when the code is wrong
    /// @throws SystemCallException EPERM without CAP_BPF (and CAP_NET_ADMIN), EINVAL for a type that the kernel does not know
    public static BpfProgram load(Type type, String name, BpfCode code) throws SystemCallException, VerifierRejection {
        return load(type, name, code, LICENSE);
    }

    /// Loads a program under a license of its own: some helpers are only for those that the GPL goes with.
    static BpfProgram load(Type type, String name, BpfCode code, String license)
            throws SystemCallException, VerifierRejection {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(Structs.BPF_PROG_LOAD);
            set(attributes, "prog_type", type.number);
            set(attributes, "expected_attach_type", type.attachType);
            set(attributes, "insn_cnt", code.length());
            set(attributes, "insns", code.toNative(arena));
            set(attributes, "license", arena.allocateFrom(license));
            BpfCalls.name(attributes, Structs.offset(Structs.BPF_PROG_LOAD, "prog_name"), name);
            int fd = BpfCalls.create(BpfCalls.PROG_LOAD, attributes, Structs.BPF_PROG_LOAD);
            if (fd < 0) {
                // Once more, for the log: writing it would make every load slower.
                MemorySegment log = arena.allocate(LOG_BYTES);
                set(attributes, "log_level", 1);
                set(attributes, "log_size", LOG_BYTES);
                set(attributes, "log_buf", log);
                fd = BpfCalls.create(BpfCalls.PROG_LOAD, attributes, Structs.BPF_PROG_LOAD);
                String text = log.getString(0, StandardCharsets.US_ASCII);
                if (fd < 0 && !text.isBlank()) {
                    throw new VerifierRejection(name, text);
                }
            }
            return new BpfProgram(SystemCalls.check("bpf BPF_PROG_LOAD of " + name, fd), type);
        }
    }

    /// Takes over a descriptor of a program of that type.
    static BpfProgram adopt(int fd, Type type) {
        return new BpfProgram(fd, type);
    }

    private static void set(MemorySegment attributes, String field, int value) {
        attributes.set(ValueLayout.JAVA_INT, Structs.offset(Structs.BPF_PROG_LOAD, field), value);
    }

    private static void set(MemorySegment attributes, String field, MemorySegment value) {
        attributes.set(ValueLayout.JAVA_LONG, Structs.offset(Structs.BPF_PROG_LOAD, field), value.address());
    }

    Type type() {
        return type;
    }

    int attachType() {
        return type.attachType;
    }
}
