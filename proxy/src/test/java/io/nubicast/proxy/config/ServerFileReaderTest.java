package io.nubicast.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.wire.Address;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// [ServerFile] is the model: a reader must give what it gives, whatever it was given before.
class ServerFileReaderTest {
    private static final AddressRules RULES = AddressRules.anywhere();
    /// Pieces that are put in somewhere: harmless ones, and those that change what the rest of the text means.
    private static final List<String> PIECES = List.of(" ", "\n", "\r\n", ",", "\"", "'", "\\", "{", "}", "[", "]", "0",
            "1",
            ":", "/*", "*/", "// x\n", "//", "\u00fc", "\u0000", "null", "\"10.0.0.9\",", ",\"10.0.0.8\"",
            "{\"group_ip\":\"239.7.7.7\",\"member_array\":[]},", ",{\"group_ip\":\"239.7.7.8\"}", "\"x\":\"a\nb\",",
            "\"ttl\":3,", "8.8.8.8", "\"multi_group_array\":[],");

    private final ServerFileReader reader = new ServerFileReader();

    private static String entry(int group, int port, String members) {
        return "{\"group_ip\":\"239.1.1." + group + "\",\"group_port\":" + port + ",\n \"server_port\":6000,"
                + "\"member_array\":[" + members + "]}";
    }

    private static String file(String... entries) {
        return "{\"multi_group_array\":[\n" + String.join(",\n", entries) + "\n]}\n";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// Reads it, and compares with the model.
    private Reading<ServerConfig> read(String text) {
        Reading<ServerConfig> reading = reader.parse("f", bytes(text), RULES);
        assertThat(reading).as(text).isEqualTo(ServerFile.parse("f", bytes(text), RULES));
        return reading;
    }

    @Test
    void aMemberMoreIsReadFromTheEntryThatChanged() {
        Reading<ServerConfig> before = read(file(entry(1, 5000, ""), entry(2, 0, "\"10.0.0.1\""), entry(3, 0, "")));

        Reading<ServerConfig> after =
                read(file(entry(1, 5000, ""), entry(2, 0, "\"10.0.0.1\",\n\"10.0.0.2\""), entry(3, 0, "")));

        assertThat(reader.shortcuts()).isEqualTo(1);
        List<ServerConfig.Group> groups = after.config().orElseThrow().groups();
        assertThat(groups.get(1).members()).containsExactly(Address.ipv4("10.0.0.1"), Address.ipv4("10.0.0.2"));
        assertThat(groups.getFirst()).isSameAs(before.config().orElseThrow().groups().getFirst());
        assertThat(groups.get(2).line()).isEqualTo(before.config().orElseThrow().groups().get(2).line() + 1);
        assertThat(groups.get(2).members()).isSameAs(before.config().orElseThrow().groups().get(2).members());
    }

    @Test
    void groupsThatComeAndGoAtEitherEndAreReadAlone() {
        read(file(entry(1, 1, ""), entry(2, 2, "")));
        read(file(entry(9, 1, ""), entry(1, 1, ""), entry(2, 2, "")));
        read(file(entry(9, 1, ""), entry(1, 1, ""), entry(2, 2, ""), entry(3, 3, "\"10.0.0.1\"")));
        read(file(entry(1, 1, ""), entry(2, 2, ""), entry(3, 3, "\"10.0.0.1\"")));
        read(file(entry(1, 1, ""), entry(3, 3, "\"10.0.0.1\"")));
        read(file(entry(4, 1, "")));
        read(file());
        read(file(entry(4, 1, "")));

        assertThat(reader.shortcuts()).isEqualTo(7);
    }

    @Test
    void aChangeAnywhereInALongFileIsFound() {
        Random random = new Random(3);
        List<String> entries = new ArrayList<>();
        for (int group = 1; group <= 200; group++) {
            entries.add(entry(group % 250, group, "\"10.0.0." + group + "\""));
        }
        read(file(entries.toArray(String[]::new)));
        for (int round = 0; round < 50; round++) {
            int at = random.nextInt(entries.size());
            entries.set(at, entry((at + 1) % 250, at + 1, random.nextBoolean() ? "" : "\"10.0.1." + at + "\""));
            read(file(entries.toArray(String[]::new)));
        }

        assertThat(reader.shortcuts()).isEqualTo(50);
    }

    @Test
    void aMendedFileIsBuiltUponTheLastGoodReading() {
        String good = file(entry(1, 5000, ""), entry(2, 0, "\"10.0.0.1\""));
        read(good);
        assertThat(read(good.substring(0, good.length() / 2)).faults()).isNotEmpty();

        read(file(entry(1, 5000, ""), entry(2, 0, "\"10.0.0.1\",\"10.0.0.2\"")));

        assertThat(reader.shortcuts()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"multi_group_array\":[ERROR]}", "{\"multi_group_array\":[A,B,A]}",
            "{\"multi_group_array\":[A,B,]}",
            "{\"multi_group_array\":[A B]}", "{\"multi_group_array\":[A,/*B]}",
            "{\"multi_group_array\":[A,B],\"multi_group_array\":[]}",
            "{\"multi_group_array\":[A,0,B]}", "{\"multi_group_array\":[A0,B]}", "{\"multi_group_array\":[A,0B]}",
            "{\"multi_group_array\":[A{},B]}", "{\"multi_group_array\":[A]},B]}", "{\"multi_group_array\":[A//,\n,B]}",
            "", "[A,B]"})
    void whatIsNotJustOtherEntriesIsParsedAsAWhole(String form) {
        String first = entry(1, 1, "");
        read("{\"multi_group_array\":[" + first + "," + entry(2, 2, "") + "]}");

        read(form.replace("A", first).replace("B", entry(2, 2, "")).replace("ERROR", "{\"group_ip\":1}"));

        assertThat(reader.shortcuts()).isLessThanOrEqualTo(form.contains("//,") ? 1 : 0);
    }

    @Test
    void otherRulesAreHeeded() {
        String text = file(entry(1, 1, "\"10.0.0.1\""));
        reader.parse("f", bytes(text), RULES);

        AddressRules own = new AddressRules(OwnAddresses.of(Set.of(Address.ipv4("10.0.0.1")), Set.of()), false);

        assertThat(reader.parse("f", bytes(text), own).errors()).hasSize(1);
        assertThat(new AddressRules(OwnAddresses.of(Set.of(), Set.of()), false)).isEqualTo(RULES);
    }

    @Test
    void aFileThatIsGoneIsAFaultAndComesBack(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("f"), file(entry(1, 1, "")));
        assertThat(reader.read(file, RULES).config()).isPresent();
        Files.delete(file);
        assertThat(reader.read(file, RULES)).isEqualTo(ServerFile.read(file, RULES));
        Files.writeString(file, file(entry(1, 1, ""), entry(2, 1, "")));
        assertThat(reader.read(file, RULES)).isEqualTo(ServerFile.read(file, RULES));
    }

