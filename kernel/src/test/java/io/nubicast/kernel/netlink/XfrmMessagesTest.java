package io.nubicast.kernel.netlink;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class XfrmMessagesTest {
    /// `ip xfrm policy add dir out src 10.0.0.0/8 dst 10.1.0.0/16 action block`, as Linux 6.18 tells it; sequence 7.
    private static final byte[] POLICY = HexFormat.of().parseHex(
            // length 196, XFRM_MSG_NEWPOLICY, MULTI, sequence 7, port
            "c4000000" + "1300" + "0200" + "07000000" + "f7770000"
            // selector: 10.1.0.0, 10.0.0.0, ports 0
                    + "0a010000000000000000000000000000" + "0a000000000000000000000000000000" + "0000000000000000"
                    // AF_INET, /16, /8, protocol 0, interface 0, user 0
                    + "0200" + "10" + "08" + "00000000" + "00000000" + "00000000"
                    // lifetimes
                    + "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff" + "00".repeat(32)
                    + "0000000000000000" + "0000000000000000" + "f141036b00000000" + "0000000000000000"
                    // priority 0, index, out, block, flags 0, share 0
                    + "00000000" + "01000000" + "01" + "01" + "00" + "00" + "00000000"
                    // XFRMA_POLICY_TYPE main
                    + "0a001000" + "000000000000" + "0000");
    private static final int FAMILY = 16 + 40;
    private static final int DIR = 16 + 160;
    private static final int ATTRIBUTE = 16 + 168;

    private int found;

    private int read(byte[] bytes, int length) {
        return XfrmMessages.read(MemorySegment.ofArray(bytes), length, 7, () -> found++);
    }

    @Test
    void aPolicyOnTheWayOutIsFound() {
        assertThat(read(POLICY, POLICY.length)).isZero();

        assertThat(found).isOne();
    }

    @Test
    void otherDirectionsAndIpv6DoNotCount() {
        for (int direction = 0; direction < 256; direction++) {
            byte[] other = POLICY.clone();
            other[DIR] = (byte) direction;
            found = 0;
            read(other, other.length);
            assertThat(found).isEqualTo(direction == 1 ? 1 : 0);
        }
        found = 0;
        byte[] six = POLICY.clone();
        six[FAMILY] = 10;
        read(six, six.length);

        assertThat(found).isZero();
    }

    @Test
    void aPolicyOfAnXfrmInterfaceDoesNotCount() {
        byte[] other = POLICY.clone();
        other[ATTRIBUTE] = 8;
        other[ATTRIBUTE + 2] = 31;
        read(other, other.length);
        assertThat(found).isOne();
        other[ATTRIBUTE + 4] = 5;
        read(other, other.length);

        assertThat(found).isOne();
    }

    @Test
    void changesOfPoliciesAreToldThoseOfAssociationsAreNot() {
        for (int type = 4; type < 64; type++) {
            byte[] event = POLICY.clone();
            event[4] = (byte) type;

            assertThat(XfrmMessages.tellOfPolicies(MemorySegment.ofArray(event), event.length)).as("type %x", type)
                    .isEqualTo(
                            type == 0x13 || type == 0x14 || type == 0x19 || type == 0x1B || type == 0x1D);
        }
    }

    @Test
    void aMessageCutAtAnyPlaceIsDropped() {
        for (int length = 0; length < POLICY.length; length++) {
            read(POLICY, length);
        }

        assertThat(found).isZero();
    }

    /// The length in its header agrees, its body ends anywhere.
    @Test
    void aMessageThatEndsAtAnyPlaceIsAPolicyWhenItIsWhole() {
        for (int length = 16; length < POLICY.length; length++) {
            byte[] bytes = Arrays.copyOf(POLICY, length);
            bytes[0] = (byte) length;
            found = 0;
            read(bytes, length);
            assertThat(found).as("length %d", length).isEqualTo(length < 16 + 168 ? 0 : 1);
        }
    }

    @Test
    void tenThousandMutationsGivePoliciesOrNothing() {
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            byte[] bytes = POLICY.clone();
            for (int flips = 1 + random.nextInt(6); flips > 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            found = 0;
            read(bytes, random.nextInt(4) == 0 ? random.nextInt(bytes.length + 1) : bytes.length);
            assertThat(found).isLessThan(2);
        }
    }
}
