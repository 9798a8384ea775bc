package io.nubicast.kernel.socket;

import io.nubicast.kernel.sys.Structs;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// A classic BPF program (Documentation/networking/filter.rst) that decides in the kernel which datagrams a socket receives.
///
/// Made by an [Assembler]. On a raw socket offset 0 is the IP header; on a UDP socket it is the UDP header, and the IP header is
/// at [#IP_HEADER]. [#run] interprets the program as the kernel does, for tests.
public final class SocketFilter {
    /// BPF_MAXINSNS
    public static final int MAX_INSTRUCTIONS = 4096;
    /// SKF_NET_OFF: add it to an offset to count from the IP header on any socket.
    public static final int IP_HEADER = -0x100000;
    /// Accept the whole datagram.
    public static final int ACCEPT = 0x40000;
    /// Take nothing.
    public static final SocketFilter DROP_ALL = new Assembler().drop().assemble();

    static final int LD_W_ABS = 0x20;
    static final int LD_H_ABS = 0x28;
    static final int LD_B_ABS = 0x30;
    static final int LD_W_IND = 0x40;
    static final int LD_H_IND = 0x48;
    static final int LD_B_IND = 0x50;
    static final int LDX_B_MSH = 0xB1;
    static final int AND_K = 0x54;
    static final int MUL_K = 0x24;
    static final int RSH_K = 0x74;
    static final int XOR_X = 0xAC;
    static final int TAX = 0x07;
    static final int RET_A = 0x16;
    static final int JA = 0x05;
    static final int JEQ_K = 0x15;
    static final int JGT_K = 0x25;
    static final int JGE_K = 0x35;
    static final int JSET_K = 0x45;
    static final int RET_K = 0x06;

    private static final int SKF_AD_OFF = -0x1000;
    private static final int ARPHRD_ETHER = 1;

    /// code << 48 | jt << 40 | jf << 32 | k
    private final long[] instructions;

    /// What the kernel knows about a packet beside its bytes: the SKF_AD_ offsets.
    public enum Ancillary {
        /// The EtherType, on packet sockets.
        PROTOCOL(0),
        /// PACKET_HOST 0, BROADCAST 1, MULTICAST 2, OTHERHOST 3, OUTGOING 4, LOOPBACK 5.
        PKTTYPE(4),
        /// Where it arrived.
        IFINDEX(8),
        /// Of the device where it arrived: an ARPHRD_ number, 1 is Ethernet.
        HATYPE(28),
        /// SO_MARK of the sender on this host, or what the packet filter set.
        MARK(20),
        /// 1 when the frame carries a VLAN tag that is none of its bytes, else 0.
        VLAN_TAG_PRESENT(48);

        private final int offset;

        Ancillary(int offset) {
            this.offset = offset;
        }
    }

    /// The ancillary values of a packet on an Ethernet device for [#run].
    public record Metadata(int pktType, int interfaceIndex, int mark, int protocol, int vlanTagPresent) {
        /// Of an untagged IPv4 packet.
        public Metadata(int pktType, int interfaceIndex, int mark) {
            this(pktType, interfaceIndex, mark, 0x0800, 0);
        }

        int of(int offset) {
            for (Ancillary each : Ancillary.values()) {
                if (each.offset == offset) {
                    return switch (each) {
                        case PROTOCOL -> protocol;
                        case PKTTYPE -> pktType;
                        case IFINDEX -> interfaceIndex;
                        case HATYPE -> ARPHRD_ETHER;
                        case MARK -> mark;
                        case VLAN_TAG_PRESENT -> vlanTagPresent;
                    };
                }
            }
            return 0;
        }
    }

    SocketFilter(long[] instructions) {
        this.instructions = instructions;
    }

    static long instruction(int code, int jt, int jf, int k) {
        return (long) code << 48 | (long) jt << 40 | (long) jf << 32 | k & 0xFFFFFFFFL;
    }

    /// Instructions.
    public int length() {
        return instructions.length;
    }

