package io.nubicast.kernel.bpf;

import static io.nubicast.kernel.bpf.BpfAssembler.Register.R0;
import static io.nubicast.kernel.bpf.BpfAssembler.Register.R1;
import static io.nubicast.kernel.bpf.BpfAssembler.Register.R10;
import static io.nubicast.kernel.bpf.BpfAssembler.Register.R2;
import static io.nubicast.kernel.bpf.BpfAssembler.Register.R3;
import static io.nubicast.kernel.bpf.BpfAssembler.Register.R4;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nubicast.kernel.bpf.BpfAssembler.Helper;
import io.nubicast.kernel.bpf.BpfAssembler.Size;
import io.nubicast.kernel.socket.ReceiveBatch;
import io.nubicast.kernel.socket.UdpSocket;
import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.kernel.sys.Errno;
import io.nubicast.kernel.sys.SystemCallException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// With the running kernel.
class BpfTest {
    private static final int LOOPBACK = 0x7F000001;
    private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT;

    private final Arena arena = Arena.ofConfined();

    /// Skipped without privileges and on kernels that are older; anything else that is missing is an error.
    @BeforeEach
    void need() {
        String missing = BpfFeature.SOCKET_LOOKUP.missing().orElse("");
        boolean excused = missing.contains("CAP_BPF") || missing.contains("needs Linux");
        assumeTrue(!excused, missing);
        assertThat(missing).isEmpty();
    }

    @AfterEach
    void release() {
        arena.close();
        assertThat(Descriptor.stillOpen()).isEmpty();
    }

    private MemorySegment number(int value) {
        return arena.allocateFrom(I32, value);
    }

    @Test
    void aMapKeepsWhatIsPutAndForgetsWhatIsRemoved() throws Exception {
        try (BpfMap map = BpfMap.hash("a_name_longer_than_the_kernel_keeps", 4, 4, 2)) {
            MemorySegment value = arena.allocate(4);
            map.put(number(1), number(10));
            map.put(number(2), number(20));
            map.put(number(2), number(21));

            assertThat(map.get(number(2), value)).isTrue();
            assertThat(value.get(I32, 0)).isEqualTo(21);
            assertThat(map.get(number(3), value)).isFalse();
            assertThatThrownBy(() -> map.put(number(3), number(30)))
                    .isInstanceOfSatisfying(SystemCallException.class,
                            e -> assertThat(e.errno()).isEqualTo(Errno.E2BIG))
                    .hasMessageContaining("BPF_MAP_UPDATE_ELEM of a_name");
            assertThat(map.remove(number(1))).isTrue();
            assertThat(map.remove(number(1))).isFalse();
            map.put(number(3), number(30));
        }
    }

