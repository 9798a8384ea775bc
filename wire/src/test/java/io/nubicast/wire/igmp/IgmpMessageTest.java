package io.nubicast.wire.igmp;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.wire.Address;
import io.nubicast.wire.InternetChecksum;
import io.nubicast.wire.igmp.IgmpMessage.Leave;
import io.nubicast.wire.igmp.IgmpMessage.Unknown;
import io.nubicast.wire.igmp.IgmpMessage.V1Query;
import io.nubicast.wire.igmp.IgmpMessage.V1Report;
import io.nubicast.wire.igmp.IgmpMessage.V2Query;
import io.nubicast.wire.igmp.IgmpMessage.V2Report;
import io.nubicast.wire.igmp.IgmpMessage.V3Query;
import io.nubicast.wire.igmp.IgmpMessage.V3Report;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// IGMP-002, IGMP-003, IGMP-005, GEN-001, T-IGMP-09 (the codec's half).
class IgmpMessageTest {
    private static final int MUTATIONS = Boolean.getBoolean("nubicast.ci") ? 1_000_000 : 10_000;

    private static final String GENERAL_QUERY_V1 = hex(
            "11", // membership query
            "00", // max resp code: 0 means version 1
            "eeff", // checksum
            "00000000"); // group
    private static final String GENERAL_QUERY_V2 = hex(
            "11", // membership query
            "64", // 10.0 s
            "ee9b", // checksum
            "00000000"); // every group
    private static final String GROUP_SPECIFIC_QUERY_V2 = hex(
            "11", // membership query
            "0a", // 1.0 s
            "fdf0", // checksum
            "ef010203"); // 239.1.2.3
    private static final String GENERAL_QUERY_V3 = hex(
            "11", // membership query
            "64", // 10.0 s
            "ec1e", // checksum
            "00000000", // every group
            "02", // S clear, robustness 2
            "7d", // 125 s
            "0000"); // no sources
    private static final String SOURCE_SPECIFIC_QUERY_V3 = hex(
            "11", // membership query
            "0a", // 1.0 s
            "e75e", // checksum
            "e8010101", // 232.1.1.1
            "0a", // S set, robustness 2
            "8f", // 248 s
            "0002", // sources
            "0a000001", // 10.0.0.1
            "0a000002"); // 10.0.0.2
    private static final String REPORT_V1 = hex(
            "12", // version 1 membership report
            "00", // unused
            "fcfa", // checksum
            "ef010203"); // 239.1.2.3
    private static final String REPORT_V2 = hex(
            "16", // version 2 membership report
            "00", // max resp time: 0
            "f8fa", // checksum
            "ef010203"); // 239.1.2.3
    private static final String LEAVE = hex(
            "17", // leave group
            "00", // max resp time: 0
            "f7fa", // checksum
            "ef010203"); // 239.1.2.3
    private static final String REPORT_V3 = hex(
            "22", // version 3 membership report
            "00", // reserved
            "e6f0", // checksum
            "0000", // reserved
            "0002", // group records
            "04", // CHANGE_TO_EXCLUDE_MODE
            "00", // no auxiliary data
            "0000", // sources
            "ef010203", // 239.1.2.3
            "05", // ALLOW_NEW_SOURCES
            "00", // no auxiliary data
            "0002", // sources
            "e8010101", // 232.1.1.1
            "0a000001", // 10.0.0.1
            "0a000002"); // 10.0.0.2

    private static final Address GROUP = Address.ipv4("239.1.2.3");
    private static final Address SSM_GROUP = Address.ipv4("232.1.1.1");
    private static final List<Address> SOURCES = List.of(Address.ipv4("10.0.0.1"), Address.ipv4("10.0.0.2"));

    private static final Map<String, IgmpMessage> GOLDEN = new LinkedHashMap<>();

    static {
        GOLDEN.put(GENERAL_QUERY_V1, new V1Query());
        GOLDEN.put(GENERAL_QUERY_V2, new V2Query(Address.ANY_IPV4, 100));
        GOLDEN.put(GROUP_SPECIFIC_QUERY_V2, new V2Query(GROUP, 10));
        GOLDEN.put(GENERAL_QUERY_V3, new V3Query(Address.ANY_IPV4, 100, false, 2, 125, List.of()));
        GOLDEN.put(SOURCE_SPECIFIC_QUERY_V3, new V3Query(SSM_GROUP, 10, true, 2, 248, SOURCES));
        GOLDEN.put(REPORT_V1, new V1Report(GROUP));
        GOLDEN.put(REPORT_V2, new V2Report(GROUP));
        GOLDEN.put(LEAVE, new Leave(GROUP));
        GOLDEN.put(REPORT_V3,
                new V3Report(List.of(new GroupRecord(RecordType.CHANGE_TO_EXCLUDE_MODE, GROUP, List.of()),
                        new GroupRecord(RecordType.ALLOW_NEW_SOURCES, SSM_GROUP, SOURCES))));
    }