    MemorySegment toNative(Arena arena) {
        long size = Structs.SOCK_FILTER.byteSize();
        MemorySegment program = arena.allocate(instructions.length * size, 8);
        for (int i = 0; i < instructions.length; i++) {
            long instruction = instructions[i];
            program.set(ValueLayout.JAVA_SHORT, i * size, (short) (instruction >>> 48));
            program.set(ValueLayout.JAVA_BYTE, i * size + 2, (byte) (instruction >>> 40));
            program.set(ValueLayout.JAVA_BYTE, i * size + 3, (byte) (instruction >>> 32));
            program.set(ValueLayout.JAVA_INT, i * size + 4, (int) instruction);
        }
        return program;
    }

    /// The sock_fprog that the kernel wants.
    MemorySegment toProgram(Arena arena) {
        MemorySegment program = arena.allocate(Structs.SOCK_FPROG);
        program.set(ValueLayout.JAVA_SHORT, Structs.offset(Structs.SOCK_FPROG, "len"), (short) instructions.length);
        program.set(ValueLayout.JAVA_LONG, Structs.offset(Structs.SOCK_FPROG, "filter"), toNative(arena).address());
        return program;
    }

    /// Runs the program over a packet: 0 when it is dropped, else how many bytes are kept. A load beyond the packet drops it,
    /// as in the kernel.
    ///
    /// @param packet from the IP header on
    /// @param start offset 0 of the program in it: 0 for raw sockets, the UDP header for UDP sockets
    public int run(byte[] packet, int start, Metadata metadata) {
        int a = 0;
        int x = 0;
        int pc = 0;
        while (true) {
            long instruction = instructions[pc++];
            int k = (int) instruction;
            int jt = (int) (instruction >>> 40) & 0xFF;
            int jf = (int) (instruction >>> 32) & 0xFF;
            int code = (int) (instruction >>> 48);
            switch (code) {
                case LD_W_ABS, LD_H_ABS, LD_B_ABS, LD_W_IND, LD_H_IND, LD_B_IND -> {
                    int bytes = (code & 0x18) == 0 ? 4 : (code & 0x18) == 8 ? 2 : 1;
                    boolean indirect = (code & 0x40) != 0;
                    if (!indirect && k < 0 && k >= SKF_AD_OFF) {
                        a = metadata.of(k - SKF_AD_OFF);
                        continue;
                    }
                    int at = k < 0 ? k - IP_HEADER : start + k;
                    at += indirect ? x : 0;
                    if (at < 0 || at > packet.length - bytes) {
                        return 0;
                    }
                    a = load(packet, at, bytes);
                }
                case LDX_B_MSH -> {
                    if (start + k >= packet.length) {
                        return 0;
                    }
                    x = (packet[start + k] & 0x0F) << 2;
                }
                case AND_K -> a &= k;
                case MUL_K -> a *= k;
                case RSH_K -> a >>>= k;
                case XOR_X -> a ^= x;
                case TAX -> x = a;
                case RET_A -> {
                    return a;
                }
                case JA -> pc += k;
                case JEQ_K -> pc += a == k ? jt : jf;
                case JGT_K -> pc += Integer.compareUnsigned(a, k) > 0 ? jt : jf;
                case JGE_K -> pc += Integer.compareUnsigned(a, k) >= 0 ? jt : jf;
                case JSET_K -> pc += (a & k) != 0 ? jt : jf;
                case RET_K -> {
                    return k;
                }
                default -> throw new IllegalStateException("instruction code " + code);
            }
        }
    }

    private static int load(byte[] packet, int at, int bytes) {
        int value = 0;
        for (int i = 0; i < bytes; i++) {
            value = value << 8 | packet[at + i] & 0xFF;
        }
        return value;
    }

    /// Collects instructions and labels. Jumps go forward only, as classic BPF wants it.
    public static final class Assembler {
        private static final int NEXT = -1;
        /// Addresses compared one by one at the leaves of [#inSet]: two more instructions serve that many.
        private static final int LEAF = 8;

        private long[] code = new long[64];
        /// Label numbers of conditional jumps; of JA the first.
        private int[] ifTrue = new int[64];
        private int[] ifFalse = new int[64];
        private int length;
        /// By label: the instruction before which it was placed, or -1.
        private int[] places = new int[16];
        private int labels;

        /// A place to jump to, put down later by [#place(int)].
        public int label() {
            if (labels == places.length) {
                places = Arrays.copyOf(places, 2 * labels);
            }
            places[labels] = -1;
            return labels++;
        }

