package io.nubicast.kernel.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.kernel.sys.SystemCallException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Kinds of maps with the running kernel.
class BpfMapTest {
    private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG;

    private final Arena arena = Arena.ofConfined();

    @BeforeEach
    void need() {
        String missing = BpfFeature.SOCKET_LOOKUP.missing().orElse("");
        assumeTrue(!missing.contains("CAP_BPF"), missing);
    }

    @AfterEach
    void release() {
        arena.close();
        assertThat(Descriptor.stillOpen()).isEmpty();
    }

    private MemorySegment number(int value) {
        return arena.allocateFrom(I32, value);
    }

    @Test
    void anArrayIsMemoryOfThisProcessToo() throws Exception {
        BpfMapSpec spec = new BpfMapSpec("array", BpfMap.Kind.ARRAY, 4, 12, 3, BpfMap.MMAPABLE);
        MemorySegment memory;
        try (BpfMap map = BpfMap.create(spec)) {
            MemorySegment value = arena.allocate(12, 8);
            value.set(I32, 8, 42);
            memory = map.memory(arena);

            map.put(number(2), value);
            memory.set(I32, map.strideBytes(), 7);

            assertThat(map.strideBytes()).isEqualTo(16);
            assertThat(memory.byteSize()).isEqualTo(48);
            assertThat(memory.get(I32, 2 * 16 + 8)).isEqualTo(42);
            assertThat(map.get(number(1), value)).isTrue();
            assertThat(value.get(I32, 0)).isEqualTo(7);
        }
        memory.set(I32, 0, 1);
        assertThat(memory.get(I32, 0)).as("stays when the map is closed").isEqualTo(1);
    }

    @Test
    void aMapWithoutTheFlagIsNoMemory() throws Exception {
        try (BpfMap map = BpfMap.create(new BpfMapSpec("plain", BpfMap.Kind.ARRAY, 4, 8, 1, 0))) {
            assertThatThrownBy(() -> map.memory(arena)).isInstanceOf(SystemCallException.class)
                    .hasMessageContaining("mmap of plain");
        }
    }

    @Test
    void valuesOfAllProcessorsAreAddedUp() throws Exception {
        for (BpfMap.Kind kind : new BpfMap.Kind[]{BpfMap.Kind.PERCPU_ARRAY, BpfMap.Kind.PERCPU_HASH}) {
            try (BpfMap map = BpfMap.create(new BpfMapSpec("perCpu", kind, 4, 16, 2, 0))) {
                MemorySegment all = arena.allocate(map.valueBytes(), 8);
                long expected = 0;
                for (int cpu = 0; cpu < Cpus.possible(); cpu++) {
                    all.set(I64, 16L * cpu, 100 + cpu);
                    all.set(I64, 16L * cpu + 8, 1);
                    expected += 100 + cpu;
                }
                map.put(number(1), all);
                long[] sums = new long[2];

                assertThat(map.sum(number(1), all.fill((byte) 0xA5), sums)).isTrue();

                assertThat(sums).containsExactly(expected, Cpus.possible());
                assertThat(map.sum(number(0), all, sums)).isEqualTo(kind == BpfMap.Kind.PERCPU_ARRAY);
            }
        }
    }

    @Test
    void mapsOfMapsTakeMapsLikeTheTemplate() throws Exception {
        BpfMapSpec inner = new BpfMapSpec("inner", BpfMap.Kind.ARRAY, 4, 8, 4, BpfMap.MMAPABLE);
        for (BpfMap.Kind kind : new BpfMap.Kind[]{BpfMap.Kind.ARRAY_OF_MAPS, BpfMap.Kind.HASH_OF_MAPS}) {
            try (BpfMap outer = BpfMap.create(new BpfMapSpec("outer", kind, 4, 4, 2, 0, inner));
                    BpfMap like = BpfMap.create(inner);
                    BpfMap other = BpfMap.create(new BpfMapSpec("other", BpfMap.Kind.ARRAY, 4, 16, 4, 0))) {
                MemorySegment id = arena.allocate(4, 4);

                outer.put(1, like);

                assertThat(outer.get(number(1), id)).isTrue();
                assertThat(id.get(I32, 0)).isPositive();
                like.put(number(3), arena.allocateFrom(I64, 42));
                try (BpfMap found = outer.inner(number(1)).orElseThrow()) {
                    MemorySegment value = arena.allocate(8, 8);
                    assertThat(found.get(number(3), value)).isTrue();
                    assertThat(value.get(I64, 0)).isEqualTo(42);
                }
                assertThat(outer.inner(number(0))).isEmpty();
                assertThat(outer.get(number(0), id)).isFalse();
                assertThatThrownBy(() -> outer.put(0, other)).isInstanceOf(SystemCallException.class)
                        .hasMessageContaining("EINVAL");
                assertThat(outer.remove(number(1))).isTrue();
                assertThat(outer.get(number(1), id)).isFalse();
            }
        }
    }

    @Test
    void everyEntryIsVisitedOnceAndMayBeRemoved() throws Exception {
        try (BpfMap map = BpfMap.hash("visited", 4, 4, 1_000)) {
            for (int i = 0; i < 500; i++) {
                map.put(number(i), number(2 * i));
            }
            Map<Integer, Integer> visits = new TreeMap<>();

            map.forEach((key, value) -> {
                int number = key.get(I32, 0);
                assertThat(value.get(I32, 0)).isEqualTo(2 * number);
                visits.merge(number, 1, Integer::sum);
                if (number % 2 == 0) {
                    map.remove(key);
                }
            });

            assertThat(visits).hasSize(500).allSatisfy((key, times) -> assertThat(times).isEqualTo(1));
            map.forEach((key, value) -> map.remove(key));
            assertThat(map.next(MemorySegment.NULL, arena.allocate(4, 4))).as("empty").isFalse();
        }
    }
}
