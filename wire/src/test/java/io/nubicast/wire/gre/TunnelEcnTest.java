package io.nubicast.wire.gre;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// T-GRE-11, GRE-010
class TunnelEcnTest {
    private static int bits(String name) {
        return switch (name) {
            case "Not-ECT" -> TunnelEcn.NOT_ECT;
            case "ECT(0)" -> TunnelEcn.ECT_0;
            case "ECT(1)" -> TunnelEcn.ECT_1;
            case "CE" -> TunnelEcn.CE;
            case "drop" -> TunnelEcn.DROP;
            default -> throw new IllegalArgumentException(name);
        };
    }

    /// RFC 6040 figure 4: a row is an inner field, then what becomes of it with outer Not-ECT, ECT(0), ECT(1), CE.
    @ParameterizedTest
    @CsvSource({
            "Not-ECT, Not-ECT, Not-ECT, Not-ECT, drop",
            "ECT(0), ECT(0), ECT(0), ECT(1), CE",
            "ECT(1), ECT(1), ECT(1), ECT(1), CE",
            "CE, CE, CE, CE, CE"})
    void theSixteenCellsOfFigureFour(String inner, String notEct, String ect0, String ect1, String ce) {
        assertThat(TunnelEcn.decapsulated(bits(inner), bits("Not-ECT"))).isEqualTo(bits(notEct));
        assertThat(TunnelEcn.decapsulated(bits(inner), bits("ECT(0)"))).isEqualTo(bits(ect0));
        assertThat(TunnelEcn.decapsulated(bits(inner), bits("ECT(1)"))).isEqualTo(bits(ect1));
        assertThat(TunnelEcn.decapsulated(bits(inner), bits("CE"))).isEqualTo(bits(ce));
    }

    @Test
    void normalModeCopies() {
        for (int ecn = 0; ecn < 4; ecn++) {
            assertThat(TunnelEcn.encapsulated(0xB8 | ecn)).isEqualTo(ecn);
        }
    }
}
