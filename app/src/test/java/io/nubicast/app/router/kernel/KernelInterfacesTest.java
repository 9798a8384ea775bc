package io.nubicast.app.router.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.kernel.netlink.InterfaceSettings;
import io.nubicast.router.iface.InterfaceAddress;
import io.nubicast.router.iface.RouterInterface;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Interfaces of a namespace of our own.
class KernelInterfacesTest {
    private static final String NAME = "GigabitEthernet1";

    private final List<RouterInterface> told = new ArrayList<>();
    private final List<String> gone = new ArrayList<>();
    private TwoNodes net;
    private KernelInterfaces interfaces;
    private InterfaceSettings settings;
    private int lan;

    @BeforeEach
    void build() throws Exception {
        net = new TwoNodes();
        lan = TwoNodes.index(net.router, "lan");
        settings = net.in(net.router, InterfaceSettings::open);
        interfaces = net.in(net.router, () -> KernelInterfaces.open(new KernelInterfaces.Listener() {
            @Override
            public void onInterface(RouterInterface state, int interfaceIndex) {
                told.add(state);
            }

            @Override
            public void onInterfaceGone(RouterInterface last) {
                gone.add(last.name());
            }
        }));
        interfaces.configure(Map.of(NAME, "lan", "Tunnel1", "Tunnel1"));
    }

    @AfterEach
    void tearDown() {
        net.close();
    }

    @Test
    void whatIsConfiguredAndThereIsToldOnce() throws Exception {
        interfaces.configure(Map.of(NAME, "lan", "Tunnel1", "Tunnel1"));
        interfaces.receive();

        assertThat(told).containsExactly(new RouterInterface(1, NAME, "lan", true, false, false, 1500,
                List.of(new InterfaceAddress(Address.ipv4("10.9.0.1"), 24))));
        assertThat(interfaces.devices()).containsExactly("lan");
        assertThat(interfaces.idOf(lan)).contains(1);
    }

    @Test
    void stateMtuAndAddressesAreFollowedAndThePrimaryAddressIsFirst() throws Exception {
        told.clear();
        settings.mtu(lan, 1400);
        settings.addAddress(lan, Address.ipv4("10.8.0.1").ipv4(), 30, 0);
        settings.up(lan, false);
        interfaces.receive();

        RouterInterface now = interfaces.named(NAME).orElseThrow();
        assertThat(told).last().isEqualTo(now);
        assertThat(now.mtu()).isEqualTo(1400);
        assertThat(now.up()).isFalse();
        assertThat(now.addresses()).containsExactly(new InterfaceAddress(Address.ipv4("10.9.0.1"), 24),
                new InterfaceAddress(Address.ipv4("10.8.0.1"), 30));

        assertThat(settings.removeAddress(lan, Address.ipv4("10.9.0.1").ipv4(), 24)).isTrue();
        assertThat(settings.removeAddress(lan, Address.ipv4("10.9.0.1").ipv4(), 24)).isFalse();
        settings.up(lan, true);
        interfaces.receive();

        assertThat(interfaces.named(NAME).orElseThrow().address()).contains(Address.ipv4("10.8.0.1"));
        assertThat(interfaces.named(NAME).orElseThrow().id()).isEqualTo(1);
    }

    @Test
    void aDeviceThatVanishesAndComesBackKeepsItsId() throws Exception {
        net.router.ip("link", "del", "lan");
        interfaces.receive();

        assertThat(gone).containsExactly(NAME);
        assertThat(interfaces.all()).isEmpty();

        net.router.ip("link", "add", "lan", "type", "veth", "peer", "name", "other");
        interfaces.receive();

        assertThat(told).last().extracting(RouterInterface::id, RouterInterface::up).containsExactly(1, false);
    }

    /// GEN-010
    @Test
    void anInterfaceThatIsNoLongerConfiguredIsGone() throws Exception {
        interfaces.configure(Map.of("Tunnel1", "Tunnel1"));

        assertThat(gone).containsExactly(NAME);
        assertThat(interfaces.idOf(lan)).isEmpty();
    }

    @Test
    void aTunnelIsPointToPoint() throws Exception {
        net.router.ip("tuntap", "add", "dev", "Tunnel1", "mode", "tun");
        settings.addAddress(TwoNodes.index(net.router, "Tunnel1"), Address.ipv4("172.16.0.1").ipv4(), 32,
                Address.ipv4("172.16.0.2").ipv4());
        interfaces.receive();

        RouterInterface tunnel = interfaces.named("Tunnel1").orElseThrow();
        assertThat(tunnel.pointToPoint()).isTrue();
        assertThat(tunnel.up()).isFalse();
        assertThat(tunnel.address()).contains(Address.ipv4("172.16.0.1"));
    }
}
