package io.nubicast.proxy.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TcpManagementTest {
    private final Semaphore reloads = new Semaphore(0);
    private final TcpManagement.Handler handler = new TcpManagement.Handler() {
        @Override
        public void reload() {
            reloads.release();
        }

        @Override
        public long[] list() {
            return new long[]{4, 1, 3, 9};
        }
    };

    @Test
    void listIsAnsweredWithNumbersAndNoNewline() throws IOException {
        try (TcpManagement server = TcpManagement.open(ManagementPort.SERVER, 0, handler);
                Socket socket = connect(server)) {
            assertThat(ask(socket, "list")).isEqualTo("4 1 3 9");
            assertThat(ask(socket, "list\n")).isEqualTo("4 1 3 9");
            assertThat(ask(socket, "list\r\n")).isEqualTo("4 1 3 9");
            assertThat(ask(socket, "lists")).isEqualTo("parameter error!\n");
            assertThat(ask(socket, "list\n\n")).isEqualTo("parameter error!\n");
            assertThat(ask(socket, "LIST")).isEqualTo("parameter error!\n");
        }
    }

    @Test
    void reloadIsNeverAnswered() throws Exception {
        try (TcpManagement server = TcpManagement.open(ManagementPort.SERVER, 0, handler);
                Socket socket = connect(server)) {
            socket.getOutputStream().write(bytes("reload"));
            assertThat(reloads.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
            assertThat(ask(socket, "list")).isEqualTo("4 1 3 9");
        }
    }

    @Test
    void itListensOnLoopbackOnly() throws IOException {
        try (TcpManagement server = TcpManagement.open(ManagementPort.SERVER, 0, handler);
                Socket socket = connect(server)) {
            assertThat(socket.getInetAddress().isLoopbackAddress()).isTrue();
            assertThat(Files.readString(Path.of("/proc/net/tcp")).toUpperCase(java.util.Locale.ROOT))
                    .contains("0100007F:" + String.format("%04X", server.port()) + " 00000000:0000 0A");
        }
    }

    @Test
    void aSilentConnectionBlocksNobody() throws IOException {
        List<Socket> silent = new ArrayList<>();
        try (TcpManagement server = TcpManagement.open(ManagementPort.SERVER, 0, handler)) {
            for (int i = 0; i < 200; i++) {
                silent.add(connect(server));
            }
            try (Socket socket = connect(server)) {
                assertThat(ask(socket, "list")).isEqualTo("4 1 3 9");
            }
            assertThat(server.connections()).isLessThanOrEqualTo(65);
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
    }

    @Test
    void aSlowReloadBlocksNobody() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        TcpManagement.Handler slow = new TcpManagement.Handler() {
            @Override
            public void reload() {
                inside.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }

            @Override
            public long[] list() {
                return new long[]{1};
            }
        };
        try (TcpManagement server = TcpManagement.open(ManagementPort.SERVER, 0, slow);
                Socket first = connect(server);
                Socket second = connect(server)) {
            first.getOutputStream().write(bytes("reload"));
            inside.await();

            assertThat(ask(second, "list")).isEqualTo("1");
            goOn.countDown();
        }
    }

    @Test
    void whoIsSilentForTooLongIsClosed() throws IOException {
        try (TcpManagement server = TcpManagement.open(ManagementPort.SERVER,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), handler,
                TcpManagement.limits(4, Duration.ofMillis(40)));
                Socket socket = connect(server)) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void aTakenPortIsSaidWithTheFileToChange() throws IOException {
        try (TcpManagement server = TcpManagement.open(ManagementPort.CLIENT, 0, handler)) {
            assertThatThrownBy(() -> TcpManagement.open(ManagementPort.CLIENT, server.port(), handler))
                    .hasMessageContaining("cannot listen on 127.0.0.1 port " + server.port())
                    .hasMessageContaining("client_port.txt");
        }
    }

    @Test
    void thePortIsReadFromTheOriginalsFile(@TempDir Path directory) throws IOException {
        assertThat(ManagementPort.SERVER.of(directory)).isEqualTo(65000);
        assertThat(ManagementPort.CLIENT.of(directory)).isEqualTo(65001);
        for (String[] row : new String[][]{{"65000\n", "65000"}, {" 123 x", "123"}, {"0", "0"}, {"65535", "65535"},
                {"65536", "65000"}, {"99999999999999999999", "65000"}, {"x", "65000"}, {"", "65000"}, {"-1", "65000"},
                {"\0\0", "65000"}}) {
            Files.writeString(directory.resolve("server_port.txt"), row[0]);
            assertThat(ManagementPort.SERVER.of(directory)).as(row[0]).isEqualTo(Integer.parseInt(row[1]));
        }
    }

    private static Socket connect(TcpManagement server) throws IOException {
        Socket socket = new Socket(InetAddress.getByAddress(new byte[]{127, 0, 0, 1}), server.port());
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static String ask(Socket socket, String command) throws IOException {
        socket.getOutputStream().write(bytes(command));
        byte[] reply = new byte[1024];
        int length = socket.getInputStream().read(reply);
        return new String(reply, 0, Math.max(0, length), StandardCharsets.US_ASCII);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
