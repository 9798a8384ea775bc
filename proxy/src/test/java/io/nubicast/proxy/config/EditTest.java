package io.nubicast.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.wire.Address;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EditTest {
    private static final Address GROUP = Address.ipv4("239.1.1.1");
    private static final Address A = Address.ipv4("10.0.0.1");
    private static final Address B = Address.ipv4("10.0.0.2");

    @TempDir
    Path directory;
    private Path file = Path.of("");

    @BeforeEach
    void nameTheFile() {
        file = directory.resolve("server_cfg.json.txt");
    }

    @Test
    void aNewGroupIsWrittenInTheOriginalsFormOnOneLine() throws IOException {
        assertThat(ServerEdit.join(file, GROUP, List.of(A, B), OptionalInt.of(3456)).isDone()).isTrue();

        assertThat(file).hasContent("{\"multi_group_array\":[{\"group_ip\":\"239.1.1.1\",\"group_port\":7127,"
                + "\"server_port\":3456,\"member_array\":[\"10.0.0.1\",\"10.0.0.2\"]}]}");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-r--r--");
    }

    @Test
    void joiningAnExistingGroupKeepsItsPortsAndKeysAndPutsThemInTheOriginalsOrder() throws IOException {
        Files.writeString(file,
                """
                        { "note": "x\\ty", "multi_group_array": [
                          { "member_array": ["10.0.0.1"], "mine": {"a":[1,true,null]}, "server_port": "3456", "group_port": 5000,
                            "group_ip": "239.1.1.1" }, ] }
                        """);

        ServerEdit.join(file, GROUP, List.of(A, B), OptionalInt.empty());

        assertThat(file).hasContent("{\"note\":\"x\\ty\",\"multi_group_array\":[{\"group_ip\":\"239.1.1.1\","
                + "\"group_port\":5000,\"server_port\":\"3456\",\"member_array\":[\"10.0.0.1\",\"10.0.0.2\"],"
                + "\"mine\":{\"a\":[1,true,null]}}]}");
    }

    @Test
    void deletingAGroupLeavesTheOthersPortsAlone() throws IOException {
        Files.writeString(file, "{\"multi_group_array\":[{\"group_ip\":\"239.1.1.1\",\"member_array\":[]},"
                + "{\"group_ip\":\"239.1.1.2\",\"group_port\":5000,\"server_port\":6000,\"member_array\":[\"10.0.0.1\"]}]}");

        assertThat(ServerEdit.delete(file, GROUP).outcome()).isEqualTo(EditResult.Outcome.CHANGED);

        assertThat(file).hasContent("{\"multi_group_array\":[{\"group_ip\":\"239.1.1.2\",\"group_port\":5000,"
                + "\"server_port\":6000,\"member_array\":[\"10.0.0.1\"]}]}");
        assertThat(ServerEdit.delete(file, GROUP).outcome()).isEqualTo(EditResult.Outcome.NO_GROUP);
    }

    @Test
    void extendingByWhatIsThereAlreadyChangesNothing() throws IOException {
        assertThat(ServerEdit.extend(file, GROUP, 5000, 6000, List.of(A)).outcome())
                .isEqualTo(EditResult.Outcome.CHANGED);
        String spaced = Files.readString(file).replace(",", ", ");
        Files.writeString(file, spaced);

        assertThat(ServerEdit.extend(file, GROUP, 5000, 6000, List.of(A)).outcome())
                .isEqualTo(EditResult.Outcome.UNCHANGED);
        assertThat(file).hasContent(spaced);

        assertThat(ServerEdit.extend(file, GROUP, 5000, 6000, List.of(A, B)).outcome())
                .isEqualTo(EditResult.Outcome.CHANGED);
        assertThat(ServerEdit.extend(file, GROUP, 5001, 6000, List.of()).outcome())
                .isEqualTo(EditResult.Outcome.CHANGED);
    }

    @Test
    void quittingRemovesFromEveryEntryOfTheGroupAlsoWhatIsNoAddress() throws IOException {
        Files.writeString(file, "{\"multi_group_array\":["
                + "{\"group_ip\":\"239.1.1.1\",\"group_port\":1,\"member_array\":[\"10.0.0.1\",\"garbage\"]},"
                + "{\"group_ip\":\"239.1.1.1\",\"group_port\":2,\"member_array\":[\"10.0.0.1\"]}]}");

        assertThat(ServerEdit.quit(file, GROUP, List.of("10.0.0.1", "garbage")).outcome())
                .isEqualTo(EditResult.Outcome.CHANGED);
        assertThat(ServerEdit.quit(file, GROUP, List.of("10.0.0.1")).outcome()).isEqualTo(EditResult.Outcome.UNCHANGED);
        assertThat(ServerEdit.quit(file, Address.ipv4("239.9.9.9"), List.of()).outcome())
                .isEqualTo(EditResult.Outcome.NO_GROUP);

        assertThat(Files.readString(file)).doesNotContain("10.0.0.1").doesNotContain("garbage");
    }

    @Test
    void aFileThatCannotBeUnderstoodIsLeftAlone() throws IOException {
        Files.writeString(file, "{\"multi_group_array\":[{]}");

        EditResult result = ServerEdit.join(file, GROUP, List.of(A), OptionalInt.empty());

        assertThat(result.outcome()).isEqualTo(EditResult.Outcome.BAD_FILE);
        assertThat(result.text()).contains("server_cfg.json.txt:1:24: error:");
        assertThat(file).hasContent("{\"multi_group_array\":[{]}");
    }

    @Test
    void theLimitsAreRefusedClearly() throws IOException {
        Files.writeString(file, ServerFileTest.groups(1024));
        assertThat(ServerEdit.join(file, GROUP, List.of(A), OptionalInt.empty()).text())
                .isEqualTo("there are 1024 groups already: delete one first\n");

        Files.writeString(file, ServerFileTest.group("\"member_array\":[" + ServerFileTest.addresses(1024) + "]"));
        assertThat(ServerEdit.join(file, GROUP, List.of(Address.ipv4("10.9.9.9")), OptionalInt.empty()).text())
                .contains("group 239.1.1.1 would have 1025 members, and 1024 are the most");
    }

    @Test
    void modeAndSymbolicLinksAreKeptAndNoTemporaryFileStays() throws IOException {
        Path real = directory.resolve("real.txt");
        Files.writeString(real, "{\"multi_group_array\":[]}");
        Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rw-rw----"));
        Files.createSymbolicLink(file, real);

        ServerEdit.join(file, GROUP, List.of(A), OptionalInt.empty());

        assertThat(Files.isSymbolicLink(file)).isTrue();
        assertThat(Files.readString(real)).contains("239.1.1.1");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(real))).isEqualTo("rw-rw----");
        try (var files = Files.list(directory)) {
            assertThat(files.map(path -> path.getFileName().toString())).containsExactlyInAnyOrder("real.txt",
                    "server_cfg.json.txt", ".server_cfg.json.txt.lock");
        }
    }

    @Test
    void editsAtTheSameTimeLoseNothing() throws Exception {
        AtomicReference<Throwable> failed = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Address member = Address.ofIpv4(0x0A000001 + i);
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    ServerEdit.join(file, GROUP, List.of(member), OptionalInt.empty());
                } catch (IOException | RuntimeException e) {
                    failed.set(e);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(failed.get()).isNull();
        assertThat(ServerFile.read(file, AddressRules.anywhere()).config().orElseThrow().members()).isEqualTo(8);
    }

    @Test
    void clientEntriesAreWrittenInTheOriginalsOrderAndOnlyOnce() throws IOException {
        assertThat(ClientEdit.add(file, A, 7126, 5000, GROUP).outcome()).isEqualTo(EditResult.Outcome.CHANGED);
        assertThat(ClientEdit.add(file, A, 7126, 5000, GROUP).outcome()).isEqualTo(EditResult.Outcome.UNCHANGED);
        assertThat(ClientEdit.add(file, A, 7126, 5001, GROUP).text())
                .contains("copies from 10.0.0.1 on port 7126 become 239.1.1.1:5000 already");

        assertThat(file).hasContent("{\"multi_server_info_array\":[{\"server_ip\":\"10.0.0.1\",\"server_port\":7126,"
                + "\"group_port\":5000,\"group_ip\":\"239.1.1.1\"}]}");
    }

    @Test
    void deletingAClientEntryLeavesTheOthersAlone() throws IOException {
        Files.writeString(file, "{\"multi_server_info_array\":["
                + "{\"server_ip\":\"10.0.0.1\",\"client_port\":\"5000\",\"group_ip\":\"239.1.1.1\"},"
                + "{\"server_ip\":\"10.0.0.1\",\"server_port\":1,\"group_port\":2,\"group_ip\":\"239.1.1.1\",\"k\":1}]}");

        ClientEdit.delete(file, A, 5000);

        assertThat(file).hasContent("{\"multi_server_info_array\":[{\"server_ip\":\"10.0.0.1\",\"server_port\":1,"
                + "\"group_port\":2,\"group_ip\":\"239.1.1.1\",\"k\":1}]}");
    }
}
