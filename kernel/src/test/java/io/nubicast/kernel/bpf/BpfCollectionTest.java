package io.nubicast.kernel.bpf;

import static io.nubicast.kernel.bpf.Namespace.index;
import static io.nubicast.kernel.bpf.Namespace.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nubicast.kernel.bpf.BpfLink.Direction;
import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.kernel.sys.SystemCallException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// An object of clang in the running kernel, on a veth pair west -- east of one namespace.
class BpfCollectionTest {
    private static final short IPV4 = 0x0008;

    private final Arena arena = Arena.ofShared();

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

    private static BpfCollection.Loading count() throws Exception {
        return BpfCollection.of(BpfObject.ofResource(BpfObjectTest.class, "count.o"));
    }

    private long counted(BpfMap byType) throws SystemCallException {
        MemorySegment value = arena.allocate(8, 8);
        return byType.get(arena.allocateFrom(ValueLayout.JAVA_SHORT, IPV4), value)
                ? value.get(ValueLayout.JAVA_LONG, 0)
                : 0;
    }

    @Test
    void aProgramAtEgressCountsUntilItsLinkIsClosed() throws Exception {
        try (Namespace namespace = Namespace.withPair()) {
            namespace.inside(() -> {
                try (BpfCollection loaded = count().load()) {
                    BpfMap byType = loaded.map("by_type");
                    try (BpfLink link =
                            BpfLink.toInterface(loaded.program("tcx/egress"), index("west"), Direction.EGRESS)) {
                        assertThat(link.isOpen()).isTrue();
                        send(5);
                        assertThat(counted(byType)).isEqualTo(5);
                    }
                    send(2);
                    assertThat(counted(byType)).as("detached").isEqualTo(5);

                    long[] totals = new long[2];
                    BpfMap perCpu = loaded.map("totals");
                    perCpu.sum(arena.allocate(4, 4), arena.allocate(perCpu.valueBytes(), 8), totals);
                    assertThat(totals).containsExactly(5, 5 * 100);
                }
            });
        }
    }

    @Test
    void aProgramAtIngressFindsAMapInAMap() throws Exception {
        try (Namespace namespace = Namespace.withPair()) {
            namespace.inside(() -> {
                try (BpfCollection loaded = count().load();
                        BpfMap block = BpfMap.create(loaded.map("blocks").spec().inner().orElseThrow());
                        BpfLink link =
                                BpfLink.toInterface(loaded.program("tcx/ingress"), index("east"), Direction.INGRESS)) {
                    assertThat(link.isOpen()).isTrue();
                    MemorySegment memory = block.memory(arena);
                    send(1);
                    loaded.map("blocks").put(2, block);
                    memory.set(ValueLayout.JAVA_LONG, 0, 1_000);
                    send(3);

                    assertThat(memory.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(1_300);
                }
            });
        }
    }

    @Test
    void aLinkTakesAnotherProgramWithoutAGap() throws Exception {
        try (Namespace namespace = Namespace.withPair()) {
            namespace.inside(() -> {
                try (BpfCollection first = count().load(); BpfCollection second = count().load()) {
                    try (BpfLink link =
                            BpfLink.toInterface(first.program("tcx/egress"), index("west"), Direction.EGRESS)) {
                        send(1);
                        link.update(second.program("tcx/egress"));
                        send(2);
                    }

                    assertThat(counted(first.map("by_type"))).isEqualTo(1);
                    assertThat(counted(second.map("by_type"))).isEqualTo(2);
                }
            });
        }
    }

    @Test
    void aMapCanBeGivenAndStaysTheCallers() throws Exception {
        try (BpfMap given = BpfMap.create(BpfObject.ofResource(BpfObjectTest.class, "count.o").map("by_type"))) {
            try (BpfCollection loaded = count().map("by_type", given).capacity("blocks", 8).only("tcx/egress").load()) {
                assertThat(loaded.map("by_type")).isSameAs(given);
                assertThat(loaded.map("blocks").spec().capacity()).isEqualTo(8);
                assertThatThrownBy(() -> loaded.program("tcx/ingress"))
                        .hasMessage("no program tcx/ingress, only [tcx/egress]");
            }
            assertThat(given.isOpen()).isTrue();
            assertThatThrownBy(() -> count().map("totals", given)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the map by_type is not like totals");
        }
    }

    @Test
    void whatCannotBeLoadedLeavesNothing() throws Exception {
        assertThatThrownBy(() -> count().capacity("by_type", 0).load()).isInstanceOf(SystemCallException.class)
                .hasMessageContaining("BPF_MAP_CREATE of by_type");
        assertThatThrownBy(() -> count().capacity("blocks", 0).load()).isInstanceOf(SystemCallException.class);
    }

    @Test
    void noInterfaceNoLink() throws Exception {
        try (BpfCollection loaded = count().load()) {
            assertThatThrownBy(() -> BpfLink.toInterface(loaded.program("tcx/egress"), 0x7FFFFFFF, Direction.EGRESS))
                    .isInstanceOf(SystemCallException.class)
                    .hasMessageContaining("interface 2147483647, egress: ENODEV");
        }
    }
}
