package io.nubicast.dataplane.socket;

import static io.nubicast.kernel.bpf.BpfAssembler.Register.R0;
import static io.nubicast.kernel.bpf.BpfAssembler.Register.R1;
import static io.nubicast.kernel.bpf.BpfAssembler.Register.R10;
import static io.nubicast.kernel.bpf.BpfAssembler.Register.R2;
import static io.nubicast.kernel.bpf.BpfAssembler.Register.R3;
import static io.nubicast.kernel.bpf.BpfAssembler.Register.R4;
import static io.nubicast.kernel.bpf.BpfAssembler.Register.R6;
import static io.nubicast.kernel.bpf.BpfAssembler.Register.R7;

import io.nubicast.kernel.bpf.BpfAssembler;
import io.nubicast.kernel.bpf.BpfAssembler.Helper;
import io.nubicast.kernel.bpf.BpfAssembler.Size;
import io.nubicast.kernel.bpf.BpfCode;
import io.nubicast.kernel.bpf.BpfMap;
import io.nubicast.kernel.sys.Structs;
import io.nubicast.wire.UdpChecksum;

/// The two eBPF programs of [CopySteering]. Both look into one map, whose keys are, in the network's byte order:
///
///     0        4        8      10     12
///     | remote | local  | port | zero |
///
///     (server, our address, port)    a copy
///     (server, our address, 0)       a copy, whatever its port
///     (0,      our address, port)    no copy, but counted when it comes from anybody else
final class SteeringPrograms {
    /// Bytes of a key.
    static final int KEY_BYTES = 12;
    static final int KEY_REMOTE = 0;
    static final int KEY_LOCAL = 4;
    static final int KEY_PORT = 8;

    private static final int AF_INET = 2;
    private static final int PASS = 1;
    private static final int KEEP_ALL = 0x40000;
    /// Places on the stack, from its end.
    private static final int KEY = -KEY_BYTES;
    private static final int INDEX = -16;
    private static final int HEADER = -24;
    /// Of the IP header: where the source stands, and the destination behind it.
    private static final int SOURCE = 12;
    private static final int ADDRESSES_BYTES = 8;
    /// Of the UDP header: destination port, length, checksum.
    private static final int DESTINATION_PORT = 2;
    private static final int REST_BYTES = 6;
    private static final int CHECKSUM_IN_REST = 4;

    private SteeringPrograms() {}

    private static long context(String field) {
        return Structs.offset(Structs.BPF_SK_LOOKUP, field);
    }

    /// When the kernel looks for a datagram's socket: copies get the first socket of `sockets`, all else goes on as if nothing were
    /// here.
    static BpfCode lookup(BpfMap copies, BpfMap sockets) {
        BpfAssembler code = new BpfAssembler();
        int steer = code.label();
        int pass = code.label();
        code.move(R6, R1);
        code.load(Size.WORD, R2, R6, context("family")).ifNotEqual(R2, AF_INET, pass);
        code.load(Size.WORD, R2, R6, context("protocol")).ifNotEqual(R2, UdpChecksum.PROTOCOL, pass);
        // A remote of 0 means something else in the map.
        code.load(Size.WORD, R2, R6, context("remote_ip4")).ifEqual(R2, 0, pass);
        code.store(Size.WORD, R10, KEY + KEY_REMOTE, R2);
        code.load(Size.WORD, R2, R6, context("local_ip4")).store(Size.WORD, R10, KEY + KEY_LOCAL, R2);
        code.store(Size.WORD, R10, KEY + KEY_PORT, 0);
        code.load(Size.WORD, R2, R6, context("local_port")).toBigEndian(R2, 16);
        code.store(Size.HALF, R10, KEY + KEY_PORT, R2);
        find(code, copies, KEY).ifNotEqual(R0, 0, steer);
        code.store(Size.HALF, R10, KEY + KEY_PORT, 0);
        find(code, copies, KEY).ifEqual(R0, 0, pass);

        code.place(steer).store(Size.WORD, R10, INDEX, 0);
        find(code, sockets, INDEX).ifEqual(R0, 0, pass);
        code.move(R7, R0);
        code.move(R1, R6).move(R2, R7).move(R3, 0).call(Helper.SK_ASSIGN);
        code.move(R1, R7).call(Helper.SK_RELEASE);
        return code.place(pass).move(R0, PASS).exit().assemble();
    }

    /// On the raw socket, which sees every UDP datagram of the host: it keeps copies that carry no checksum, because a UDP socket
    /// does not tell that there was none, and what others than the servers send to the copies' ports, to be counted.
    static BpfCode capture(BpfMap copies) {
        BpfAssembler code = new BpfAssembler();
        int copy = code.label();
        int keep = code.label();
        int drop = code.label();
        code.move(R6, R1);
        code.move(R2, SOURCE);
        read(code, KEY + KEY_REMOTE, ADDRESSES_BYTES, drop);
        code.move(R2, 0);
        read(code, HEADER, 1, drop);
        code.load(Size.BYTE, R7, R10, HEADER).and(R7, 0x0F).shiftLeft(R7, 2);
        code.move(R2, R7).add(R2, DESTINATION_PORT);
        read(code, HEADER, REST_BYTES, drop);
        code.store(Size.WORD, R10, KEY + KEY_PORT, 0);
        code.load(Size.HALF, R7, R10, HEADER).store(Size.HALF, R10, KEY + KEY_PORT, R7);
        find(code, copies, KEY).ifNotEqual(R0, 0, copy);
        code.store(Size.HALF, R10, KEY + KEY_PORT, 0);
        find(code, copies, KEY).ifNotEqual(R0, 0, copy);
        code.store(Size.WORD, R10, KEY + KEY_REMOTE, 0).store(Size.HALF, R10, KEY + KEY_PORT, R7);
        find(code, copies, KEY).ifNotEqual(R0, 0, keep);
        code.place(drop).move(R0, 0).exit();
        code.place(copy).load(Size.HALF, R2, R10, HEADER + CHECKSUM_IN_REST).ifNotEqual(R2, 0, drop);
        return code.place(keep).move(R0, KEEP_ALL).exit().assemble();
    }

    /// R0 := the entry whose key is on the stack, or 0
    private static BpfAssembler find(BpfAssembler code, BpfMap map, int key) {
        return code.load(R1, map).move(R2, R10).add(R2, key).call(Helper.MAP_LOOKUP_ELEM);
    }

    /// Copies bytes of the packet, from [Register#R2] on, to the stack.
    private static void read(BpfAssembler code, int to, int bytes, int tooShort) {
        code.move(R1, R6).move(R3, R10).add(R3, to).move(R4, bytes).call(Helper.SKB_LOAD_BYTES);
        code.ifNotEqual(R0, 0, tooShort);
    }
}
