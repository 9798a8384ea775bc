package io.nubicast.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.RateLimit;
import io.nubicast.wire.Address;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Round trips and mutations of both files.
class MutationTest {
    private static final byte[] SERVER = """
            {"multi_group_array":[{"group_ip":"239.1.1.1","group_port":"7127","server_port":3456,"rate_pps":5,
            "member_array":["2.2.2.2","10.1","3.3.3.3"],},{"group_ip":"224.1.2.3","ttl":300,"x":[{"y":null},'z\\u00e9'],
            /* c */ "member_array":["192.168.1.1"]}]}""".getBytes(StandardCharsets.UTF_8);
    private static final byte[] CLIENT =
            """
                    {"multi_server_info_array":[{"server_ip":"10.0.0.1","server_port":7126,"group_port":7127,"group_ip":"239.1.1.1"},
                    {"server_ip":"10.0.0.2","client_port":"0","group_ip":"239.1.1.1"}]}"""
                    .getBytes(StandardCharsets.UTF_8);

    @Test
    void tenThousandMutationsOfEachFileNeverThrow() {
        mutate(10_000, 20_260_101);
    }

    @Tag("ci")
    @Test
    void aMillionMutationsOfEachFileNeverThrow() {
        mutate(1_000_000, 7);
    }

    private static void mutate(int count, long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < count; i++) {
            byte[] server = mutated(SERVER, random);
            check(ServerFile.parse("f", server, AddressRules.anywhere()), server);
            byte[] client = mutated(CLIENT, random);
            check(ClientFile.parse("f", client, AddressRules.anywhere()), client);
        }
    }

    private static void check(Reading<?> reading, byte[] bytes) {
        String shown = new String(bytes, StandardCharsets.UTF_8);
        assertThat(reading.config().isPresent()).as(shown).isEqualTo(reading.errors().isEmpty());
        for (Fault fault : reading.faults()) {
            assertThat(fault.line()).as(shown).isBetween(0, 1000);
            assertThat(fault.text().chars().noneMatch(c -> c < ' ')).as(fault.text()).isTrue();
        }
    }

    private static byte[] mutated(byte[] original, Random random) {
        byte[] result = original.clone();
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(result.length);
            switch (random.nextInt(5)) {
                case 0 -> result[at] = (byte) random.nextInt(256);
                case 1 -> result[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> result[at] = (byte) "{}[]\",:\\'/*-0129.eE \n\0".charAt(random.nextInt(22));
                case 3 -> result = java.util.Arrays.copyOf(result, Math.max(1, at));
                default -> {
                    byte[] longer = new byte[result.length + 1];
                    System.arraycopy(result, 0, longer, 0, at);
                    longer[at] = result[random.nextInt(result.length)];
                    System.arraycopy(result, at, longer, at + 1, result.length - at);
                    result = longer;
                }
            }
        }
        return result;
    }

    @Test
    void whatIsWrittenIsReadBack() {
        Random random = new Random(42);
        for (int i = 0; i < 500; i++) {
            ServerConfig config = randomServer(random);

            ServerConfig read = ServerFile.parse("f", serverText(config).getBytes(StandardCharsets.UTF_8),
                    AddressRules.anywhere()).config().orElseThrow();

            assertThat(read).usingRecursiveComparison().ignoringFieldsMatchingRegexes(".*line").isEqualTo(config);
        }
    }

    private static ServerConfig randomServer(Random random) {
        Map<String, ServerConfig.Group> groups = new LinkedHashMap<>();
        int count = random.nextInt(5);
        for (int i = 0; i < count; i++) {
            Set<Address> members = new LinkedHashSet<>();
            for (int m = random.nextInt(5); m > 0; m--) {
                members.add(Address.ofIpv4(0x0A000001 + random.nextInt(0xFFFF)));
            }
            int port = random.nextBoolean() ? Match.ANY_PORT : 10_000 + random.nextInt(50_000);
            ServerConfig.Group group = new ServerConfig.Group(Address.ofIpv4(0xEF000000 + random.nextInt(0xFFFF)), port,
                    random.nextInt(65536), List.copyOf(members),
                    new RateLimit(random.nextInt(3), random.nextInt(3)),
                    random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(1 + random.nextInt(255)), 0);
            groups.put(group.name(), group);
        }
        return new ServerConfig(new ArrayList<>(groups.values()));
    }

    private static String serverText(ServerConfig config) {
        Json.Arr entries = Json.Arr.made();
        for (ServerConfig.Group group : config.groups()) {
            Json.Arr members = Json.Arr.made();
            for (Address member : group.members()) {
                members.values().add(new Json.Text(0, 0, member.toString()));
            }
            Json.Obj entry = Json.Obj.made()
                    .put("group_ip", new Json.Text(0, 0, group.address().toString()))
                    .put("group_port", new Json.Num(group.groupPort()))
                    .put("server_port", new Json.Num(group.serverPort()))
                    .put("member_array", members)
                    .put("rate_pps", new Json.Num((int) group.limit().packetsPerSecond()))
                    .put("rate_bps", new Json.Num((int) group.limit().bitsPerSecond()));
            if (group.ttl().isPresent()) {
                entry.put("ttl", new Json.Num(group.ttl().getAsInt()));
            }
            entries.values().add(entry);
        }
        StringBuilder text = new StringBuilder();
        Json.Obj.made().put(ServerFile.ARRAY, entries).write(text);
        return text.toString();
    }
}
