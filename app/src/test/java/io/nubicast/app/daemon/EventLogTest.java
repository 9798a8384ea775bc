package io.nubicast.app.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class EventLogTest {
    @TempDir
    private Path directory;

    @AfterEach
    void closeTheLog() {
        EventLog.close();
    }

    @Test
    void anEventIsOneLineWithAnIsoTime() throws IOException {
        Path file = directory.resolve("server_log.txt");

        EventLog.Opened opened = EventLog.open(file);
        LoggerFactory.getLogger("x").warn("first\nnot a second line");
        EventLog.close();

        assertThat(opened).isEqualTo(new EventLog.Opened(file.toString(), ""));
        assertThat(Files.readAllLines(file)).singleElement().asString().matches(
                "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}(Z|[+-]\\d\\d:\\d\\d) WARN  first \\| not a second line");
    }

    @Test
    void aRestartContinuesTheFile() throws IOException {
        Path file = directory.resolve("a directory that is not there yet").resolve("client_log.txt");

        EventLog.open(file);
        LoggerFactory.getLogger("x").info("before");
        EventLog.close();
        EventLog.open(file);
        LoggerFactory.getLogger("x").info("after");
        EventLog.close();

        assertThat(Files.readAllLines(file)).satisfiesExactly(line -> assertThat(line).endsWith("before"),
                line -> assertThat(line).endsWith("after"));
    }

    @Test
    void aFullFileIsRotatedAndOldOnesGo() throws IOException {
        Path file = directory.resolve("a log.txt");

        EventLog.open(file, 10_000);
        for (int i = 0; i < 20_000; i++) {
            LoggerFactory.getLogger("x").info("event {}", i);
        }
        EventLog.close();

        try (var files = Files.list(directory)) {
            assertThat(files.map(path -> path.getFileName().toString())).containsExactlyInAnyOrder("a log.txt",
                    "a log.txt.1", "a log.txt.2", "a log.txt.3", "a log.txt.4");
        }
    }

    @Test
    void aPlaceThatCannotBeWrittenIsSaidAndTheLogGoesToStandardError() throws IOException {
        Path blocked = directory.resolve("file");
        Files.writeString(blocked, "");

        EventLog.Opened opened = EventLog.open(blocked.resolve("server_log.txt"));

        assertThat(opened.place()).isEqualTo("standard error");
        assertThat(opened.complaint()).contains("server_log.txt").contains("--log");
    }
}