    @Test
    void whateverIsEditedItReadsWhatTheModelReads() {
        Random random = new Random(3);
        int good = 0;
        for (int round = 0; round < 400; round++) {
            List<String> entries = new ArrayList<>();
            for (int group = random.nextInt(6); group > 0; group--) {
                entries.add(entry(group, random.nextInt(3), random.nextBoolean() ? "" : "\"10.0.0." + group + "\""));
            }
            String text = file(entries.toArray(String[]::new));
            read(text);
            for (int edit = 0; edit < 10; edit++) {
                String now = random.nextInt(3) == 0 ? reordered(entries, random) : edited(text, random);
                good += read(now).faults().isEmpty() ? 1 : 0;
                text = random.nextBoolean() ? now : text;
            }
        }
        assertThat(good).isGreaterThan(500);
        assertThat(reader.shortcuts()).isGreaterThan(500);
    }

    private static String edited(String text, Random random) {
        int from = random.nextInt(text.length() + 1);
        int to = random.nextInt(3) > 0 ? from : Math.min(text.length(), from + random.nextInt(60));
        String piece = random.nextInt(4) == 0 ? "" : PIECES.get(random.nextInt(PIECES.size()));
        return text.substring(0, from) + piece + text.substring(to);
    }

    /// Entries go, come and change places.
    private static String reordered(List<String> entries, Random random) {
        if (!entries.isEmpty() && random.nextBoolean()) {
            entries.remove(random.nextInt(entries.size()));
        }
        if (random.nextBoolean()) {
            entries.add(random.nextInt(entries.size() + 1), entry(10 + random.nextInt(6), 0, "\"10.0.1.1\""));
        }
        return file(entries.toArray(String[]::new));
    }
}
