package io.nubicast.kernel.bpf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/// Instructions of a program, made by a [BpfAssembler] or read from a [BpfObject]. They name maps by descriptor, so they hold only in this process and while
/// those maps are open. Immutable.
public final class BpfCode {
    /// Each a struct bpf_insn, read as a little-endian number; x86-64, aarch64 and riscv64 are all little-endian.
    private final long[] instructions;

    BpfCode(long[] instructions) {
        this.instructions = instructions;
    }

    /// Instructions; loading a map counts as two.
    public int length() {
        return instructions.length;
    }

    /// The same with maps.
    ///
    /// @param descriptors of the map that an instruction loads, by the instruction's index
    BpfCode withMaps(Map<Integer, Integer> descriptors) {
        long[] bound = instructions.clone();
        descriptors.forEach((index, fd) -> bound[index] = BpfAssembler.loadMapInstruction(bound[index], fd));
        return new BpfCode(bound);
    }

    MemorySegment toNative(Arena arena) {
        return arena.allocateFrom(ValueLayout.JAVA_LONG, instructions);
    }

    /// A line an instruction, 16 hexadecimal digits in the order of memory.
    @Override
    public String toString() {
        return LongStream.of(instructions).mapToObj(each -> HexFormat.of().toHexDigits(Long.reverseBytes(each)))
                .collect(Collectors.joining("\n"));
    }
}