    private static String hex(String... parts) {
        return String.join("", parts);
    }

    private static MemorySegment segment(String hex) {
        return MemorySegment.ofArray(HexFormat.of().parseHex(hex));
    }

    private static String hex(MemorySegment segment) {
        return HexFormat.of().formatHex(segment.toArray(ValueLayout.JAVA_BYTE));
    }

    /// The same bytes with the checksum that fits them.
    private static MemorySegment checked(String... parts) {
        MemorySegment bytes = segment(hex(parts));
        bytes.set(ValueLayout.JAVA_BYTE, 2, (byte) 0);
        bytes.set(ValueLayout.JAVA_BYTE, 3, (byte) 0);
        int checksum = InternetChecksum.finish(InternetChecksum.sum(bytes, 0, (int) bytes.byteSize()));
        bytes.set(ValueLayout.JAVA_BYTE, 2, (byte) (checksum >>> 8));
        bytes.set(ValueLayout.JAVA_BYTE, 3, (byte) checksum);
        return bytes;
    }

    @Test
    void everyMessageIsReadAsItIsWritten() {
        GOLDEN.forEach((hex, message) -> assertThat(IgmpMessage.parse(segment(hex))).isEqualTo(message));
    }

    @Test
    void everyMessageIsWrittenOverOldBytes() {
        GOLDEN.forEach((hex, message) -> {
            MemorySegment bytes = MemorySegment.ofArray(new byte[message.length() + 6]);
            bytes.fill((byte) 0xA5);

            message.emit(bytes, 3);

            assertThat(hex(bytes)).isEqualTo("a5a5a5" + hex + "a5a5a5");
            assertThat(hex(message.bytes())).isEqualTo(hex);
        });
    }

    @Test
    void truncationAtEveryLengthIsADrop() {
        GOLDEN.keySet().forEach(hex -> {
            MemorySegment whole = segment(hex);
            for (int length = 0; length < whole.byteSize(); length++) {
                assertThat(IgmpMessage.parse(whole.asSlice(0, length))).isInstanceOf(IgmpDrop.class);
            }
        });
    }

    @Test
    void truncationWithARightChecksumNeverYieldsHalfOfAMessage() {
        for (int length = 8; length < REPORT_V3.length() / 2; length++) {
            assertThat(IgmpMessage.parse(checked(REPORT_V3.substring(0, 2 * length))))
                    .isEqualTo(IgmpDrop.REPORT_OVERRUN);
        }
        for (int length = 9; length < SOURCE_SPECIFIC_QUERY_V3.length() / 2; length++) {
            assertThat(IgmpMessage.parse(checked(SOURCE_SPECIFIC_QUERY_V3.substring(0, 2 * length))))
                    .isEqualTo(length < 12 ? IgmpDrop.BAD_QUERY_LENGTH : IgmpDrop.QUERY_OVERRUN);
        }
    }

    @Test
    void everyFlippedBitIsSeen() {
        GOLDEN.keySet().forEach(hex -> {
            for (int bit = 0; bit < hex.length() * 4; bit++) {
                byte[] bytes = HexFormat.of().parseHex(hex);
                bytes[bit / 8] ^= (byte) (1 << bit % 8);
                assertThat(IgmpMessage.parse(MemorySegment.ofArray(bytes))).isEqualTo(IgmpDrop.BAD_CHECKSUM);
            }
        });
    }

    @Test
    void bytesBeyondTheMessageAreInTheChecksumAndOtherwiseIgnored() {
        assertThat(IgmpMessage.parse(checked(REPORT_V3, "ffffffff"))).isEqualTo(GOLDEN.get(REPORT_V3));
        assertThat(IgmpMessage.parse(checked(SOURCE_SPECIFIC_QUERY_V3, "ff"))).isEqualTo(
                GOLDEN.get(SOURCE_SPECIFIC_QUERY_V3));
        assertThat(IgmpMessage.parse(checked(REPORT_V2, "ff"))).isEqualTo(GOLDEN.get(REPORT_V2));
        assertThat(IgmpMessage.parse(segment(REPORT_V3 + "ffffff01"))).isEqualTo(IgmpDrop.BAD_CHECKSUM);
    }

