package io.nubicast.router.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.wire.Address;
import java.util.List;
import org.junit.jupiter.api.Test;

class AccessListTest {
    private static final Address ALL = Address.ipv4("255.255.255.255");

    private static AccessList.Entry standard(boolean permit, String address, String wildcard) {
        return new AccessList.Entry(permit, Address.ipv4(address), Address.ipv4(wildcard), Address.ANY_IPV4, ALL);
    }

    @Test
    void theFirstEntryThatMatchesDecides() {
        AccessList list = new AccessList("10", List.of(standard(false, "239.1.1.0", "0.0.0.255"),
                standard(true, "239.0.0.0", "0.255.255.255")));

        assertThat(list.permits(Address.ipv4("239.1.1.7"))).isFalse();
        assertThat(list.permits(Address.ipv4("239.1.2.7"))).isTrue();
    }

    @Test
    void whatNoEntryMatchesIsDenied() {
        assertThat(new AccessList("10", List.of(standard(true, "239.0.0.0", "0.255.255.255")))
                .permits(Address.ipv4("224.1.1.1"))).isFalse();
        assertThat(new AccessList("10", List.of()).permits(Address.ipv4("224.1.1.1"))).isFalse();
    }

    @Test
    void anExtendedListLooksAtSourceAndGroup() {
        AccessList list = new AccessList("100", true, List.of(new AccessList.Entry(true, Address.ipv4("192.168.0.0"),
                Address.ipv4("0.0.0.255"), Address.ipv4("239.0.0.10"), Address.ANY_IPV4)));

        assertThat(list.permits(Address.ipv4("192.168.0.128"), Address.ipv4("239.0.0.10"))).isTrue();
        assertThat(list.permits(Address.ipv4("192.168.0.128"), Address.ipv4("239.0.0.11"))).isFalse();
        assertThat(list.permits(Address.ipv4("192.168.1.128"), Address.ipv4("239.0.0.10"))).isFalse();
    }

    @Test
    void aGroupIsLookedUpAsTheKindOfTheListWantsIt() {
        Address group = Address.ipv4("239.0.0.10");
        AccessList standard = new AccessList("GROUPS", List.of(standard(true, "239.0.0.10", "0.0.0.0")));
        AccessList extended = new AccessList("FLOWS", true, List.of(new AccessList.Entry(true,
                Address.ipv4("192.168.0.128"), Address.ANY_IPV4, group, Address.ANY_IPV4)));

        assertThat(standard.permitsGroup(Address.ipv4("192.168.0.1"), group)).isTrue();
        assertThat(extended.permitsGroup(Address.ipv4("192.168.0.1"), group)).isFalse();
        assertThat(extended.permitsGroup(Address.ipv4("192.168.0.128"), group)).isTrue();
        assertThat(AccessList.SSM_DEFAULT.permits(Address.ipv4("232.255.0.1"))).isTrue();
        assertThat(AccessList.SSM_DEFAULT.permits(Address.ipv4("233.0.0.1"))).isFalse();
    }

    @Test
    void wildcardsNeedNotBeContiguous() {
        AccessList odd = new AccessList("11", List.of(standard(true, "10.0.0.1", "255.255.255.254")));

        assertThat(odd.permits(Address.ipv4("172.16.9.3"))).isTrue();
        assertThat(odd.permits(Address.ipv4("172.16.9.4"))).isFalse();
    }
}
