package io.nubicast.kernel.netlink;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.kernel.netlink.NetfilterMessages.Base;
import io.nubicast.kernel.netlink.OutputChain.Scope;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The bytes are Linux 6.18's, of sequence 7.
class NetfilterMessagesTest {
    /// `table inet f { chain o { type filter hook output priority 0; policy drop; } }`
    private static final String CHAIN =
            // length 104, NFT_MSG_NEWCHAIN, MULTI, sequence 7, port
            "68000000" + "030a" + "0200" + "07000000" + "f7770000"
            // NFPROTO_INET, version 0, generation 2
                    + "01000002"
                    // NFTA_CHAIN_TABLE "f", NAME "o", HANDLE 1
                    + "0600010066000000" + "060003006f000000" + "0c0002000000000000000001"
                    // NFTA_CHAIN_HOOK: NFTA_HOOK_HOOKNUM 3, NFTA_HOOK_PRIORITY 0
                    + "14000400" + "0800010000000003" + "0800020000000000"
                    // NFTA_CHAIN_POLICY drop, TYPE "filter", FLAGS base, USE 4
                    + "0800050000000000" + "0b00070066696c7465720000" + "08000a0000000001" + "0800060000000004";
    private static final int FAMILY = 16;
    private static final int HOOK = 20 + 28 + 4 + 7;
    private static final int POLICY = 20 + 28 + 20 + 7;

    /// length 192, NFT_MSG_NEWRULE, MULTI, sequence 7, port; NFPROTO_INET; table "f", chain "o", handle 2; 144 bytes of
    /// expressions
    private static final String RULE = "c0000000" + "060a" + "0208" + "07000000" + "f7770000" + "01000002"
            + "0600010066000000" + "060002006f000000" + "0c0003000000000000000002" + "90000400";
    /// The same, 180 bytes, with a position.
    private static final String SECOND_RULE = "c0000000" + "060a" + "0208" + "07000000" + "f7770000" + "01000002"
            + "0600010066000000" + "060002006f000000" + "0c0003000000000000000003" + "0c0006000000000000000002"
            + "84000400";
    /// NFTA_LIST_ELEM: "meta", data: NFTA_META_KEY, NFTA_META_DREG 1
    private static final String META_OIFNAME =
            "24000100" + "090001006d65746100000000" + "14000200" + "0800020000000007" + "0800010000000001";
    private static final String META_OIF =
            "24000100" + "090001006d65746100000000" + "14000200" + "0800020000000005" + "0800010000000001";
    /// NFTA_LIST_ELEM: "cmp", data: NFTA_CMP_SREG 1, NFTA_CMP_OP eq, NFTA_CMP_DATA: NFTA_DATA_VALUE "v0" in 16 bytes
    private static final String EQ_V0 =
            "38000100" + "08000100636d7000" + "2c000200" + "0800010000000001" + "0800020000000000"
                    + "18000300" + "14000100" + "76300000000000000000000000000000";
    private static final String EQ_3 =
            "2c000100" + "08000100636d7000" + "20000200" + "0800010000000001" + "0800020000000000"
                    + "0c000300" + "08000100" + "03000000";
    private static final String EQ_VE =
            "2c000100" + "08000100636d7000" + "20000200" + "0800010000000001" + "0800020000000000"
                    + "0c000300" + "06000100" + "76650000";
    /// NFTA_LIST_ELEM: "immediate", NFTA_IMMEDIATE_DREG verdict, NFTA_IMMEDIATE_DATA: drop
    private static final String DROP = "30000100" + "0e000100696d6d656469617465000000" + "1c000200" + "0800010000000000"
            + "10000200" + "0c000200" + "0800010000000000";
    private static final String DONE = "14000000" + "0300" + "0200" + "07000000" + "f7770000" + "00000000";

    private final List<Base> bases = new ArrayList<>();
    private final List<Scope> rules = new ArrayList<>();

    private static byte[] hex(String... parts) {
        return HexFormat.of().parseHex(String.join("", parts));
    }

    private int read(byte[] bytes, int length) {
        return NetfilterMessages.read(MemorySegment.ofArray(bytes), length, 7, bases::add, rules::add);
    }

    private int read(byte[] bytes) {
        return read(bytes, bytes.length);
    }

    @Test
    void aBaseChainOnOutputIsTold() {
        assertThat(read(hex(CHAIN, DONE))).isEqualTo(Messages.DONE);

        assertThat(bases).containsExactly(new Base(NetfilterMessages.NFPROTO_INET, "f", "o", true));
    }

