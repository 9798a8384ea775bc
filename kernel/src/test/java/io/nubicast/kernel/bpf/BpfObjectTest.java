package io.nubicast.kernel.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/// Without a kernel.
class BpfObjectTest {
    private static BpfObject count() throws Exception {
        return BpfObject.ofResource(BpfObjectTest.class, "count.o");
    }

    @Test
    void anObjectTellsItsMapsProgramsAndLicense() throws Exception {
        BpfObject object = count();

        assertThat(object.license()).isEqualTo("Apache-2.0");
        assertThat(object.maps().keySet()).as("block is only a template").containsExactly("by_type", "totals",
                "blocks");
        assertThat(object.map("by_type"))
                .isEqualTo(new BpfMapSpec("by_type", BpfMap.Kind.HASH, 2, 8, 16, BpfMap.NO_PREALLOC));
        assertThat(object.map("blocks").inner())
                .contains(new BpfMapSpec("block", BpfMap.Kind.ARRAY, 4, 4096, 1, BpfMap.MMAPABLE));
        assertThat(object.programs().keySet()).containsExactlyInAnyOrder("tcx/egress", "tcx/ingress", "tc/drop");
        assertThat(object.program("tcx/egress").name()).isEqualTo("count_egress");
        assertThat(object.program("tcx/egress").type()).isEqualTo(BpfProgram.Type.SCHED_CLS);
        assertThat(object.program("tcx/egress").maps().values()).containsOnly("by_type", "totals").hasSize(3);
        assertThat(object.program("tcx/ingress").maps().values()).containsExactly("blocks");
    }

    @Test
    void whatIsNotThereIsNamed() throws Exception {
        BpfObject object = count();

        assertThatThrownBy(() -> object.map("block"))
                .hasMessage("the object has no map block, only [by_type, totals, blocks]");
        assertThatThrownBy(() -> object.program("xdp")).hasMessageStartingWith("the object has no program xdp, only [");
        assertThatThrownBy(() -> BpfObject.ofResource(BpfObjectTest.class, "none.o"))
                .hasMessageContaining("no none.o beside");
    }

    @Test
    void aMapOfMapsHasAnInnerMapAndNoOther() {
        BpfMapSpec plain = new BpfMapSpec("plain", BpfMap.Kind.ARRAY, 4, 8, 1, 0);

        assertThatThrownBy(() -> new BpfMapSpec("wrong", BpfMap.Kind.HASH, 4, 8, 1, 0, plain))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new BpfMapSpec("wrong", BpfMap.Kind.HASH_OF_MAPS, 4, 4, 1, 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void possibleProcessorsAreCounted() {
        assertThat(Cpus.count("0\n")).isEqualTo(1);
        assertThat(Cpus.count("0-3\n")).isEqualTo(4);
        assertThat(Cpus.count("0,2-3,8-15")).isEqualTo(11);
        assertThat(Cpus.limit("0\n")).isEqualTo(1);
        assertThat(Cpus.limit("0-3\n")).isEqualTo(4);
        assertThat(Cpus.limit("0-3,8\n")).isEqualTo(9);
        assertThat(Cpus.possible()).isGreaterThanOrEqualTo(Runtime.getRuntime().availableProcessors());
    }
}
