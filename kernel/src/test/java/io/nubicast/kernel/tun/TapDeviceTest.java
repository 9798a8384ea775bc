package io.nubicast.kernel.tun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nubicast.kernel.bpf.Namespace;
import io.nubicast.kernel.netlink.RouteEvent.Link;
import io.nubicast.kernel.netlink.RouteNetlink;
import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.kernel.sys.SystemCallException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// In a namespace of its own.
class TapDeviceTest {
    @AfterEach
    void nothingStaysOpen() {
        assertThat(Descriptor.stillOpen()).isEmpty();
    }

    private static List<String> interfaces() throws SystemCallException {
        try (RouteNetlink netlink = RouteNetlink.open()) {
            return netlink.links().stream().map(Link::name).toList();
        }
    }

    @Test
    void aDeviceIsThereUntilItIsClosed() throws Exception {
        try (Namespace namespace = new Namespace()) {
            namespace.inside(() -> {
                try (TapDevice first = TapDevice.open("nubicast%d"); TapDevice second = TapDevice.open("nubicast%d")) {
                    assertThat(first.name()).isEqualTo("nubicast0");
                    assertThat(second.name()).isEqualTo("nubicast1");
                    assertThat(interfaces()).contains("nubicast0", "nubicast1");
                }
                assertThat(interfaces()).doesNotContain("nubicast0", "nubicast1");
            });
        }
    }

    @Test
    void itHasTheAddressAndSizeThatItWasGivenAndIsSilent() throws Exception {
        try (Namespace namespace = new Namespace()) {
            namespace.inside(() -> {
                try (TapDevice device = TapDevice.open("tap")) {
                    device.hardwareAddress(0x02_4E_55_42_49_01L);
                    device.mtu(65_521);
                    device.up();

                    assertThat(device.hardwareAddress()).isEqualTo(0x02_4E_55_42_49_01L);
                    assertThat(namespace.ip("link show dev tap")).startsWith(device.index() + ": tap: ")
                            .contains("NOARP", ",UP,LOWER_UP", "mtu 65521", "02:4e:55:42:49:01", "qlen 1");
                    assertThat(namespace.ip("addr show dev tap")).doesNotContain("inet");
                }
            });
        }
    }

    @Test
    void whatCannotBeIsSaid() throws Exception {
        try (Namespace namespace = new Namespace()) {
            namespace.inside(() -> {
                assertThatThrownBy(() -> TapDevice.open("lo")).isInstanceOf(SystemCallException.class)
                        .hasMessageStartingWith("ioctl TUNSETIFF lo: E");
                assertThatThrownBy(() -> TapDevice.open("sixteen_letters_"))
                        .isInstanceOf(IllegalArgumentException.class);
                try (TapDevice device = TapDevice.open("tap")) {
                    assertThatThrownBy(() -> device.mtu(65_522))
                            .hasMessageStartingWith("ioctl SIOCSIFMTU 65522 of tap: EINVAL");
                    assertThatThrownBy(() -> TapDevice.open("tap")).hasMessageContaining("EBUSY");
                }
            });
        }
    }
}
