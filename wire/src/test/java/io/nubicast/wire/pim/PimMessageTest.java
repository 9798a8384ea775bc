package io.nubicast.wire.pim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nubicast.wire.Address;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PimMessageTest {
    private static final int MUTATIONS = Boolean.getBoolean("nubicast.ci") ? 1_000_000 : 10_000;

    static Stream<String> names() {
        return Golden.ALL.keySet().stream();
    }

    private static byte[] golden(String name) {
        return Golden.of(name).bytes();
    }

    private static PimParse parse(byte[] bytes) {
        return PimMessage.parse(MemorySegment.ofArray(bytes));
    }

    private static PimParse.Parsed parsed(byte[] bytes) {
        return (PimParse.Parsed) parse(bytes);
    }

    /// PIM-001, PIM-003, PIM-007, T-PIM-03.
    @ParameterizedTest
    @MethodSource("names")
    void isItsGoldenBytesBothWays(String name) {
        Golden.Example example = Golden.of(name);
        MemorySegment filled = MemorySegment.ofArray(new byte[example.length()]).fill((byte) 0xA5);

        example.message().emit(filled);

        assertThat(Golden.hex(filled)).isEqualTo(HexFormat.of().formatHex(golden(name)));
        assertThat(example.message().length()).isEqualTo(example.length());
        PimParse.Parsed parsed = parsed(golden(name));
        assertThat(parsed.skipped()).isZero();
        assertThat(parsed.message()).hasSameClassAs(example.message());
        assertThat(Golden.hex(parsed.message().packed())).isEqualTo(Golden.hex(filled));
    }

    /// The values themselves, of the messages that carry no segment.
    @ParameterizedTest
    @MethodSource("names")
    void parsesToTheSameValue(String name) {
        PimMessage message = Golden.of(name).message();
        PimMessage parsed = parsed(golden(name)).message();

        switch (message) {
            case PimMessage.Register register -> {
                PimMessage.Register got = (PimMessage.Register) parsed;
                assertThat(got.nullRegister()).isEqualTo(register.nullRegister());
                assertThat(got.source()).isEqualTo(Golden.SOURCE);
                assertThat(got.group()).isEqualTo(Golden.GROUP);
                assertThat(Golden.hex(got.packet())).isEqualTo(Golden.hex(register.packet()));
            }
            case PimMessage.Bootstrap bootstrap ->
                assertThat(Golden.hex(((PimMessage.Bootstrap) parsed).body())).isEqualTo(Golden.hex(bootstrap.body()));
            case PimMessage.CandidateRpAdvertisement candidate ->
                assertThat(Golden.hex(((PimMessage.CandidateRpAdvertisement) parsed).body()))
                        .isEqualTo(Golden.hex(candidate.body()));
            case PimMessage.Unknown unknown ->
                assertThat(Golden.hex(((PimMessage.Unknown) parsed).body())).isEqualTo(Golden.hex(unknown.body()));
            default -> assertThat(parsed).isEqualTo(message);
        }
    }

    /// PIM-006, GEN-001: shorter than it says is a reason, whatever the checksum. A Hello may end after any option.
    @ParameterizedTest
    @MethodSource("names")
    void truncationAtEveryLengthIsDropped(String name) {
        byte[] whole = golden(name);
        PimMessage message = Golden.of(name).message();
        boolean anyLength = message instanceof PimMessage.Bootstrap || message instanceof PimMessage.Unknown
                || message instanceof PimMessage.CandidateRpAdvertisement;
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            if (length >= 4) {
                Golden.summed(cut, message instanceof PimMessage.Register ? Math.min(8, length) : length);
            }
            PimParse parse = parse(cut);
            boolean mayPass = anyLength && length >= 4 || message instanceof PimMessage.Hello && length >= 4
                    && parse instanceof PimParse.Parsed;
            if (!mayPass) {
                assertThat(parse).as("length " + length).isInstanceOf(PimParse.Dropped.class);
                assertThat(((PimParse.Dropped) parse).reason()).isIn(PimDropReason.TRUNCATED,
                        PimDropReason.BAD_INNER_PACKET);
            }
        }
    }

    /// PIM-003: also a checksum over the whole Register is right; a wrong one is neither.
    @Test
    void theChecksumOfARegisterCoversEightBytesOrAll() {
        byte[] register = golden("a Register of a packet of 100 bytes");
        register[60] = 7;

        assertThat(parse(register)).isInstanceOf(PimParse.Parsed.class);
        assertThat(parse(Golden.summed(register.clone(), register.length))).isInstanceOf(PimParse.Parsed.class);

        byte[] wrong = Golden.summed(register.clone(), register.length);
        wrong[61] ^= 1;
        assertThat(parse(wrong)).isEqualTo(new PimParse.Dropped(PimDropReason.BAD_CHECKSUM));
        register[5] ^= 1;
        assertThat(parse(register)).isEqualTo(new PimParse.Dropped(PimDropReason.BAD_CHECKSUM));
    }

    /// PIM-003: the checksum of everything else covers it whole, without a pseudo-header.
    @ParameterizedTest
    @MethodSource("names")
    void aBitThatFlipsIsABadChecksum(String name) {
        byte[] whole = golden(name);
        int covered = Golden.of(name).message() instanceof PimMessage.Register ? 8 : whole.length;
        for (int i = 1; i < covered; i++) {
            byte[] flipped = whole.clone();
            flipped[i] ^= 0x10;
            assertThat(parse(flipped)).isEqualTo(new PimParse.Dropped(PimDropReason.BAD_CHECKSUM));
        }
    }

    /// PIM-006.
    @Test
    void otherVersionsAreDropped() {
        for (int version = 0; version < 16; version++) {
            byte[] hello = golden("a Hello with every other option");
            hello[0] = (byte) (version << 4);
            assertThat(parse(Golden.summed(hello, hello.length))).isEqualTo(version == 2
                    ? parse(golden("a Hello with every other option"))
                    : new PimParse.Dropped(PimDropReason.BAD_VERSION));
        }
    }

    /// PIM-001: a type that is not known is a message, to be counted.
    @Test
    void everyTypeOfTheFieldIsAMessageOrAReason() {
        for (int type = 0; type < 16; type++) {
            byte[] bytes = golden("a PFM");
            bytes[0] = (byte) (0x20 | type);
            PimParse parse = parse(Golden.summed(bytes, bytes.length));
            if (type >= 10) {
                assertThat(((PimParse.Parsed) parse).message()).isInstanceOf(PimMessage.Unknown.class);
            }
            if (parse instanceof PimParse.Parsed parsed) {
                assertThat(parsed.message().type()).isEqualTo(type);
            }
        }
    }

    /// Options are skipped by their length; those with a wrong one are counted.
    @Test
    void optionsThatAreNotKnownOrOfAnotherLengthAreSkipped() {
        byte[] hello = Golden.hex("""
                20 00 0000
                0011 0004 01020304        // not known
                0001 0003 000069          // a holdtime of three bytes
                fde8 0000                 // not known, empty
                0014 0004 00000007
                """.replaceAll("//.*", "")).toArray(ValueLayout.JAVA_BYTE);

        PimParse.Parsed parsed = parsed(Golden.summed(hello, hello.length));

        PimMessage.Hello message = (PimMessage.Hello) parsed.message();
        assertThat(parsed.skipped()).isEqualTo(1);
        assertThat(message.option(HelloOption.Holdtime.class)).isEmpty();
        assertThat(message.option(HelloOption.GenerationId.class)).contains(new HelloOption.GenerationId(7));
        assertThat(message.options()).extracting(HelloOption::type).containsExactly(0x11, 0xFDE8, 20);
    }

    /// PIM-027: addresses of other families and no unicast addresses are left out.
    @Test
    void anAddressListKeepsItsUnicastIpv4Addresses() {
        byte[] hello = Golden.hex("""
                20 00 0000
                0018 0024
                02 00 20010db8000000000000000000000001
                01 00 e0000001
                01 00 0a000003
                09 00 0a000004
                """).toArray(ValueLayout.JAVA_BYTE);

        PimParse.Parsed parsed = parsed(Golden.summed(hello, hello.length));

        assertThat(parsed.skipped()).isEqualTo(3);
        assertThat(((PimMessage.Hello) parsed.message()).options())
                .containsExactly(new HelloOption.AddressList(List.of(Address.ipv4("10.0.0.3"))));
    }

    /// PIM-006: an option that runs beyond the end.
    @Test
    void anOptionBeyondTheEndDropsTheHello() {
        byte[] hello = {0x20, 0, 0, 0, 0, 1, 0, 2, 0, 105, 0, 20, 0, 5, 1, 2, 3, 4};

        assertThat(parse(Golden.summed(hello, hello.length)))
                .isEqualTo(new PimParse.Dropped(PimDropReason.TRUNCATED));
    }

    /// PIM-008: entries with a bad mask or address are left out, the others kept; attributes are stepped over.
    @Test
    void badEntriesOfAJoinPruneAreSkippedAndTheOthersKept() {
        byte[] bytes = Golden.hex("""
                23 00 0000
                01 00 0a000002 00 05 00d2
                01 00 00 18 ef000000 0001 0001  01 00 04 20 c0a80080  01 00 04 20 c0a80081
                01 00 00 20 0a00000a 0001 0000  01 00 04 20 c0a80080
                01 00 00 20 e0000005 0000 0000
                02 00 00 80 ff3e0000000000000000000000000001 0001 0000
                  02 00 04 80 20010db8000000000000000000000001
                01 00 00 20 ef00000a 0007 0001
                  01 00 04 18 c0a80000
                  01 00 04 20 e1000001
                  01 00 06 20 0a000001
                  01 01 04 20 c0a80001  00 02 aabb  40 00
                  01 00 04 20 00000000
                  02 00 04 80 20010db8000000000000000000000001
                  01 00 04 20 c0a80002
                  01 00 04 20 c0a80003
                """).toArray(ValueLayout.JAVA_BYTE);

        PimParse.Parsed parsed = parsed(Golden.summed(bytes, bytes.length));

        assertThat(((PimMessage.JoinPrune) parsed.message()).groups()).containsExactly(new GroupSet(Golden.GROUP,
                List.of(SourceEntry.of(Address.ipv4("192.168.0.1")), SourceEntry.of(Address.ipv4("192.168.0.2"))),
                List.of(SourceEntry.of(Address.ipv4("192.168.0.3")))));
        assertThat(parsed.skipped()).isEqualTo(9);
    }

    /// PIM-008: an entry of which it cannot be told where it ends hides those behind it; those before it hold.
    @Test
    void anUnknownFamilyHidesTheRest() {
        byte[] bytes = Golden.hex("""
                23 00 0000
                01 00 0a000002 00 03 00d2
                01 00 00 20 ef000001 0001 0000  01 00 04 20 c0a80080
                01 00 00 20 ef000002 0002 0000  01 00 04 20 c0a80080  07 00 04 20 c0a80081
                01 00 00 20 ef000003 0001 0000  01 00 04 20 c0a80080
                """).toArray(ValueLayout.JAVA_BYTE);

        PimParse.Parsed parsed = parsed(Golden.summed(bytes, bytes.length));

        assertThat(((PimMessage.JoinPrune) parsed.message()).groups()).extracting(set -> set.group().toString())
                .containsExactly("239.0.0.1", "239.0.0.2");
        assertThat(parsed.skipped()).isEqualTo(1);
    }

    /// PIM-008: outside of lists there is nothing to skip.
    @Test
    void addressesThatDoNotBelongThereDropTheMessage() {
        assertReason(PimDropReason.UNKNOWN_ADDRESS_FAMILY, "23 00 0000 02 00 0a000002 00 00 00d2");
        assertReason(PimDropReason.BAD_ADDRESS, "22 00 0000 01 00 00 20 0a00000a 01 00 c0a80080");
        assertReason(PimDropReason.BAD_ADDRESS, "22 00 0000 01 00 00 21 ef00000a 01 00 c0a80080");
        assertReason(PimDropReason.BAD_ADDRESS, "22 00 0000 01 00 00 20 ef00000a 01 00 e0000001");
        assertReason(PimDropReason.BAD_ADDRESS, "25 00 0000 01 00 00 20 e0000005 01 00 c0a80080 00000000 00000000");
        assertReason(PimDropReason.BAD_ADDRESS, "25 00 0000 01 00 00 18 ef000000 01 00 c0a80080 00000000 00000000");
        assertReason(PimDropReason.BAD_ADDRESS, "25 00 0000 01 00 00 20 ef00000a 01 00 7f000001 00000000 00000000");
    }

    /// PIM-063, PIM-065: what a Register carries is an IPv4 packet to a group that is routed.
    @Test
    void aRegisterOfSomethingElseIsDropped() {
        assertReason(PimDropReason.BAD_INNER_PACKET,
                "21 00 0000 00000000 45 00 0014 0000 0000 20 11 0000 c0a80080 0a000001");
        assertReason(PimDropReason.BAD_INNER_PACKET,
                "21 00 0000 00000000 45 00 0014 0000 0000 20 11 0000 c0a80080 e0000005");
        assertReason(PimDropReason.BAD_INNER_PACKET,
                "21 00 0000 00000000 45 00 0018 0000 0000 20 11 0000 c0a80080 ef00000a");
        assertReason(PimDropReason.BAD_INNER_PACKET,
                "21 00 0000 40000000 65 00 0014 0000 0000 20 11 0000 c0a80080 ef00000a");
    }

    /// PIM-063: a Null-Register's dummy header may have any total length, and a dummy message may follow it.
    @Test
    void aNullRegisterIsAHeaderWhateverItsTotalLength() {
        for (String length : new String[]{"0000", "0014", "0018"}) {
            byte[] bytes = Golden.hex("21 00 0000 40000000 45 00" + length
                    + "0000 0000 20 67 0000 c0a80080 ef00000a 20000000").toArray(ValueLayout.JAVA_BYTE);
            PimMessage.Register register = (PimMessage.Register) parsed(Golden.summed(bytes, 8)).message();

            assertThat(register.nullRegister()).isTrue();
            assertThat(register.group()).isEqualTo(Golden.GROUP);
        }
    }

    /// GEN-002: padding of the link is no part of the packet.
    @Test
    void aRegistersPacketEndsWhereItsHeaderSays() {
        byte[] bytes = Golden.hex("21 00 0000 00000000 45 00 0018 0000 0000 20 11 0000 c0a80080 ef00000a 01020304 0000")
                .toArray(ValueLayout.JAVA_BYTE);

        PimMessage.Register register = (PimMessage.Register) parsed(Golden.summed(bytes, 8)).message();

        assertThat(register.packet().byteSize()).isEqualTo(24);
    }

    /// GEN-001: what is parsed can be written again, and nothing throws.
    @Test
    void mutationsAreMessagesOrReasons() {
        Random random = new Random(7761);
        List<byte[]> goldens = names().map(PimMessageTest::golden).toList();
        int[] outcomes = new int[2];
        for (int round = 0; round < MUTATIONS; round++) {
            byte[] bytes = mutated(goldens.get(random.nextInt(goldens.size())), random);
            switch (parse(bytes)) {
                case PimParse.Parsed parsed -> {
                    outcomes[0]++;
                    PimMessage again = parsed(parsed.message().packed().toArray(
                            ValueLayout.JAVA_BYTE)).message();
                    assertThat(Golden.hex(again.packed())).isEqualTo(Golden.hex(parsed.message().packed()));
                }
                case PimParse.Dropped dropped -> outcomes[1]++;
            }
        }
        assertThat(outcomes[0]).isGreaterThan(MUTATIONS / 10);
        assertThat(outcomes[1]).isGreaterThan(MUTATIONS / 10);
    }

    private static byte[] mutated(byte[] golden, Random random) {
        byte[] bytes = random.nextInt(4) == 0
                ? Arrays.copyOf(golden, random.nextInt(golden.length + 8))
                : golden.clone();
        for (int flips = random.nextInt(4); flips > 0 && bytes.length > 0; flips--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        boolean register = bytes.length >= 8 && (bytes[0] & 0x0F) == 1;
        return bytes.length < 4 || random.nextInt(16) == 0
                ? bytes
                : Golden.summed(bytes, register ? 8 : bytes.length);
    }

    /// A promise that our own code breaks is an exception, not a packet.
    @Test
    void valuesThatNoMessageCanCarryAreRefused() {
        assertThatThrownBy(() -> new HelloOption.Holdtime(65_536)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new HelloOption.DrPriority(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SourceEntry(Golden.RP, true, true, false))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> GroupSet.join(Golden.RP, SourceEntry.of(Golden.SOURCE)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PimMessage.Assert(Golden.GROUP, Golden.SOURCE, false, -1, 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static void assertReason(PimDropReason reason, String hex) {
        byte[] bytes = Golden.hex(hex).toArray(ValueLayout.JAVA_BYTE);
        assertThat(parse(Golden.summed(bytes, bytes[0] == 0x21 ? 8 : bytes.length)))
                .isEqualTo(new PimParse.Dropped(reason));
    }
}
