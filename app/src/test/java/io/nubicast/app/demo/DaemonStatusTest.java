package io.nubicast.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.app.demo.Hop.Reading;
import org.junit.jupiter.api.Test;

class DaemonStatusTest {
    @Test
    void aServersGroupIsReadWithItsCopies() {
        DaemonStatus status = DaemonStatus.parse("""
                {"role":"server","groups":[
                  {"group":"239.1.1.1","packets":1,"bytes":2,"drops":{},"members":[]},
                  {"group":"239.10.10.1","packets":10,"bytes":13160,"drops":{},"members":[
                    {"address":"10.0.0.12","packets":10,"errors":{}},
                    {"address":"10.0.0.13","packets":9,"errors":{}}]}]}""");

        assertThat(status.reading("239.10.10.1")).isEqualTo(new Reading(10, 13160, "19 copies", true));
    }

    @Test
    void failedCopiesAreNotWell() {
        DaemonStatus status = DaemonStatus.parse("""
                {"groups":[{"group":"239.10.10.1","packets":10,"bytes":1,"drops":{"rate_limited":2},"members":[
                  {"packets":5,"errors":{"no_route":3}}]}]}""");

        assertThat(status.reading("239.10.10.1")).isEqualTo(new Reading(10, 1, "5 failed", false));
    }

    @Test
    void aClientsEntryIsReadWithWhatItRestored() {
        DaemonStatus status = DaemonStatus
                .parse("""
                        {"role":"client","servers":[{"server":"10.0.0.11","group":"239.10.10.2","packets":7,"bytes":8,"drops":{},
                          "restored":{"group":"239.10.10.2","packets":7,"errors":{}}}]}""");

        assertThat(status.reading("239.10.10.2")).isEqualTo(new Reading(7, 8, "7 restored", true));
    }

    @Test
    void anAnswerThatIsNoneSaysNothing() {
        for (String answer : new String[]{"", "no json", "[]", "{\"error\":\"unknown request\"}"}) {
            assertThat(DaemonStatus.parse(answer).reading("239.10.10.1")).isEqualTo(Reading.UNKNOWN);
        }
    }
}
