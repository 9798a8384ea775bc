package io.nubicast.dataplane.socket;

import io.nubicast.kernel.bpf.BpfAssembler;
import io.nubicast.kernel.bpf.BpfAssembler.Helper;
import io.nubicast.kernel.bpf.BpfAssembler.Register;
import io.nubicast.kernel.bpf.BpfAssembler.Size;
import io.nubicast.kernel.bpf.BpfCode;
import io.nubicast.kernel.bpf.BpfMap;
import io.nubicast.kernel.bpf.BpfMapSpec;
import io.nubicast.kernel.bpf.BpfProgram;
import io.nubicast.kernel.bpf.VerifierRejection;
import io.nubicast.kernel.socket.UdpSocket;
import io.nubicast.kernel.sys.SystemCallException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// What of that which is steered to a socket is not for it: datagrams without a checksum, which are the raw socket's, since a UDP
/// socket does not tell that there was none; and what somebody sends to the port of the loopback address that the socket is bound to.
///
/// The kernel counts what a filter drops among what the socket had no room for. So the filter counts it, too, for each processor.
/// One thread.
final class SteeredFilter implements AutoCloseable {
    private static final int UDP_DESTINATION_PORT = 2;
    private static final int UDP_CHECKSUM = 6;
    private static final int IP_DESTINATION = 16;
    private static final int FROM_IP_HEADER = 1;
    /// 127.0.0.1 as it is loaded.
    private static final int LOOPBACK = 0x0100007F;
    private static final int WHOLE = 0xFFFFF;

    private final BpfMap dropped;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment key = arena.allocate(Integer.BYTES, 8);
    private final MemorySegment all;
    private final long[] sum = new long[1];

    private SteeredFilter(BpfMap dropped) {
        this.dropped = dropped;
        all = arena.allocate(dropped.valueBytes(), 8);
    }

    /// Puts it on a socket that is bound.
    static SteeredFilter on(UdpSocket socket) throws SystemCallException, VerifierRejection {
        SteeredFilter filter = new SteeredFilter(BpfMap.create(new BpfMapSpec("dropped", BpfMap.Kind.PERCPU_ARRAY,
                Integer.BYTES, Long.BYTES, 1, 0)));
        boolean complete = false;
        try (BpfProgram program =
                BpfProgram.load(BpfProgram.Type.SOCKET_FILTER, "steered", code(filter.dropped, socket.localPort()))) {
            socket.attach(program);
            complete = true;
            return filter;
        } finally {
            if (!complete) {
                filter.close();
            }
        }
    }

    private static BpfCode code(BpfMap dropped, int port) {
        BpfAssembler program = new BpfAssembler();
        int drop = program.label();
        int end = program.label();
        int accept = program.label();
        program.move(Register.R6, Register.R1);
        load(program, Size.HALF, 2, UDP_CHECKSUM, Helper.SKB_LOAD_BYTES, end);
        program.ifEqual(Register.R7, 0, drop);
        load(program, Size.HALF, 2, UDP_DESTINATION_PORT, Helper.SKB_LOAD_BYTES, end);
        program.ifNotEqual(Register.R7, Short.reverseBytes((short) port) & 0xFFFF, accept);
        program.move(Register.R5, FROM_IP_HEADER);
        load(program, Size.WORD, 4, IP_DESTINATION, Helper.SKB_LOAD_BYTES_RELATIVE, end);
        program.ifNotEqual(Register.R7, LOOPBACK, accept);
        program.place(drop).store(Size.WORD, Register.R10, -4, 0).load(Register.R1, dropped)
                .move(Register.R2, Register.R10).add(Register.R2, -4).call(Helper.MAP_LOOKUP_ELEM)
                .ifEqual(Register.R0, 0, end).load(Size.DOUBLE, Register.R1, Register.R0, 0).add(Register.R1, 1)
                .store(Size.DOUBLE, Register.R0, 0, Register.R1);
        program.place(end).move(Register.R0, 0).exit();
        return program.place(accept).move(Register.R0, WHOLE).exit().assemble();
    }

    /// R7 := bytes of the packet, in the order of memory.
    private static void load(BpfAssembler program, Size size, int bytes, int offset, Helper helper, int failed) {
        program.move(Register.R1, Register.R6).move(Register.R2, offset).move(Register.R3, Register.R10)
                .add(Register.R3, -8).move(Register.R4, bytes).call(helper).ifNotEqual(Register.R0, 0, failed)
                .load(size, Register.R7, Register.R10, -8);
    }

    /// How many it has dropped.
    long count() {
        try {
            return dropped.sum(key, all, sum) ? sum[0] : 0;
        } catch (SystemCallException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        dropped.close();
        arena.close();
    }
}