    @Test
    void everyMaxRespCodeOfAQuery() {
        for (int code = 1; code < 256; code++) {
            String text = HexFormat.of().toHexDigits((byte) code);
            assertThat(IgmpMessage.parse(checked("11", text, "000000000000")))
                    .isEqualTo(new V2Query(Address.ANY_IPV4, code));
            assertThat(IgmpMessage.parse(checked("11", text, "000000000000", "027d0000")))
                    .isEqualTo(new V3Query(Address.ANY_IPV4, FloatCode.decode(code), false, 2, 125, List.of()));
        }
    }

    @Test
    void everyTypeHasAMeaningOrIsKept() {
        for (int type = 0; type < 256; type++) {
            IgmpDecoded decoded = IgmpMessage.parse(checked(HexFormat.of().toHexDigits((byte) type), "00000000000000"));
            switch (type) {
                case 0x11 -> assertThat(decoded).isInstanceOf(V1Query.class);
                case 0x12 -> assertThat(decoded).isInstanceOf(V1Report.class);
                case 0x16 -> assertThat(decoded).isInstanceOf(V2Report.class);
                case 0x17 -> assertThat(decoded).isInstanceOf(Leave.class);
                case 0x22 -> assertThat(decoded).isEqualTo(new V3Report(List.of()));
                default -> assertThat(decoded).isEqualTo(new Unknown(type));
            }
        }
    }

    @Test
    void aRecordOfAnUnknownTypeIsSkippedAloneAndSoIsAuxiliaryData() {
        assertThat(IgmpMessage.parse(checked("22000000", "00000003",
                "07", "01", "0001", "ef010203", "0a000001", "deadbeef", // type 7, a source, a word of data
                "00", "00", "0000", "ef010203", // type 0
                "01", "02", "0001", "ef010203", "0a000002", "deadbeefdeadbeef"))) // MODE_IS_INCLUDE, two words of data
                .isEqualTo(new V3Report(List.of(
                        new GroupRecord(RecordType.MODE_IS_INCLUDE, GROUP, List.of(Address.ipv4("10.0.0.2")))), 2));
    }

    @Test
    void numbersThatReachBeyondTheMessageDropAllOfIt() {
        assertThat(IgmpMessage.parse(checked("22000000", "0000ffff", "01000000", "ef010203")))
                .isEqualTo(IgmpDrop.REPORT_OVERRUN);
        assertThat(IgmpMessage.parse(checked("22000000", "00000001", "0100ffff", "ef010203")))
                .isEqualTo(IgmpDrop.REPORT_OVERRUN);
        assertThat(IgmpMessage.parse(checked("22000000", "00000001", "01ff0000", "ef010203")))
                .isEqualTo(IgmpDrop.REPORT_OVERRUN);
        assertThat(IgmpMessage.parse(checked("22000000", "00000002", "04000000", "ef010203")))
                .isEqualTo(IgmpDrop.REPORT_OVERRUN);
        assertThat(IgmpMessage.parse(checked("1164000000000000", "027dffff"))).isEqualTo(IgmpDrop.QUERY_OVERRUN);
    }

    @Test
    void aRobustnessAboveSevenIsWrittenAsZero() {
        IgmpMessage query = new V3Query(Address.ANY_IPV4, 100, false, 8, 125, List.of());

        assertThat(IgmpMessage.parse(query.bytes()))
                .isEqualTo(new V3Query(Address.ANY_IPV4, 100, false, 0, 125, List.of()));
    }

    @Test
    void mutationsAreMessagesOrDropsAndWhatIsReadCanBeWritten() {
        Random random = new Random(5);
        List<String> golden = new ArrayList<>(GOLDEN.keySet());
        int messages = 0;
        for (int round = 0; round < MUTATIONS; round++) {
            byte[] old = HexFormat.of().parseHex(golden.get(random.nextInt(golden.size())));
            byte[] bytes = java.util.Arrays.copyOf(old, random.nextInt(4) == 0 ? random.nextInt(48) : old.length);
            for (int flips = random.nextInt(5); flips > 0 && bytes.length > 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            MemorySegment segment = MemorySegment.ofArray(bytes);
            if (bytes.length >= 4 && random.nextInt(4) != 0) {
                segment = checked(HexFormat.of().formatHex(bytes));
            }
            if (IgmpMessage.parse(segment) instanceof IgmpMessage message) {
                messages++;
                IgmpDecoded again = IgmpMessage.parse(message.bytes());
                if (message instanceof V3Report report) {
                    assertThat(again).isEqualTo(new V3Report(report.records()));
                } else {
                    assertThat(again).isEqualTo(message);
                }
            }
        }
        assertThat(messages).isGreaterThan(MUTATIONS / 3);
    }
}