        /// The label means the next instruction.
        public Assembler place(int label) {
            if (places[label] >= 0) {
                throw new IllegalStateException("label placed twice");
            }
            places[label] = length;
            return this;
        }

        /// A := the 4 bytes at `offset`
        public Assembler loadWord(int offset) {
            return add(LD_W_ABS, offset, NEXT, NEXT);
        }

        /// A := the 2 bytes at `offset`
        public Assembler loadHalf(int offset) {
            return add(LD_H_ABS, offset, NEXT, NEXT);
        }

        /// A := the byte at `offset`
        public Assembler loadByte(int offset) {
            return add(LD_B_ABS, offset, NEXT, NEXT);
        }

        /// A := the 4 bytes at X + `offset`
        public Assembler loadWordIndexed(int offset) {
            return add(LD_W_IND, offset, NEXT, NEXT);
        }

        /// A := the 2 bytes at X + `offset`
        public Assembler loadHalfIndexed(int offset) {
            return add(LD_H_IND, offset, NEXT, NEXT);
        }

        /// A := the byte at X + `offset`
        public Assembler loadByteIndexed(int offset) {
            return add(LD_B_IND, offset, NEXT, NEXT);
        }

        /// X := the length of the IP header that begins at `offset`
        public Assembler loadHeaderLength(int offset) {
            return add(LDX_B_MSH, offset, NEXT, NEXT);
        }

        public Assembler load(Ancillary what) {
            return add(LD_W_ABS, SKF_AD_OFF + what.offset, NEXT, NEXT);
        }

        /// A := A & `mask`
        public Assembler and(int mask) {
            return add(AND_K, mask, NEXT, NEXT);
        }

        /// A := A * `factor`
        public Assembler multiply(int factor) {
            return add(MUL_K, factor, NEXT, NEXT);
        }

        /// A := A >>> `bits`
        public Assembler shiftRight(int bits) {
            return add(RSH_K, bits, NEXT, NEXT);
        }

        /// A := A ^ X
        public Assembler xorX() {
            return add(XOR_X, 0, NEXT, NEXT);
        }

        /// X := A
        public Assembler toX() {
            return add(TAX, 0, NEXT, NEXT);
        }

        /// The program's answer is A.
        public Assembler returnA() {
            return add(RET_A, 0, NEXT, NEXT);
        }

        public Assembler jump(int label) {
            return add(JA, 0, label, NEXT);
        }

        public Assembler ifEqual(int value, int then) {
            return add(JEQ_K, value, then, NEXT);
        }

        public Assembler ifNotEqual(int value, int then) {
            return add(JEQ_K, value, NEXT, then);
        }

        /// A > value, unsigned
        public Assembler ifGreater(int value, int then) {
            return add(JGT_K, value, then, NEXT);
        }

        /// A >= value, unsigned
        public Assembler ifAtLeast(int value, int then) {
            return add(JGE_K, value, then, NEXT);
        }

        /// A & mask is not 0
        public Assembler ifAnyBit(int mask, int then) {
            return add(JSET_K, mask, then, NEXT);
        }

        public Assembler accept() {
            return add(RET_K, ACCEPT, NEXT, NEXT);
        }

        /// Accepts the datagram but cuts it off after this many bytes, by which user space can tell why it was taken.
        ///
        /// @param bytes at least 1
        public Assembler keep(int bytes) {
            return add(RET_K, bytes, NEXT, NEXT);
        }

        public Assembler drop() {
            return add(RET_K, 0, NEXT, NEXT);
        }

        /// Jumps to `hit` when A is one of the values, else to `miss`, by a binary search: about 1.5 instructions a value, so
        /// that 2,500 fit one program, and log2 of them are run.
        ///
        /// @param values in any order, repetitions allowed
        public Assembler inSet(int[] values, int hit, int miss) {
            int[] sorted = Arrays.stream(values).map(v -> v ^ Integer.MIN_VALUE).sorted().distinct()
                    .map(v -> v ^ Integer.MIN_VALUE).toArray();
            search(sorted, 0, sorted.length, hit, miss);
            return this;
        }

