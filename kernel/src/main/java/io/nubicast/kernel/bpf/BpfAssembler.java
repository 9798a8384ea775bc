package io.nubicast.kernel.bpf;

import java.util.Arrays;

/// Writes eBPF (Documentation/bpf/standardization/instruction-set.rst), in order, with labels for jumps. Arithmetic is on 64
/// bits. Labels belong to one assembler.
public final class BpfAssembler {
    /// R0 takes results, R1 to R5 arguments, which a call destroys; R6 to R9 stay; R10 is the end of the stack of 512 bytes.
    public enum Register {
        R0, R1, R2, R3, R4, R5, R6, R7, R8, R9, R10
    }

    /// Of a load or store. What is loaded is extended with zeros.
    public enum Size {
        BYTE(0x10), HALF(0x08), WORD(0x00), DOUBLE(0x18);

        private final int bits;

        Size(int bits) {
            this.bits = bits;
        }
    }

    /// Functions of the kernel (bpf-helpers(7)).
    public enum Helper {
        /// R0 := the value's address, or 0. R1 map, R2 address of the key.
        MAP_LOOKUP_ELEM(1),
        /// R0 := 0, or less when the packet ends before. R1 context, R2 offset in the packet, R3 where to, R4 bytes.
        SKB_LOAD_BYTES(26),
        /// As SKB_LOAD_BYTES, with R5: from which header on, 0 Ethernet's, 1 IP's.
        SKB_LOAD_BYTES_RELATIVE(68),
        /// Gives back the socket in R1, which a map of sockets gave.
        SK_RELEASE(86),
        /// The datagram's socket shall be this one: R1 context, R2 socket, R3 flags.
        SK_ASSIGN(124);

        final int number;

        Helper(int number) {
            this.number = number;
        }
    }

    private static final int LDX_MEM = 0x61;
    private static final int ST_MEM = 0x62;
    private static final int STX_MEM = 0x63;
    private static final int LD_IMM64 = 0x18;
    private static final int PSEUDO_MAP_FD = 1;
    private static final int ADD64_K = 0x07;
    private static final int AND64_K = 0x57;
    private static final int LSH64_K = 0x67;
    private static final int MOV64_K = 0xB7;
    private static final int MOV64_X = 0xBF;
    private static final int TO_BIG_ENDIAN = 0xDC;
    private static final int JA = 0x05;
    private static final int JEQ_K = 0x15;
    private static final int JNE_K = 0x55;
    private static final int CALL = 0x85;
    private static final int EXIT = 0x95;
    private static final int NO_JUMP = -1;
    private static final int NO_PLACE = -1;

    private long[] code = new long[64];
    /// The label that each instruction jumps to, or NO_JUMP.
    private int[] jumps = new int[64];
    private int length;
    private int[] places = new int[8];
    private int labels;

    /// A place to jump to, not yet in the program.
    public int label() {
        if (labels == places.length) {
            places = Arrays.copyOf(places, 2 * labels);
        }
        places[labels] = NO_PLACE;
        return labels++;
    }

    /// The label is here: the next instruction.
    public BpfAssembler place(int label) {
        if (places[label] != NO_PLACE) {
            throw new IllegalStateException("a label has two places");
        }
        places[label] = length;
        return this;
    }

    /// to := value
    public BpfAssembler move(Register to, int value) {
        return add(MOV64_K, to, Register.R0, 0, value);
    }

    /// to := from
    public BpfAssembler move(Register to, Register from) {
        return add(MOV64_X, to, from, 0, 0);
    }

    /// to := to + value
    public BpfAssembler add(Register to, int value) {
        return add(ADD64_K, to, Register.R0, 0, value);
    }

    /// to := to & mask
    public BpfAssembler and(Register to, int mask) {
        return add(AND64_K, to, Register.R0, 0, mask);
    }

    /// to := to << bits
    public BpfAssembler shiftLeft(Register to, int bits) {
        return add(LSH64_K, to, Register.R0, 0, bits);
    }

    /// to := its lower `bits` in the network's byte order
    ///
    /// @param bits 16, 32 or 64
    public BpfAssembler toBigEndian(Register to, int bits) {
        return add(TO_BIG_ENDIAN, to, Register.R0, 0, bits);
    }

    /// to := what is at `base` + offset
    public BpfAssembler load(Size size, Register to, Register base, long offset) {
        return add(LDX_MEM | size.bits, to, base, offset, 0);
    }

    /// What is at `base` + offset := from
    public BpfAssembler store(Size size, Register base, long offset, Register from) {
        return add(STX_MEM | size.bits, base, from, offset, 0);
    }

    /// What is at `base` + offset := value
    public BpfAssembler store(Size size, Register base, long offset, int value) {
        return add(ST_MEM | size.bits, base, Register.R0, offset, value);
    }

    /// to := the map, for a helper
    public BpfAssembler load(Register to, BpfMap map) {
        return loadMap(to, map.fd());
    }

    BpfAssembler loadMap(Register to, int fd) {
        insert(instruction(LD_IMM64, to.ordinal(), PSEUDO_MAP_FD, 0, fd), NO_JUMP);
        insert(0, NO_JUMP);
        return this;
    }

    /// The first half of an instruction that loads a map, as a compiler leaves it, with the map filled in.
    static long loadMapInstruction(long load, int fd) {
        return load & 0x0FFFL | instruction(0, 0, PSEUDO_MAP_FD, 0, fd);
    }

    /// Calls a function of the kernel.
    public BpfAssembler call(Helper helper) {
        return call(helper.number);
    }

    BpfAssembler call(int helper) {
        return add(CALL, Register.R0, Register.R0, 0, helper);
    }

    public BpfAssembler jump(int label) {
        insert(instruction(JA, 0, 0, 0, 0), label);
        return this;
    }

    public BpfAssembler ifEqual(Register register, int value, int label) {
        insert(instruction(JEQ_K, register.ordinal(), 0, 0, value), label);
        return this;
    }

    public BpfAssembler ifNotEqual(Register register, int value, int label) {
        insert(instruction(JNE_K, register.ordinal(), 0, 0, value), label);
        return this;
    }

    /// Ends the program with R0.
    public BpfAssembler exit() {
        return add(EXIT, Register.R0, Register.R0, 0, 0);
    }

    private BpfAssembler add(int op, Register to, Register from, long offset, int value) {
        insert(instruction(op, to.ordinal(), from.ordinal(), offset, value), NO_JUMP);
        return this;
    }

    private void insert(long instruction, int jump) {
        if (length == code.length) {
            code = Arrays.copyOf(code, 2 * length);
            jumps = Arrays.copyOf(jumps, 2 * length);
        }
        code[length] = instruction;
        jumps[length++] = jump;
    }

    private static long instruction(int op, int to, int from, long offset, int value) {
        return op | (long) to << 8 | (long) from << 12 | (toShort(offset) & 0xFFFFL) << 16 | (long) value << 32;
    }

    private static short toShort(long offset) {
        if (offset != (short) offset) {
            throw new IllegalStateException("an offset of " + offset + " does not fit an instruction");
        }
        return (short) offset;
    }

    /// The program.
    ///
    /// @throws IllegalStateException for a label without a place
    public BpfCode assemble() {
        long[] program = Arrays.copyOf(code, length);
        for (int i = 0; i < length; i++) {
            if (jumps[i] != NO_JUMP) {
                int place = places[jumps[i]];
                if (place == NO_PLACE) {
                    throw new IllegalStateException("a label has no place");
                }
                program[i] |= (toShort(place - i - 1) & 0xFFFFL) << 16;
            }
        }
        return new BpfCode(program);
    }
}
