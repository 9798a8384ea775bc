package io.nubicast.dataplane.ebpf;

import io.nubicast.kernel.bpf.BpfMap;
import io.nubicast.kernel.bpf.BpfMapSpec;
import io.nubicast.kernel.sys.SystemCallException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/// The members that programs see, in blocks of [#BLOCK_MEMBERS]; a run of them within a block is what a version of a route has. Blocks
/// come as they are needed and stay. One thread.
final class MemberRuns {
    /// Also the most members of a run.
    static final int BLOCK_MEMBERS = 1024;
    /// struct member of server.c
    static final int MEMBER_BYTES = 64;
    static final int ERROR = 24;
    static final int FAILED_FRAMES = 28;
    static final int FAILED_DATAGRAMS = 32;
    static final int FAILED_BYTES = 40;

    private final BpfMap blocks;
    private final BpfMapSpec blockSpec;
    private final Arena arena;
    private final List<MemorySegment> memory = new ArrayList<>();
    /// By block: starts and lengths of what is free.
    private final List<NavigableMap<Integer, Integer>> free = new ArrayList<>();

    /// @param start index of its first member within the block
    record Run(int block, int start, int count) {
        /// Of a version without members.
        static final Run NONE = new Run(0, 0, 0);
    }

    /// @param blocks a map of arrays, empty
    /// @param arena ends the mappings
    MemberRuns(BpfMap blocks, Arena arena) {
        this.blocks = blocks;
        this.arena = arena;
        blockSpec = blocks.spec().inner().orElseThrow();
    }

    /// Finds room; what is there is old.
    ///
    /// @param count 0..1,024
    /// @throws SystemCallException ENOMEM; E2BIG when there are 4,096 blocks
    Run allocate(int count) throws SystemCallException {
        if (count == 0) {
            return Run.NONE;
        }
        for (int block = 0; block < free.size(); block++) {
            for (var hole : free.get(block).entrySet()) {
                if (hole.getValue() >= count) {
                    return take(block, hole.getKey(), hole.getValue(), count);
                }
            }
        }
        add();
        return take(free.size() - 1, 0, BLOCK_MEMBERS, count);
    }

    private Run take(int block, int start, int length, int count) {
        NavigableMap<Integer, Integer> holes = free.get(block);
        holes.remove(start);
        if (length > count) {
            holes.put(start + count, length - count);
        }
        return new Run(block, start, count);
    }

    private void add() throws SystemCallException {
        // The map of blocks and the mapping keep it.
        try (BpfMap block = BpfMap.create(blockSpec)) {
            MemorySegment mapping = block.memory(arena);
            blocks.put(memory.size(), block);
            memory.add(mapping);
        }
        NavigableMap<Integer, Integer> holes = new TreeMap<>();
        holes.put(0, BLOCK_MEMBERS);
        free.add(holes);
    }

    /// Gives room back, when no program can be in it any more.
    void free(Run run) {
        if (run.count() == 0) {
            return;
        }
        NavigableMap<Integer, Integer> holes = free.get(run.block());
        int start = run.start();
        int length = run.count();
        var before = holes.lowerEntry(start);
        if (before != null && before.getKey() + before.getValue() == start) {
            start = before.getKey();
            length += before.getValue();
        }
        Integer after = holes.remove(run.start() + run.count());
        holes.put(start, length + (after == null ? 0 : after));
    }

    /// How many blocks there are, 64 KiB each.
    int blocks() {
        return memory.size();
    }

    private long at(Run run, int member) {
        return (long) (run.start() + member) * MEMBER_BYTES;
    }

    /// The first three words of a member.
    long word(Run run, int member, int word) {
        return memory.get(run.block()).get(ValueLayout.JAVA_LONG, at(run, member) + 8L * word);
    }

    /// Writes a member: its words as [MemberWords] makes them, and no failures.
    void write(Run run, int member, long first, long second, long third) {
        MemorySegment to = memory.get(run.block());
        long at = at(run, member);
        to.asSlice(at, MEMBER_BYTES).fill((byte) 0);
        to.set(ValueLayout.JAVA_LONG, at, first);
        to.set(ValueLayout.JAVA_LONG, at + 8, second);
        to.set(ValueLayout.JAVA_LONG, at + 16, third);
    }

    /// One of the numbers that programs write.
    int failure32(Run run, int member, int field) {
        return memory.get(run.block()).get(ValueLayout.JAVA_INT, at(run, member) + field);
    }

    long failure64(Run run, int member, int field) {
        return memory.get(run.block()).get(ValueLayout.JAVA_LONG, at(run, member) + field);
    }
}
