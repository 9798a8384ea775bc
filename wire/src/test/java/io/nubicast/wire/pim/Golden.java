package io.nubicast.wire.pim;

import io.nubicast.wire.Address;
import io.nubicast.wire.InternetChecksum;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Messages as bytes and as values (T-PIM-03). The sizes are those of the table in the requirements.
final class Golden {
    static final Address RP = Address.ipv4("10.0.0.1");
    static final Address NEIGHBOR = Address.ipv4("10.0.0.2");
    static final Address SOURCE = Address.ipv4("192.168.0.128");
    static final Address GROUP = Address.ipv4("239.0.0.10");

    /// The header of a datagram of 100 bytes to the group.
    private static final String INNER = """
            45 00 0064 0000 0000 20 11 0000  c0a80080  ef00000a
            """;

    record Example(String hex, int length, PimMessage message) {
        byte[] bytes() {
            return HexFormat.of().parseHex(hex.replaceAll("//.*", "").replaceAll("\\s", ""));
        }
    }

    static final Map<String, Example> ALL = new LinkedHashMap<>();

    static {
        add("a Hello with holdtime, LAN prune delay, DR priority and generation id", 34, """
                20 00 eaf8                // version and type, reserved, checksum
                0001 0002 0069            // holdtime 105 s
                0002 0004 81f4 09c4       // T, propagation delay 500 ms, override interval 2500 ms
                0013 0004 00000001        // DR priority 1
                0014 0004 12345678        // generation id
                """, new PimMessage.Hello(List.of(new HelloOption.Holdtime(105),
                new HelloOption.LanPruneDelay(true, 500, 2500), new HelloOption.DrPriority(1),
                new HelloOption.GenerationId(0x12345678))));
        add("a Hello with every other option", 50, """
                20 00 1191
                0001 0002 ffff            // for ever
                0013 0004 ffffffff
                0015 0004 01 3c 0000      // state refresh capable, version 1, 60 s
                0016 0000                 // bidirectional capable
                0018 000c 01 00 0a000002 01 00 c0a80001 // address list
                001a 0000                 // join attribute capable
                """, new PimMessage.Hello(List.of(new HelloOption.Holdtime(HelloOption.Holdtime.FOREVER),
                new HelloOption.DrPriority(0xFFFF_FFFFL), new HelloOption.StateRefreshCapable(1, 60),
                new HelloOption.BidirectionalCapable(),
                new HelloOption.AddressList(List.of(NEIGHBOR, Address.ipv4("192.168.0.1"))),
                new HelloOption.JoinAttributeCapable())));
        add("a Register of a packet of 100 bytes", 108, """
                21 00 deff
                00000000                  // B, N, reserved
                """ + INNER + "00".repeat(80), new PimMessage.Register(false, false, inner(100)));
        add("a Null-Register", 28, """
                21 00 9eff
                40000000                  // N
                45 00 0014 0000 0000 00 67 0000  c0a80080  ef00000a
                """, new PimMessage.Register(false, true,
                hex("45 00 0014 0000 0000 00 67 0000  c0a80080  ef00000a")));
        add("a Register-Stop", 18, """
                22 00 2bac
                01 00 00 20 ef00000a      // group
                01 00 c0a80080            // source
                """, new PimMessage.RegisterStop(GROUP, 32, SOURCE));
        add("a Register-Stop for every source", 18, """
                22 00 ecd4
                01 00 00 20 ef00000a
                01 00 00000000
                """, new PimMessage.RegisterStop(GROUP, 32, Address.ANY_IPV4));
        add("a Join of every source", 34, """
                23 00 cedd
                01 00 0a000002 00 01 00d2 // upstream neighbour, reserved, 1 group, holdtime 210 s
                01 00 00 20 ef00000a 0001 0000 // group, 1 join, 0 prunes
                01 00 07 20 0a000001      // S, W, R: the RP
                """, new PimMessage.JoinPrune(NEIGHBOR, 210,
                List.of(GroupSet.join(GROUP, SourceEntry.anySource(RP)))));
        add("a Join of one source", 34, """
                23 00 1ab6
                01 00 0a000002 00 01 00d2
                01 00 00 20 ef00000a 0001 0000
                01 00 04 20 c0a80080      // S: the source
                """, new PimMessage.JoinPrune(NEIGHBOR, 210, List.of(GroupSet.join(GROUP, SourceEntry.of(SOURCE)))));
        add("a Join of every source with a Prune of one from the RP's tree", 42, """
                23 00 0794
                01 00 0a000002 00 01 00d2
                01 00 00 20 ef00000a 0001 0001
                01 00 07 20 0a000001
                01 00 05 20 c0a80080      // S, R
                """, new PimMessage.JoinPrune(NEIGHBOR, 210, List.of(new GroupSet(GROUP,
                List.of(SourceEntry.anySource(RP)), List.of(SourceEntry.onRpt(SOURCE))))));
        add("a Bootstrap", 14, """
                24 00 a08a
                1234 1e 40 01 00 0a000001
                """, new PimMessage.Bootstrap(hex("1234 1e 40 01 00 0a000001")));
        add("an Assert", 26, """
                25 00 283c
                01 00 00 20 ef00000a
                01 00 c0a80080
                0000006e 00000002         // preference 110, metric 2
                """, new PimMessage.Assert(GROUP, SOURCE, false, 110, 2));
        add("an AssertCancel of every source", 26, """
                25 00 e9d4
                01 00 00 20 ef00000a
                01 00 00000000
                ffffffff ffffffff         // R, infinite preference and metric
                """, new PimMessage.Assert(GROUP, Address.ANY_IPV4, true, 0x7FFF_FFFF, 0xFFFF_FFFFL));
        add("a Graft of one source", 34, """
                26 00 1c88
                01 00 0a000002 00 01 0000
                01 00 00 20 ef00000a 0001 0000
                01 00 00 20 c0a80080
                """, new PimMessage.Graft(NEIGHBOR, 0, List.of(
                GroupSet.join(GROUP, new SourceEntry(SOURCE, false, false, false)))));
        add("a Graft-Ack of one source", 34, """
                27 00 1b89
                01 00 0a000001 00 01 0000
                01 00 00 20 ef00000a 0001 0000
                01 00 00 20 c0a80080
                """, new PimMessage.GraftAck(RP, 0, List.of(
                GroupSet.join(GROUP, new SourceEntry(SOURCE, false, false, false)))));
        add("a Candidate-RP-Advertisement", 14, """
                28 00 cba8
                00 c0 0096 01 00 0a000001
                """, new PimMessage.CandidateRpAdvertisement(hex("00 c0 0096 01 00 0a000001")));
        add("a State Refresh", 36, """
                29 00 60ed
                01 00 00 20 ef00000a
                01 00 c0a80080
                01 00 0a000002            // originator
                0000006e 00000002
                18 10 a0 3c               // mask 24, TTL 16, P and O, 60 s
                """, new PimMessage.StateRefresh(GROUP, SOURCE, NEIGHBOR, false, 110, 2, 24, 16, true, false, true,
                60));
        add("a PFM", 8, """
                2c 00 cff9
                01020304
                """, new PimMessage.Unknown(12, hex("01020304")));
    }

    private Golden() {}

    static Example of(String name) {
        return Objects.requireNonNull(ALL.get(name));
    }

    static MemorySegment hex(String text) {
        return MemorySegment.ofArray(HexFormat.of().parseHex(text.replaceAll("\\s", "")));
    }

    static String hex(MemorySegment segment) {
        return HexFormat.of().formatHex(segment.toArray(ValueLayout.JAVA_BYTE));
    }

    private static MemorySegment inner(int length) {
        return hex(INNER + "00".repeat(length - 20));
    }

    /// Puts the right checksum over the first `covered` bytes.
    static byte[] summed(byte[] bytes, int covered) {
        bytes[2] = 0;
        bytes[3] = 0;
        int checksum = InternetChecksum.finish(InternetChecksum.sum(MemorySegment.ofArray(bytes), 0, covered));
        bytes[2] = (byte) (checksum >>> 8);
        bytes[3] = (byte) checksum;
        return bytes;
    }

    private static void add(String name, int length, String hex, PimMessage message) {
        ALL.put(name, new Example(hex, length, message));
    }
}
