package io.nubicast.kernel.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.InputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Whatever the file, it is an object that can be used or a [MalformedObject] that says why: never another exception.
class ObjectMutationTest {
    private static final int MUTATIONS = Boolean.getBoolean("nubicast.ci") ? 100_000 : 10_000;

    private static byte[] good() throws Exception {
        try (InputStream stream = ObjectMutationTest.class.getResourceAsStream("count.o")) {
            assertThat(stream).isNotNull();
            return stream.readAllBytes();
        }
    }

    /// What is said, or "" when it can be used.
    private static String outcome(byte[] bytes, String what) {
        try {
            BpfObject object = BpfObject.parse(bytes);
            assertThat(object.programs()).isNotEmpty();
            object.programs().values()
                    .forEach(program -> assertThat(object.maps().keySet()).containsAll(program.maps().values()));
            return "";
        } catch (MalformedObject e) {
            return String.valueOf(e.getMessage());
        } catch (RuntimeException | AssertionError e) {
            return fail(what, e);
        }
    }

    @Test
    void aFileThatIsCutOffSaysSo() throws Exception {
        byte[] good = good();
        for (int length = 0; length < good.length; length++) {
            assertThat(outcome(Arrays.copyOf(good, length), length + " bytes"))
                    .startsWith("the eBPF object cannot be used: ");
        }
        assertThat(outcome(good, "whole")).isEmpty();
    }

    @Test
    void changedBytesGiveAnObjectOrAReason() throws Exception {
        byte[] good = good();
        Random random = new Random(20_26);
        Set<String> reasons = new TreeSet<>();
        int usable = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] mutated = good.clone();
            for (int changes = random.nextInt(1, 6); changes > 0; changes--) {
                change(mutated, random);
            }
            String outcome = outcome(mutated, HexFormat.of().formatHex(mutated));
            usable += outcome.isEmpty() ? 1 : 0;
            reasons.add(outcome.replaceAll("[^a-zA-Z ]", ""));
        }

        assertThat(usable).as("the mutations are not all beyond recognition").isGreaterThan(MUTATIONS / 20);
        assertThat(reasons).as("and reach most checks").hasSizeGreaterThan(15);
    }

    /// Bytes anywhere, and numbers that break bounds, in the headers more often.
    private static void change(byte[] bytes, Random random) {
        int headers = 0x1A0;
        int tables = bytes.length - headers;
        int at = random.nextBoolean()
                ? random.nextInt(bytes.length)
                : random.nextBoolean()
                        ? random.nextInt(64)
                        : headers + random.nextInt(tables);
        switch (random.nextInt(4)) {
            case 0 -> bytes[at] = (byte) random.nextInt();
            case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 2 -> bytes[at] = (byte) (random.nextBoolean() ? 0xFF : 0x7F);
            default -> Arrays.fill(bytes, at, Math.min(bytes.length, at + random.nextInt(1, 9)),
                    (byte) (random.nextBoolean() ? 0 : 0xFF));
        }
    }

    @Test
    void whatIsNoObjectIsNamed() throws Exception {
        byte[] good = good();
        byte[] other = good.clone();
        other[18] = 62;

        assertThatThrownBy(() -> BpfObject.parse(new byte[0]))
                .hasMessage("the eBPF object cannot be used: it is no ELF file");
        assertThatThrownBy(() -> BpfObject.parse(other)).isInstanceOf(MalformedObject.class)
                .hasMessageContaining("it is not for eBPF; compile it with clang -target bpfel -c");
    }
}
