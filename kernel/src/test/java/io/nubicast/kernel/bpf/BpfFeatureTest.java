package io.nubicast.kernel.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nubicast.kernel.sys.Descriptor;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// With the running kernel, which may lack only what is newer than it.
class BpfFeatureTest {
    @AfterEach
    void nothingStaysOpen() {
        assertThat(Descriptor.stillOpen()).isEmpty();
    }

    @Test
    void whatTheDataPlanesNeedIsThereOrTheKernelIsOlder() {
        List<BpfFeature> needed = List.of(BpfFeature.SOCKET_LOOKUP, BpfFeature.INTERFACE_PROGRAMS, BpfFeature.TCX,
                BpfFeature.MAP_IN_MAP, BpfFeature.MAPPED_ARRAY, BpfFeature.helper(13, "bpf_clone_redirect", "4.2"),
                BpfFeature.helper(11, "bpf_l4_csum_replace", "4.1"));
        String missing = BpfFeature.missing(needed).orElse("");
        assumeTrue(!missing.contains("CAP_BPF") && !missing.contains("needs Linux"), missing);

        assertThat(missing).isEmpty();
    }

    @Test
    void aHelperThatNoKernelHasIsMissing() {
        String privileges = BpfFeature.INTERFACE_PROGRAMS.missing().orElse("");
        assumeTrue(!privileges.contains("CAP_BPF"), privileges);

        assertThat(BpfFeature.helper(9_999, "bpf_none", "99.0").missing())
                .contains("bpf_none needs Linux 99.0 or newer; this is " + System.getProperty("os.version"));
        assertThat(BpfFeature.helper(51, "bpf_redirect_map", "99.1").missing()).as("for XDP only").isPresent();
    }
}
