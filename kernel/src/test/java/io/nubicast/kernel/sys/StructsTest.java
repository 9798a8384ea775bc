package io.nubicast.kernel.sys;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.StructLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StructsTest {
    /// The table is printed by src/test/c/structs.c.
    @Test
    void sizesAndOffsetsAreThoseOfTheCHeaders() throws Exception {
        List<String> expected;
        try (InputStream table = StructsTest.class.getResourceAsStream("structs.txt")) {
            assertThat(table).isNotNull();
            expected = new String(table.readAllBytes(), StandardCharsets.US_ASCII).lines().toList();
        }

        List<String> actual = new ArrayList<>();
        for (StructLayout struct : Structs.ALL) {
            String name = struct.name().orElseThrow();
            actual.add(name + " " + struct.byteSize());
            for (MemoryLayout member : struct.memberLayouts()) {
                member.name().ifPresent(field -> actual.add(
                        name + "." + field + " " + struct.byteOffset(PathElement.groupElement(field))));
            }
        }

        assertThat(actual).containsExactlyElementsOf(expected);
    }
}
