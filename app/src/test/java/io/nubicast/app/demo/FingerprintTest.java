package io.nubicast.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FingerprintTest {
    private static String of(String... datagrams) {
        Fingerprint fingerprint = new Fingerprint();
        for (String datagram : datagrams) {
            fingerprint.add(ByteBuffer.wrap(datagram.getBytes(StandardCharsets.UTF_8)));
        }
        return fingerprint.text();
    }

    @Test
    void theSameDatagramsInTheSameOrderAreEqual() {
        assertThat(of("ab", "c", "")).isEqualTo(of("ab", "c", "")).hasSize(64);
    }

    @Test
    void whatIsMissingAddedChangedReorderedOrCutDifferentlyIsNot() {
        String original = of("ab", "cd");

        assertThat(of("ab")).isNotEqualTo(original);
        assertThat(of("ab", "cd", "cd")).isNotEqualTo(original);
        assertThat(of("ab", "cD")).isNotEqualTo(original);
        assertThat(of("cd", "ab")).isNotEqualTo(original);
        assertThat(of("abc", "d")).isNotEqualTo(original);
        assertThat(of("ab", "cd", "")).isNotEqualTo(original);
    }
}
