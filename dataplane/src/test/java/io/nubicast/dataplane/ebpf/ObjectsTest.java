package io.nubicast.dataplane.ebpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nubicast.kernel.bpf.BpfObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The programs that are committed as objects.
class ObjectsTest {
    private static final Path SOURCES = Path.of("src/main/bpf");
    private static final String CLANG = "clang-14";

    private static boolean has(String program) throws InterruptedException {
        try {
            return new ProcessBuilder(program, "--version").redirectOutput(ProcessBuilder.Redirect.DISCARD).start()
                    .waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void theyAreWhatTheirSourcesMake(@TempDir Path built) throws Exception {
        assumeTrue(has(CLANG), "no " + CLANG);

        Process build = new ProcessBuilder(SOURCES.resolve("build").toString(), built.toString())
                .redirectErrorStream(true).start();
        String output = new String(build.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(build.waitFor()).as(output).isZero();

        List<Path> objects;
        try (Stream<Path> files = Files.list(built)) {
            objects = files.toList();
        }
        assertThat(objects).isNotEmpty();
        for (Path object : objects) {
            String name = object.getFileName().toString();
            try (InputStream committed = KernelPrograms.class.getResourceAsStream(name)) {
                assertThat(committed).as("run %s/build", SOURCES).isNotNull();
                assertThat(committed.readAllBytes()).as("%s is not what its source makes: run %s/build", name, SOURCES)
                        .isEqualTo(Files.readAllBytes(object));
            }
        }
    }

    @Test
    void theClientsEntriesAreAsTheProgramHasThem() throws Exception {
        BpfObject client = KernelPrograms.object("client.o");

        assertThat(client.map("entries").keyBytes()).isEqualTo(ClientEntry.KEY_BYTES);
        assertThat(client.map("entries").valueBytes()).isEqualTo(ClientEntry.BYTES);
        assertThat(client.map("counters").valueBytes()).isEqualTo(ClientTally.BYTES);
    }
}
