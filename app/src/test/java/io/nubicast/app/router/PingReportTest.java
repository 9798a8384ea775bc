package io.nubicast.app.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.wire.Address;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PingReportTest {
    private static final Address PEER = Address.ipv4("10.0.0.2");
    private static final long MS = 1_000_000;

    @Test
    void fiveAnswersReadAsInTheDocument() {
        PingReport report = new PingReport(PEER, 5, 100, 2, Optional.empty());
        for (int i = 0; i < 5; i++) {
            report.answered(i, PEER, i == 4 ? 2 * MS : MS / 10);
        }

        assertThat(report.text()).isEqualTo("""
                Type escape sequence to abort.
                Sending 5, 100-byte ICMP Echos to 10.0.0.2, timeout is 2 seconds:
                !!!!!
                Success rate is 100 percent (5/5), round-trip min/avg/max = 1/1/2 ms
                """);
        assertThat(report.succeeded()).isTrue();
    }

    @Test
    void withoutAnyAnswerThereAreNoTimes() {
        PingReport report = new PingReport(PEER, 5, 100, 2, Optional.of(Address.ipv4("10.0.0.1")));
        "..U.M".chars().forEach(mark -> report.failed((char) mark));

        assertThat(report.text()).isEqualTo("""
                Type escape sequence to abort.
                Sending 5, 100-byte ICMP Echos to 10.0.0.2, timeout is 2 seconds:
                Packet sent with a source address of 10.0.0.1\s
                ..U.M
                Success rate is 0 percent (0/5)
                """);
        assertThat(report.succeeded()).isFalse();
    }

    @Test
    void aGroupAnswersWithALineEach() {
        PingReport report = new PingReport(Address.ipv4("239.0.0.10"), 1, 100, 2, Optional.empty());
        report.answered(0, PEER, 4 * MS);
        report.answered(0, Address.ipv4("172.16.10.10"), 5 * MS);

        assertThat(report.text()).isEqualTo("""
                Type escape sequence to abort.
                Sending 1, 100-byte ICMP Echos to 239.0.0.10, timeout is 2 seconds:

                Reply to request 0 from 10.0.0.2, 4 ms
                Reply to request 0 from 172.16.10.10, 5 ms
                """);
    }
}
