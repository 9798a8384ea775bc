package io.nubicast.router.rp;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.router.iface.InterfaceAddress;
import io.nubicast.router.policy.AccessList;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RpTableTest {
    private static final Address A = Address.ipv4("10.0.0.1");
    private static final Address B = Address.ipv4("10.0.0.2");

    private final RpTable table = new RpTable();

    /// Lines such as `permit 239.1.0.0 0.0.255.255`.
    private static Optional<AccessList> list(String... lines) {
        List<AccessList.Entry> entries = new ArrayList<>();
        for (String line : lines) {
            String[] words = line.split(" ", -1);
            entries.add(new AccessList.Entry(words[0].equals("permit"), Address.ipv4(words[1]), Address.ipv4(words[2]),
                    Address.ANY_IPV4, Address.ofIpv4(-1)));
        }
        return Optional.of(new AccessList("10", entries));
    }

    private Optional<Address> rp(String group) {
        return table.rp(Address.ipv4(group));
    }

    /// RP-001.
    @Test
    void anRpWithoutListIsThatOfAllGroupsThatCanHaveOne() {
        table.configure(List.of(new StaticRp(A, Optional.empty(), false)), 0);

        assertThat(rp("224.0.1.1")).contains(A);
        assertThat(rp("239.255.255.255")).contains(A);
        assertThat(rp("224.0.0.5")).isEmpty();
        assertThat(rp("224.0.1.39")).isEmpty();
        assertThat(rp("224.0.1.40")).isEmpty();
        assertThat(rp("10.0.0.1")).isEmpty();
    }

    /// RP-001.
    @Test
    void theLongestRangeOfAllRpsWins() {
        table.configure(List.of(new StaticRp(B, list("permit 239.0.0.0 0.255.255.255"), false),
                new StaticRp(A, list("permit 224.0.0.0 15.255.255.255", "permit 239.1.0.0 0.0.255.255"), false),
                new StaticRp(B, Optional.empty(), false)), 0);

        assertThat(rp("239.2.0.1")).contains(B);
        assertThat(rp("225.1.1.1")).as("of equal ranges the highest address").contains(B);
    }

    @Test
    void anEntryBehindOneThatCoversItNeverMatters() {
        table.configure(List.of(
                new StaticRp(A, list("permit 239.0.0.0 0.255.255.255", "deny 239.1.0.0 0.0.255.255"), false)), 0);

        assertThat(rp("239.1.1.1")).contains(A);
    }

    /// RP-001: what a list denies has no RP, although another line would give it one.
    @Test
    void aDeniedRangeHasNoRp() {
        table.configure(List.of(new StaticRp(A, Optional.empty(), false),
                new StaticRp(B, list("deny 239.1.0.0 0.0.255.255", "permit 239.0.0.0 0.255.255.255"), false)), 0);

        assertThat(rp("239.1.1.1")).isEmpty();
        assertThat(table.mapping(Address.ipv4("239.1.1.1"))).get().matches(RpMapping::isNegative);
        assertThat(rp("239.2.1.1")).contains(B);
        assertThat(rp("238.1.1.1")).contains(A);
    }

    /// RP-002.
    @Test
    void whatIsLearnedBeatsStaticLinesUnlessTheyOverride() {
        InterfaceAddress range = new InterfaceAddress(Address.ipv4("239.1.0.0"), 16);
        table.learn(RpMapping.Origin.AUTO_RP,
                List.of(new RpMapping(range, B, RpMapping.Origin.AUTO_RP, false, 0, Long.MAX_VALUE)));
        table.learn(RpMapping.Origin.BOOTSTRAP, List.of(new RpMapping(RpTable.ALL_GROUPS, Address.ipv4("10.0.0.3"),
                RpMapping.Origin.BOOTSTRAP, false, 0, Long.MAX_VALUE)));
        table.configure(List.of(new StaticRp(A, list("permit 239.1.1.1 0.0.0.0"), false)), 0);

        assertThat(rp("239.1.1.1")).contains(B);
        assertThat(rp("239.2.1.1")).contains(Address.ipv4("10.0.0.3"));
        table.configure(List.of(new StaticRp(A, Optional.empty(), true)), 0);
        assertThat(rp("239.1.1.1")).contains(A);
    }

    @Test
    void aLineThatStaysKeepsItsAge() {
        table.configure(List.of(new StaticRp(A, Optional.empty(), false)), 5);
        table.configure(List.of(new StaticRp(A, Optional.empty(), false),
                new StaticRp(B, list("permit 239.1.0.0 0.0.255.255"), false)), 9);

        assertThat(table.mapping(Address.ipv4("225.1.1.1"))).get().extracting(RpMapping::sinceNs).isEqualTo(5L);
        assertThat(table.mapping(Address.ipv4("239.1.1.1"))).get().extracting(RpMapping::sinceNs).isEqualTo(9L);
    }
}
