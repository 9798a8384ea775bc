package io.nubicast.proxy.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.proxy.management.ManagementPort;
import io.nubicast.proxy.management.TcpManagement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("StringConcatToTextBlock") // trailing blanks are easier to see so
class ReloadDialogueTest {
    private static final String PROMPT = "please input command[reload or list]#";

    @TempDir
    Path directory;

    @Test
    void theServersDialogueIsTheOriginalsAndEndsWithTheInput() throws IOException {
        try (TcpManagement daemon = daemon(ManagementPort.SERVER, 10, 3, 7, 21)) {
            Files.writeString(directory.resolve("server_port.txt"), Integer.toString(daemon.port()));

            assertThat(call(ServerReloadList::run, "reload\n  list other\n")).isEqualTo(new Called(0,
                    PROMPT + "send reload[yes]\n"
                            + PROMPT
                            + "send list[yes]\nrecv_pkt:\t10\ndrop_pkt:\t3\nforward_pkt:\t7\nfwd_point_pkt:\t21\n"
                            + PROMPT + "send other[yes]\nparameter error!\n\n"
                            + PROMPT,
                    ""));
        }
    }

    @Test
    void theClientsDialogueHasThreeNumbersAndOthers() throws IOException {
        try (TcpManagement daemon = daemon(ManagementPort.CLIENT, 10, 3, 7)) {
            Files.writeString(directory.resolve("client_port.txt"), Integer.toString(daemon.port()));

            assertThat(call(ClientReloadList::run, "list\nx")).isEqualTo(new Called(0,
                    PROMPT + "send list[yes]\nrecv_pkt:\t10\ndrop_pkt:\t3\nforward_pkt:\t7\n"
                            + PROMPT + "send x[yes]\nothers:parameter error!\n\n"
                            + PROMPT,
                    ""));
        }
    }

    @Test
    void withoutADaemonItSaysSoAndFails() throws IOException {
        int port;
        try (TcpManagement daemon = daemon(ManagementPort.SERVER, 0)) {
            port = daemon.port();
        }
        Files.writeString(directory.resolve("server_port.txt"), Integer.toString(port));

        assertThat(call(ServerReloadList::run, "list\n"))
                .isEqualTo(new Called(255, PROMPT, "connect: Connection refused\n"));
    }

    @Test
    void aMissingPortFileIsSaidAsTheOriginalDoes() {
        assertThat(call(ServerReloadList::run, "")).isEqualTo(new Called(0, "open error" + PROMPT, ""));
    }

    @Test
    void argumentsAreRefused() {
        assertThat(call(ServerReloadList::run, "", "reload").err())
                .isEqualTo("cmd: unexpected argument \"reload\"; type reload or list at the prompt\n");
    }

    private static TcpManagement daemon(ManagementPort port, long... counters) throws IOException {
        return TcpManagement.open(port, 0, new TcpManagement.Handler() {
            @Override
            public void reload() {}

            @Override
            public long[] list() {
                return counters;
            }
        });
    }

    private Called call(Called.Command command, String in, String... args) {
        return Called.call(command, "cmd", directory, Map.of(), in, args);
    }
}