        private void search(int[] sorted, int from, int to, int hit, int miss) {
            if (to - from <= LEAF) {
                int found = label();
                for (int i = from; i < to; i++) {
                    ifEqual(sorted[i], found);
                }
                jump(miss);
                place(found);
                jump(hit);
                return;
            }
            int middle = from + to >>> 1;
            int upper = label();
            ifAtLeast(sorted[middle], upper);
            search(sorted, from, middle, hit, miss);
            place(upper);
            search(sorted, middle, to, hit, miss);
        }

        private Assembler add(int op, int k, int then, int otherwise) {
            if (length == code.length) {
                code = Arrays.copyOf(code, 2 * length);
                ifTrue = Arrays.copyOf(ifTrue, 2 * length);
                ifFalse = Arrays.copyOf(ifFalse, 2 * length);
            }
            code[length] = instruction(op, 0, 0, k);
            ifTrue[length] = then;
            ifFalse[length] = otherwise;
            length++;
            return this;
        }

        /// The program. Conditional jumps reach 255 instructions; farther ones get a `ja` behind them.
        ///
        /// @throws IllegalStateException for a label without a place or behind its jump, a program that does not end with a
        ///         return, or one above [#MAX_INSTRUCTIONS]
        public SocketFilter assemble() {
            int last = length == 0 ? 0 : (int) (code[length - 1] >>> 48);
            if (last != RET_K && last != RET_A && last != JA) {
                throw new IllegalStateException("the program does not end");
            }
            boolean[] farTrue = new boolean[length];
            boolean[] farFalse = new boolean[length];
            int[] at = new int[length + 1];
            boolean changed = true;
            while (changed) {
                changed = false;
                for (int i = 0; i < length; i++) {
                    at[i + 1] = at[i] + 1 + (farTrue[i] ? 1 : 0) + (farFalse[i] ? 1 : 0);
                }
                for (int i = 0; i < length; i++) {
                    if ((int) (code[i] >>> 48) == JA) {
                        continue;
                    }
                    if (!farTrue[i] && ifTrue[i] != NEXT && at[target(i, ifTrue[i])] - at[i] - 1 > 255) {
                        farTrue[i] = true;
                        changed = true;
                    }
                    if (!farFalse[i] && ifFalse[i] != NEXT && at[target(i, ifFalse[i])] - at[i] - 1 > 255) {
                        farFalse[i] = true;
                        changed = true;
                    }
                }
            }
            if (at[length] > MAX_INSTRUCTIONS) {
                throw new IllegalStateException(at[length] + " instructions; " + MAX_INSTRUCTIONS + " are allowed");
            }
            long[] program = new long[at[length]];
            for (int i = 0; i < length; i++) {
                emit(i, at, farTrue[i], farFalse[i], program);
            }
            return new SocketFilter(program);
        }

        private void emit(int i, int[] at, boolean farTrue, boolean farFalse, long[] program) {
            int op = (int) (code[i] >>> 48);
            int k = (int) code[i];
            int here = at[i];
            if (op == JA) {
                program[here] = instruction(JA, 0, 0, at[target(i, ifTrue[i])] - here - 1);
                return;
            }
            if (ifTrue[i] == NEXT && ifFalse[i] == NEXT) {
                program[here] = instruction(op, 0, 0, k);
                return;
            }
            int next = at[i + 1] - here - 1;
            int jt = ifTrue[i] == NEXT ? next : farTrue ? 0 : at[target(i, ifTrue[i])] - here - 1;
            int jf = ifFalse[i] == NEXT ? next : farFalse ? (farTrue ? 1 : 0) : at[target(i, ifFalse[i])] - here - 1;
            program[here] = instruction(op, jt, jf, k);
            int trampoline = here + 1;
            if (farTrue) {
                program[trampoline] = instruction(JA, 0, 0, at[target(i, ifTrue[i])] - trampoline - 1);
                trampoline++;
            }
            if (farFalse) {
                program[trampoline] = instruction(JA, 0, 0, at[target(i, ifFalse[i])] - trampoline - 1);
            }
        }

        private int target(int from, int label) {
            int place = places[label];
            if (place < 0 || place >= length) {
                throw new IllegalStateException("a label has no place");
            }
            if (place <= from) {
                throw new IllegalStateException("a jump goes back");
            }
            return place;
        }
    }
}
