package io.nubicast.kernel.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What clang 14 makes of C sources.
class ObjectSourceTest {
    private static final Path HEADERS = Path.of("src/main/bpf");

    @TempDir
    Path directory;

    @BeforeEach
    void needClang() throws Exception {
        assumeTrue(status(List.of("clang-14", "--version")) == 0, "clang-14 is not installed (prerequisites.sh)");
    }

    private static int status(List<String> command) throws InterruptedException {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
        } catch (IOException e) {
            return -1;
        }
    }

    @Test
    void theCommittedObjectIsMadeOfTheCommittedSource() throws Exception {
        assertThat(status(List.of("sh", "src/test/bpf/build", directory.toString()))).isZero();

        assertThat(directory.resolve("count.o"))
                .hasSameBinaryContentAs(Path.of("src/test/resources/io/nubicast/kernel/bpf/count.o"));
    }

    private BpfObject compile(String source, String... options) throws Exception {
        Path file = Files.writeString(directory.resolve("source.c"), source);
        Path object = directory.resolve("source.o");
        List<String> command = new ArrayList<>(List.of("clang-14", "-O2", "-target", "bpf", "-mcpu=v3", "-I",
                HEADERS.toString(), "-c", file.toString(), "-o", object.toString()));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return BpfObject.parse(Files.readAllBytes(object));
    }

    @Test
    void debugInformationAndStaticMapsAreNoTrouble() throws Exception {
        BpfObject object = compile("""
                #include "bpf.h"
                LICENSE("GPL");
                static SEC("maps") struct bpf_map_def first = {
                    .type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 8, .max_entries = 1 };
                static SEC("maps") struct bpf_map_def second = {
                    .type = BPF_MAP_TYPE_HASH, .key_size = 4, .value_size = 8, .max_entries = 2 };
                SEC("tc/both") int both(struct __sk_buff *skb)
                {
                    __u32 key = 0;
                    return bpf_map_lookup_elem(&second, &key) == bpf_map_lookup_elem(&first, &key);
                }
                SEC("socket/whole") int whole(struct __sk_buff *skb) { return skb->len; }
                """, "-g");

        assertThat(object.license()).isEqualTo("GPL");
        assertThat(object.program("tc/both").maps().values()).containsExactly("second", "first");
        assertThat(object.program("socket/whole").type()).isEqualTo(BpfProgram.Type.SOCKET_FILTER);
        assertThat(object.maps().keySet()).containsExactlyInAnyOrder("first", "second");
    }

    @Test
    void whatIsNotSupportedSaysWhatToChange() {
        String begin = "#include \"bpf.h\"\nLICENSE(\"GPL\");\n";

        assertThatThrownBy(() -> compile("#include \"bpf.h\"\nSEC(\"tc\") int f(struct __sk_buff *skb) { return 0; }"))
                .hasMessageContaining("it says no license; add a section license");
        assertThatThrownBy(
                () -> compile(begin + "int global; SEC(\"tc\") int f(struct __sk_buff *skb) { return global; }"))
                .hasMessageContaining(
                        "program f uses global, which is no map; global variables are not supported, use a map");
        assertThatThrownBy(() -> compile(begin + "SEC(\"xdp\") int f(void *context) { return 0; }"))
                .hasMessageContaining(
                        "no type of program has sections named xdp; use classifier, sk_lookup, socket, tc, tcx");
        assertThatThrownBy(() -> compile(begin + "SEC(\"tc\") int f(struct __sk_buff *skb) { return 0; }\n"
                + "SEC(\"tc\") int g(struct __sk_buff *skb) { return 1; }"))
                .hasMessageContaining("section tc has 2 functions; each program has a section of its own");
        assertThatThrownBy(() -> compile(begin + "static __attribute__((noinline, section(\"tc/other\"))) int h(int x) "
                + "{ __asm__ volatile(\"\"); return x * 3; }\n"
                + "SEC(\"tc\") int f(struct __sk_buff *skb) { return h(skb->len); }"))
                .hasMessageContaining("make it static __always_inline");
        assertThatThrownBy(() -> compile(begin + "SEC(\"maps\") struct bpf_map_def m = { .type = 99 };\n"
                + "SEC(\"tc\") int f(struct __sk_buff *skb) { return 0; }"))
                .hasMessageContaining("map m is of type 99, which is not known here");
        assertThatThrownBy(
                () -> compile(begin + "SEC(\"maps\") struct bpf_map_def m = { .type = BPF_MAP_TYPE_ARRAY_OF_MAPS };\n"
                        + "SEC(\"tc\") int f(struct __sk_buff *skb) { return 0; }"))
                .hasMessageContaining("map m: a map of maps has .inner");
    }
}
