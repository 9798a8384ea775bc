package io.nubicast.kernel.netlink;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
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
            byte[] bytes = (random.nextBoolean() ? ADDRESS : LINK).clone();
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
