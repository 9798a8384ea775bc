package io.nubicast.kernel.sys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nubicast.kernel.socket.UdpSocket;
import org.junit.jupiter.api.Test;

class SystemCallsTest {
    @Test
    void aFailedCallReturnsItsErrnoNegated() {
        assertThat(SystemCalls.close(Scratch.capture(), -1)).isEqualTo(-Errno.EBADF);
    }

    @Test
    void aFailedColdCallNamesTheCallTheArgumentAndTheError() throws Exception {
        try (UdpSocket socket = UdpSocket.open()) {
            assertThatThrownBy(() -> socket.bind(0xC0000201, 5000))
                    .isInstanceOf(SystemCallException.class)
                    .hasMessage("bind 192.0.2.1:5000: EADDRNOTAVAIL (address not available)");
        }
    }

    @Test
    void aDescriptorClosesOnceAndThenFailsAsBad() throws Exception {
        UdpSocket socket = UdpSocket.open();
        int number = socket.fd();
        socket.close();
        try (UdpSocket next = UdpSocket.open()) {
            assertThat(next.fd()).isEqualTo(number);

            socket.close();

            assertThat(next.localPort()).isZero();
            assertThat(socket.isOpen()).isFalse();
            assertThatThrownBy(socket::localPort).hasMessageContaining("EBADF");
        }
        assertThat(Descriptor.stillOpen()).isEmpty();
    }

    @Test
    void anUnknownErrnoIsShownAsItsNumber() {
        assertThat(Errno.name(Errno.ENOBUFS)).isEqualTo("ENOBUFS (no buffer space)");
        assertThat(Errno.name(4711)).isEqualTo("errno 4711");
    }
}
