package io.nubicast.kernel.bpf;

import static io.nubicast.kernel.bpf.BpfAssembler.Register.R1;
import static io.nubicast.kernel.bpf.BpfAssembler.Register.R10;
import static io.nubicast.kernel.bpf.BpfAssembler.Register.R2;
import static io.nubicast.kernel.bpf.BpfAssembler.Register.R3;
import static io.nubicast.kernel.bpf.BpfAssembler.Register.R4;
import static io.nubicast.kernel.bpf.BpfAssembler.Register.R5;
import static io.nubicast.kernel.bpf.BpfAssembler.Register.R6;
import static io.nubicast.kernel.bpf.BpfAssembler.Register.R7;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.nubicast.kernel.bpf.BpfAssembler.Helper;
import io.nubicast.kernel.bpf.BpfAssembler.Size;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class BpfAssemblerTest {
    /// The table is printed by src/test/c/bpf.c from the kernel's header.
    private static List<String> table() throws Exception {
        try (InputStream table = BpfAssemblerTest.class.getResourceAsStream("bpf.txt")) {
            assertThat(table).isNotNull();
            return new String(table.readAllBytes(), StandardCharsets.US_ASCII).lines().toList();
        }
    }

    private static List<String> golden() throws Exception {
        return table().stream().filter(line -> !line.startsWith("BPF_"))
                .map(line -> line.substring(line.indexOf(' ') + 1)).toList();
    }

    private static BpfCode every() {
        BpfAssembler code = new BpfAssembler();
        int far = code.label();
        int near = code.label();
        code.move(R2, -7).move(R6, R1).add(R2, -16).and(R7, 15).shiftLeft(R7, 2).toBigEndian(R7, 16);
        code.load(Size.BYTE, R3, R10, -24).load(Size.HALF, R3, R10, -20);
        code.load(Size.WORD, R3, R1, 60).load(Size.DOUBLE, R3, R1, 0);
        code.store(Size.HALF, R10, -8, R7).store(Size.WORD, R10, -4, 5);
        code.loadMap(R1, 9).call(Helper.SK_ASSIGN);
        return code.jump(far).ifEqual(R4, 17, far).ifNotEqual(R5, -1, near).place(near).place(far).exit().assemble();
    }

    @Test
    void everyInstructionIsWhatTheKernelsHeaderMakesOfIt() throws Exception {
        assertThat(every().toString().lines()).containsExactlyElementsOf(golden());
    }

    @Test
    void inMemoryTheInstructionsHaveTheSameOrder() throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            byte[] bytes = every().toNative(arena).toArray(ValueLayout.JAVA_BYTE);

            assertThat(HexFormat.of().formatHex(bytes)).isEqualTo(String.join("", golden()));
        }
        assertThat(every().length()).isEqualTo(golden().size());
    }

    @Test
    void theNumbersAreThoseOfTheKernelsHeader() throws Exception {
        List<String> numbers = new ArrayList<>();
        for (Helper helper : Helper.values()) {
            numbers.add("BPF_FUNC_" + helper.name().toLowerCase(Locale.ROOT) + " " + helper.number);
        }
        for (BpfMap.Kind kind : BpfMap.Kind.values()) {
            numbers.add("BPF_MAP_TYPE_" + kind.name() + " " + kind.number);
        }
        numbers.add("BPF_F_NO_PREALLOC " + BpfMap.NO_PREALLOC);
        numbers.add("BPF_F_MMAPABLE " + BpfMap.MMAPABLE);
        numbers.add("BPF_F_INNER_MAP " + BpfMap.INNER_MAP);
        for (BpfProgram.Type type : BpfProgram.Type.values()) {
            numbers.add("BPF_PROG_TYPE_" + type.name() + " " + type.number);
        }
        numbers.add("BPF_SK_LOOKUP " + BpfProgram.Type.SK_LOOKUP.attachType);
        numbers.add("BPF_MAP_CREATE " + BpfCalls.MAP_CREATE);
        numbers.add("BPF_MAP_LOOKUP_ELEM " + BpfCalls.MAP_LOOKUP_ELEM);
        numbers.add("BPF_MAP_UPDATE_ELEM " + BpfCalls.MAP_UPDATE_ELEM);
        numbers.add("BPF_MAP_DELETE_ELEM " + BpfCalls.MAP_DELETE_ELEM);
        numbers.add("BPF_MAP_GET_NEXT_KEY " + BpfCalls.MAP_GET_NEXT_KEY);
        numbers.add("BPF_PROG_LOAD " + BpfCalls.PROG_LOAD);
        numbers.add("BPF_OBJ_PIN " + BpfCalls.OBJ_PIN);
        numbers.add("BPF_OBJ_GET " + BpfCalls.OBJ_GET);
        numbers.add("BPF_PROG_GET_NEXT_ID " + BpfCalls.PROG_GET_NEXT_ID);
        numbers.add("BPF_PROG_GET_FD_BY_ID " + BpfCalls.PROG_GET_FD_BY_ID);
        numbers.add("BPF_MAP_GET_FD_BY_ID " + BpfCalls.MAP_GET_FD_BY_ID);
        numbers.add("BPF_OBJ_GET_INFO_BY_FD " + BpfCalls.OBJ_GET_INFO_BY_FD);
        numbers.add("BPF_PROG_QUERY " + BpfCalls.PROG_QUERY);
        numbers.add("BPF_LINK_CREATE " + BpfCalls.LINK_CREATE);
        numbers.add("BPF_LINK_UPDATE " + BpfCalls.LINK_UPDATE);
        numbers.add("BPF_LINK_GET_FD_BY_ID " + BpfCalls.LINK_GET_FD_BY_ID);
        numbers.add("BPF_LINK_DETACH " + BpfCalls.LINK_DETACH);

        assertThat(numbers)
                .containsExactlyElementsOf(table().stream().filter(line -> line.startsWith("BPF_")).toList());
    }

    @Test
    void aJumpMayGoBack() {
        BpfAssembler code = new BpfAssembler();
        int start = code.label();

        String text = code.place(start).move(R1, 0).jump(start).assemble().toString();

        assertThat(text.lines().skip(1)).containsExactly("0500feff00000000");
    }

    @Test
    void longProgramsAndManyLabelsAreTaken() {
        BpfAssembler code = new BpfAssembler();
        for (int i = 0; i < 500; i++) {
            int next = code.label();
            code.ifEqual(R1, i, next).place(next);
        }

        assertThat(code.exit().assemble().length()).isEqualTo(501);
    }

    @Test
    void whatCannotBeAProgramIsRefused() {
        BpfAssembler open = new BpfAssembler();
        open.jump(open.label());
        BpfAssembler twice = new BpfAssembler();
        int label = twice.label();
        twice.place(label);

        assertThatIllegalStateException().isThrownBy(open::assemble).withMessage("a label has no place");
        assertThatIllegalStateException().isThrownBy(() -> twice.place(label)).withMessage("a label has two places");
        assertThatIllegalStateException().isThrownBy(() -> twice.load(Size.WORD, R1, R2, 40_000))
                .withMessage("an offset of 40000 does not fit an instruction");
    }
}