    @Test
    void memoryOfAnotherSizeIsNotLetNearTheKernel() throws Exception {
        try (BpfMap map = BpfMap.hash("sizes", 8, 4, 1)) {
            assertThatThrownBy(() -> map.put(number(1), number(1))).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> map.put(arena.allocate(8), arena.allocate(8)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> map.put(arena.allocate(8), MemorySegment.ofArray(new byte[4])))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aSocketMapTakesBoundSocketsAndLosesThoseThatAreClosed() throws Exception {
        try (BpfMap map = BpfMap.sockets("sockets", 1)) {
            try (UdpSocket socket = UdpSocket.open()) {
                assertThatThrownBy(() -> map.put(0, socket)).as("not bound").isInstanceOf(SystemCallException.class);
                socket.bind(LOOPBACK, 0);

                map.put(0, socket);
            }

            assertThatThrownBy(() -> map.remove(number(0))).as("nothing is there")
                    .isInstanceOf(SystemCallException.class).hasMessageContaining("EINVAL");
        }
    }

    @Test
    void aRefusedProgramSaysItsLastLineAndKeepsTheLog() {
        BpfCode wrong = new BpfAssembler().load(Size.WORD, R0, R1, 4_000).exit().assemble();

        assertThatThrownBy(() -> BpfProgram.load(BpfProgram.Type.SK_LOOKUP, "wrong", wrong))
                .isInstanceOfSatisfying(VerifierRejection.class,
                        e -> assertThat(e.log()).contains("(61) r0 = *(u32 *)(r1 +4000)").contains("processed"))
                .hasMessage("the kernel refuses the program wrong: invalid bpf_context access off=4000 size=4");
    }

    @Test
    void anEndlessLogStillNamesTheReason() {
        BpfAssembler code = new BpfAssembler();
        for (int i = 0; i < 3_000; i++) {
            code.move(R2, i);
        }
        BpfCode wrong = code.move(R0, R3).exit().assemble();

        assertThatThrownBy(() -> BpfProgram.load(BpfProgram.Type.SOCKET_FILTER, "long", wrong))
                .isInstanceOf(VerifierRejection.class).hasMessageEndingWith("R3 !read_ok");
    }

    @Test
    void aFilterReadsThePacketAndAMap() throws Exception {
        BpfAssembler code = new BpfAssembler();
        int drop = code.label();
        try (BpfMap wanted = BpfMap.hash("wanted", 4, 4, 8)) {
            // The first word of the payload, behind the UDP header, is the key.
            code.move(R2, 8).move(R3, R10).add(R3, -4).move(R4, 4).call(Helper.SKB_LOAD_BYTES).ifNotEqual(R0, 0, drop);
            code.load(R1, wanted).move(R2, R10).add(R2, -4).call(Helper.MAP_LOOKUP_ELEM).ifEqual(R0, 0, drop);
            code.move(R0, 0x40000).exit().place(drop).move(R0, 0).exit();
            wanted.put(arena.allocateFrom(I32, 0x03020100), number(1));
            try (UdpSocket socket = UdpSocket.open()) {
                socket.bind(LOOPBACK, 0);
                try (BpfProgram filter = BpfProgram.load(BpfProgram.Type.SOCKET_FILTER, "filter", code.assemble())) {
                    socket.attach(filter);
                }

                socket.sendTo(new byte[]{0, 1, 2, 4}, LOOPBACK, socket.localPort());
                socket.sendTo(new byte[]{0, 1}, LOOPBACK, socket.localPort());
                socket.sendTo(new byte[]{0, 1, 2, 3, 42}, LOOPBACK, socket.localPort());

                ReceiveBatch batch = new ReceiveBatch(arena, 8, 100, 0);
                assertThat(batch.receiveNow(socket)).isEqualTo(1);
                assertThat(batch.segment().get(ValueLayout.JAVA_BYTE, 4)).isEqualTo((byte) 42);
            }
        }
    }

    @Test
    void aLinkIsForProgramsOfItsKind() throws Exception {
        BpfCode pass = new BpfAssembler().move(R0, 1).exit().assemble();
        try (BpfProgram filter = BpfProgram.load(BpfProgram.Type.SOCKET_FILTER, "filter", pass);
                BpfProgram lookup = BpfProgram.load(BpfProgram.Type.SK_LOOKUP, "lookup", pass)) {
            assertThatThrownBy(() -> BpfLink.toNetworkNamespace(filter)).isInstanceOf(IllegalArgumentException.class);
            try (BpfLink link = BpfLink.toNetworkNamespace(lookup);
                    BpfLink second = BpfLink.toNetworkNamespace(lookup)) {
                assertThat(link.isOpen() && second.isOpen()).isTrue();
            }
        }
    }

    @Test
    void whatAFailureMeansIsSaidForPeople() {
        SystemCallException refused = catchCall(-Errno.EPERM);
        SystemCallException none = catchCall(-Errno.ENOSYS);

        assertThat(BpfFeature.SOCKET_LOOKUP.reason(refused))
                .isEqualTo("sk_lookup needs CAP_BPF and CAP_NET_ADMIN, for example root (bpf: EPERM (not permitted))");
        assertThat(BpfFeature.SOCKET_LOOKUP.reason(none)).startsWith("sk_lookup needs a kernel with bpf(2)");
        assertThat(BpfFeature.SOCKET_LOOKUP.reason(catchCall(-Errno.EINVAL)))
                .isEqualTo("sk_lookup does not work here (bpf: EINVAL (invalid argument))");
    }

    private static SystemCallException catchCall(int result) {
        try {
            io.nubicast.kernel.sys.SystemCalls.check("bpf", result);
        } catch (SystemCallException e) {
            return e;
        }
        throw new AssertionError();
    }
}
