package io.nubicast.kernel.netlink;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class RouteMessagesTest {
    /// RTM_NEWADDR of sequence 7, then NLMSG_DONE of the same.
    private static final byte[] ADDRESS = HexFormat.of().parseHex((
    // length 40, type 20, flags MULTI, sequence 7, port 0
    "28000000" + "1400" + "0200" + "07000000" + "00000000"
    // AF_INET, /24, flags 0, scope 0, interface 3
            + "02" + "18" + "00" + "00" + "03000000"
            // IFA_ADDRESS 10.0.0.2, IFA_LOCAL 10.0.0.1
            + "0800" + "0100" + "0A000002" + "0800" + "0200" + "0A000001"
            // length 20, NLMSG_DONE, sequence 7
            + "14000000" + "0300" + "0200" + "07000000" + "00000000" + "00000000").replace(" ", ""));

    /// RTM_NEWLINK without a sequence.
    private static final byte[] LINK = HexFormat.of().parseHex(
            // length 60, type 16, sequence 0
            "3C000000" + "1000" + "0000" + "00000000" + "00000000"
            // AF_UNSPEC, ARPHRD_ETHER, index 5, UP | MULTICAST, change 0
                    + "00" + "00" + "0100" + "05000000" + "01100000" + "00000000"
                    // IFLA_IFNAME "e0", IFLA_MTU 1500, IFLA_ADDRESS
                    + "0700" + "0300" + "653000" + "00" + "0800" + "0400" + "DC050000" + "0A00" + "0100"
                    + "020000000001" + "0000");

    /// RTM_NEWROUTE 10.1.0.0/16 in table 1000, as an event.
    private static final byte[] ROUTE = HexFormat.of().parseHex(
            // length 52, type 24, sequence 0
            "34000000" + "1800" + "0000" + "00000000" + "00000000"
            // AF_INET, /16, source /0, tos 0, table 252 (compat), protocol 3, scope 0, UNICAST, flags 0
                    + "02100000" + "fc030001" + "00000000"
                    // RTA_TABLE 1000, RTA_DST 10.1.0.0, RTA_OIF 3
                    + "08000f00e8030000" + "080001000a010000" + "0800040003000000");

    /// RTM_NEWRULE and RTM_NEWNEXTHOP, as events.
    private static final byte[] RULE = HexFormat.of().parseHex(
            // length 28, type 32; AF_INET, dst /16, src /0, tos 0, table 100, res, res, action 1, flags 0
            "1c000000" + "2000" + "0000" + "00000000" + "00000000" + "02100000" + "64000001" + "00000000"
            // length 24, type 104; no family, scope 0, protocol 3, resvd, flags 0
                    + "18000000" + "6800" + "0000" + "00000000" + "00000000" + "00000300" + "00000000");

    private final List<RouteEvent> dumped = new ArrayList<>();
    private final List<RouteEvent> changed = new ArrayList<>();

    private int read(byte[] bytes, int length) {
        return RouteMessages.read(MemorySegment.ofArray(bytes), length, 7, dumped::add, changed::add);
    }

    @Test
    void aDumpOfAddressesGivesTheLocalOneAndItsEnd() {
        assertThat(read(ADDRESS, ADDRESS.length)).isEqualTo(Messages.DONE);

        assertThat(dumped).containsExactly(new RouteEvent.LocalAddress(3, 0x0A000001, 24));
        assertThat(changed).isEmpty();
    }

    @Test
    void aLinkThatChangesHasNameMtuFlagsAndAddress() {
        assertThat(read(LINK, LINK.length)).isZero();

        assertThat(changed).containsExactly(new RouteEvent.Link(5, "e0", 0x1001, 1500, 0x020000000001L, 1, 0));
        assertThat(dumped).isEmpty();
    }

    @Test
    void aLinkHasTheLengthOfItsQueue() {
        byte[] queued = LINK.clone();
        // IFLA_MTU becomes IFLA_TXQLEN 1000.
        queued[42] = 13;
        queued[44] = (byte) 0xE8;
        queued[45] = 3;
        assertThat(read(queued, queued.length)).isZero();

        assertThat(changed).containsExactly(new RouteEvent.Link(5, "e0", 0x1001, 0, 0x020000000001L, 1, 0, 1_000));
    }

    @Test
    void aLinkOfABridgeHasItsMaster() {
        byte[] port = LINK.clone();
        // IFLA_MTU becomes IFLA_MASTER 9.
        port[42] = 10;
        port[44] = 9;
        port[45] = 0;
        assertThat(read(port, port.length)).isZero();

        assertThat(changed).containsExactly(new RouteEvent.Link(5, "e0", 0x1001, 0, 0x020000000001L, 1, 9));
    }

    @Test
    void routesComeAndGoWithTableAndPrefix() {
        byte[] gone = ROUTE.clone();
        gone[4] = 25;
        // The default route has no RTA_DST.
        byte[] defaultRoute = ROUTE.clone();
        defaultRoute[17] = 0;
        defaultRoute[38] = 7;
        read(ROUTE, ROUTE.length);
        read(gone, gone.length);
        read(defaultRoute, defaultRoute.length);

        assertThat(changed).containsExactly(new RouteEvent.Route(1000, 0x0A010000, 16),
                new RouteEvent.RouteGone(1000, 0x0A010000, 16), new RouteEvent.Route(1000, 0, 0));
    }

    @Test
    void aPrefixThatCannotBeIsDropped() {
        for (int length = 33; length < 256; length++) {
            byte[] bad = ROUTE.clone();
            bad[17] = (byte) length;
            read(bad, bad.length);
        }
        byte[] withoutDestination = ROUTE.clone();
        withoutDestination[38] = 7;
        read(withoutDestination, withoutDestination.length);

        assertThat(changed).isEmpty();
    }

    @Test
    void rulesAndNextHopObjectsOfIpv4AreOneKindOfChange() {
        read(RULE, RULE.length);
        assertThat(changed).containsExactly(new RouteEvent.RulesChanged(), new RouteEvent.RulesChanged());
        changed.clear();
        byte[] six = RULE.clone();
        six[16] = 10;
        six[44] = 10;
        read(six, six.length);

        assertThat(changed).isEmpty();
    }

    @Test
    void anInterruptedDumpIsMarkedAtItsEnd() {
        byte[] interrupted = ADDRESS.clone();
        interrupted[6] |= Messages.NLM_F_DUMP_INTR;

        assertThat(read(interrupted, interrupted.length)).isEqualTo(Messages.DONE | Messages.INTERRUPTED);
    }

    @Test
    void theEndOfAnotherDumpIsNotOurs() {
        byte[] other = ADDRESS.clone();
        other[48] = 8;

        assertThat(read(other, other.length)).isZero();
    }

    @Test
    void aMessageCutAtAnyPlaceIsDropped() {
        for (int length = 0; length < 40; length++) {
            assertThat(read(ADDRESS, length)).isZero();
        }
        for (int length = 0; length < LINK.length; length++) {
            assertThat(read(LINK, length)).isZero();
        }

        assertThat(dumped).isEmpty();
        assertThat(changed).isEmpty();
    }

    @Test
    void anAttributeThatClaimsMoreThanTheMessageIsDropped() {
        byte[] bad = ADDRESS.clone();
        bad[24] = (byte) 0xFF;

        assertThat(read(bad, bad.length)).isEqualTo(Messages.DONE);
        assertThat(dumped).isEmpty();
    }

    /// The length in its header agrees, its body ends anywhere.
    @Test
    void aMessageThatEndsAtAnyPlaceGivesAnEventOrNothing() {
        for (byte[] whole : List.of(ADDRESS, LINK, ROUTE, RULE)) {
            for (int length = 16; length < (whole[0] & 0xFF); length++) {
                byte[] bytes = Arrays.copyOf(whole, length);
                bytes[0] = (byte) length;
                read(bytes, length);
            }
        }

        assertThat(changed).doesNotContain(new RouteEvent.RulesChanged());
    }

    @Test
    void tenThousandMutationsGiveEventsOrNothing() {
        mutate(10_000);
    }

    @Test
    @Tag("ci")
    void aMillionMutationsGiveEventsOrNothing() {
        mutate(1_000_000);
    }

    private void mutate(int times) {
        Random random = new Random(1);
        for (int i = 0; i < times; i++) {
            byte[] bytes = List.of(ADDRESS, LINK, ROUTE, RULE).get(random.nextInt(4)).clone();
            for (int flips = 1 + random.nextInt(6); flips > 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            read(bytes, random.nextInt(4) == 0 ? random.nextInt(bytes.length + 1) : bytes.length);
            assertThat(dumped.size() + changed.size()).isLessThan(4);
            dumped.clear();
            changed.clear();
        }
    }
}