    @Test
    void onlyOutputAndPostroutingOfIpAndInetCount() {
        for (int family = 0; family < 256; family++) {
            for (int hook = 0; hook < 8; hook++) {
                byte[] chain = hex(CHAIN);
                chain[FAMILY] = (byte) family;
                chain[HOOK] = (byte) hook;
                bases.clear();
                read(chain);

                assertThat(bases).hasSize((family == 1 || family == 2) && (hook == 3 || hook == 4) ? 1 : 0);
            }
        }
    }

    @Test
    void policyAcceptIsNoDrop() {
        byte[] chain = hex(CHAIN);
        chain[POLICY] = 1;
        read(chain);

        assertThat(bases).containsExactly(new Base(1, "f", "o", false));
    }

    @Test
    void rulesThatBeginWithAnInterfaceConcernIt() {
        read(hex(RULE, META_OIFNAME, EQ_V0, DROP, SECOND_RULE, META_OIF, EQ_3, DROP, SECOND_RULE, META_OIFNAME, EQ_VE,
                DROP));

        assertThat(rules).containsExactly(new Scope(0, "v0", false), new Scope(3, "", false), new Scope(0, "ve", true));
    }

    @Test
    void allOtherRulesConcernAll() {
        byte[] unequal = hex(RULE, META_OIFNAME, EQ_V0, DROP);
        int operator = indexOf(unequal, hex("0800020000000000")) + 7;
        unequal[operator] = 1;
        byte[] otherKey = hex(RULE, META_OIFNAME, EQ_V0, DROP);
        otherKey[indexOf(otherKey, hex("0800020000000007")) + 7] = 6;
        byte[] otherRegister = hex(RULE, META_OIFNAME, EQ_V0, DROP);
        otherRegister[indexOf(otherRegister, hex("2c0002000800010000000001")) + 11] = 2;
        byte[] dropFirst = hex(RULE, DROP, META_OIFNAME, EQ_V0);

        for (byte[] each : List.of(unequal, otherKey, otherRegister, dropFirst)) {
            read(each);
        }

        assertThat(rules).hasSize(4).containsOnly(Scope.ALL);
    }

    private static int indexOf(byte[] bytes, byte[] part) {
        int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(new String(part, StandardCharsets.ISO_8859_1));
        assertThat(at).isNotNegative();
        return at;
    }

    @Test
    void aRuleWithoutExpressionsConcernsAll() {
        // length 48: the header up to the handle
        byte[] bare = hex("30000000", RULE.substring(8, 96));
        read(bare);

        assertThat(rules).containsExactly(Scope.ALL);
    }

    @Test
    void changesOfChainsAndRulesAreToldThoseOfSetsAreNot() {
        for (int message = 0; message < 32; message++) {
            byte[] event = hex(CHAIN);
            event[4] = (byte) message;

            assertThat(NetfilterMessages.tellOfRules(MemorySegment.ofArray(event), event.length))
                    .isEqualTo(message <= 8);
        }
    }

    @Test
    void aMessageCutAtAnyPlaceIsDropped() {
        byte[] chain = hex(CHAIN);
        byte[] rule = hex(RULE, META_OIFNAME, EQ_V0, DROP);
        for (int length = 0; length < rule.length; length++) {
            read(rule, length);
            read(chain, Math.min(length, chain.length - 1));
        }

        assertThat(bases).isEmpty();
        assertThat(rules).isEmpty();
    }

    /// The length in its header agrees, its body ends anywhere.
    @Test
    void aMessageThatEndsAtAnyPlaceGivesAValueOrNothing() {
        for (byte[] whole : List.of(hex(CHAIN), hex(RULE, META_OIFNAME, EQ_V0, DROP))) {
            for (int length = 16; length < whole.length; length++) {
                byte[] bytes = Arrays.copyOf(whole, length);
                bytes[0] = (byte) length;
                read(bytes);
            }
        }

        assertThat(rules).contains(Scope.ALL);
    }

    @Test
    void tenThousandMutationsGiveValuesOrNothing() {
        byte[] whole = hex(CHAIN, RULE, META_OIFNAME, EQ_V0, DROP, SECOND_RULE, META_OIF, EQ_3, DROP, DONE);
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            byte[] bytes = whole.clone();
            for (int flips = 1 + random.nextInt(8); flips > 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            read(bytes, random.nextInt(4) == 0 ? random.nextInt(bytes.length + 1) : bytes.length);
            assertThat(bases.size() + rules.size()).isLessThan(24);
            bases.clear();
            rules.clear();
        }
    }
}
