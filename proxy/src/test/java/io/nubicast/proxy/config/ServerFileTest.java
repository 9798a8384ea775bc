package io.nubicast.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.RateLimit;
import io.nubicast.wire.Address;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ServerFileTest {
    /// From the manual, trailing comma included (T-PRX-14).
    static final String SEED = """
            {
              "multi_group_array": [
                {
                  "group_ip": "224.1.2.3",
                  "server_port": 65535,
                  "group_port": 65535,
                  "member_array": [
                    "192.168.1.1",
                    "192.168.1.2",
                    "192.168.1.3"
                  ],
                }
              ]
            }
            """;

    @Test
    void theManualsFileIsAcceptedWithAWarningForItsTrailingComma() {
        Reading<ServerConfig> reading = read(SEED);

        assertThat(reading.text()).isEqualTo("f:12:5: warning: a comma before } is not JSON, though it is understood;"
                + " take the comma away\n");
        ServerConfig.Group group = only(reading);
        assertThat(group.address()).isEqualTo(Address.ipv4("224.1.2.3"));
        assertThat(group.groupPort()).isEqualTo(65535);
        assertThat(group.serverPort()).isEqualTo(65535);
        assertThat(group.members()).containsExactly(Address.ipv4("192.168.1.1"), Address.ipv4("192.168.1.2"),
                Address.ipv4("192.168.1.3"));
        assertThat(group.line()).isEqualTo(3);
    }

    @Test
    void integersMayBeStringsAndUnknownKeysAreIgnored() {
        ServerConfig.Group group = only(read(group("""
                "group_port":"5000","server_port":"6000","comment":{"deep":[1,2]},"member_array":[]""")));

        assertThat(group.groupPort()).isEqualTo(5000);
        assertThat(group.serverPort()).isEqualTo(6000);
    }

    @Test
    void aGroupPortThatIsAbsentZeroOr7127IsAnyPort() {
        for (String port : List.of("", "\"group_port\":0,", "\"group_port\":7127,", "\"group_port\":\"7127\",",
                "\"group_port\":null,")) {
            assertThat(only(read(group(port + "\"member_array\":[]"))).groupPort()).as(port).isEqualTo(Match.ANY_PORT);
        }
    }

    @Test
    void aBroadcastAddressIsAGroupOnlyWhereTheEntrySaysSo() {
        AddressRules rules = new AddressRules(
                OwnAddresses.of(Set.of(Address.ipv4("10.0.0.9")), Set.of(Address.ipv4("10.0.0.255"))), false);
        String entries = """
                {"multi_group_array":[
                {"group_ip":"255.255.255.255","broadcast":true,"member_array":[]},
                {"group_ip":"10.0.0.255","broadcast":true,"member_array":[]},
                {"group_ip":"10.0.0.255","broadcast":false,"member_array":[]},
                {"group_ip":"10.0.1.255","broadcast":true,"member_array":[]},
                {"group_ip":"239.1.1.1","broadcast":true,"member_array":[]}]}
                """;

        Reading<ServerConfig> reading =
                ServerFile.parse("f", entries.getBytes(java.nio.charset.StandardCharsets.UTF_8), rules);

        String change = "; write 255.255.255.255 or that of a network of this host, or take \"broadcast\" away";
        assertThat(reading.errors()).extracting(Fault::text).containsExactly(
                "f:4:13: error: group 10.0.0.255 is not a multicast address; write one from 224.0.1.0 to"
                        + " 239.255.255.255, or add \"broadcast\":true",
                "f:5:13: error: group 10.0.1.255 is not a broadcast address of this host" + change,
                "f:6:13: error: group 239.1.1.1 is not a broadcast address of this host" + change);
    }

    @Test
    void anotherProtocolThanUdpIsRefused() {
        assertThat(only(read(group("\"protocol\":17,\"member_array\":[]"))).serverPort()).isEqualTo(7126);
        assertThat(read(group("\"protocol\":112,\"member_array\":[]")).text())
                .contains("\"protocol\" 112 (VRRP) is not carried, only 17 (UDP); take the entry away");
    }

    @Test
    void theServerPortDefaultsTo7126() {
        assertThat(only(read(group("\"member_array\":[]"))).serverPort()).isEqualTo(7126);
    }

    @Test
    void theSameGroupTwiceJoinsTheMembersAndTheFirstServerPortCounts() {
        Reading<ServerConfig> reading = read("""
                {"multi_group_array":[
                {"group_ip":"239.1.1.1","group_port":7127,"server_port":1000,"member_array":["10.0.0.1","10.0.0.2"]},
                {"group_ip":"239.1.1.1","group_port":0,"server_port":2000,"member_array":["10.0.0.2","10.0.0.3"]}]}
                """);

        ServerConfig.Group group = only(reading);
        assertThat(group.serverPort()).isEqualTo(1000);
        assertThat(group.members()).containsExactly(Address.ipv4("10.0.0.1"), Address.ipv4("10.0.0.2"),
                Address.ipv4("10.0.0.3"));
        assertThat(reading.warnings()).extracting(Fault::text).containsExactly(
                "f:3:1: warning: group 239.1.1.1 stands twice with different server ports: 1000 from line 2 counts, not"
                        + " 2000; make it one entry",
                "f:3:75: warning: member 10.0.0.2 stands twice: it gets one copy; keep one");
    }

    @Test
    void anotherPortOfAGroupIsAnEntryOfItsOwn() {
        ServerConfig config = read("""
                {"multi_group_array":[
                {"group_ip":"239.1.1.1","group_port":5000,"server_port":1000,"member_array":["10.0.0.1"]},
                {"group_ip":"239.1.1.1","group_port":5001,"server_port":2000,"member_array":["10.0.0.1"]},
                {"group_ip":"239.1.1.1","member_array":["10.0.0.3"]}]}
                """).config().orElseThrow();

        assertThat(config.groups()).extracting(ServerConfig.Group::name)
                .containsExactly("239.1.1.1:5000", "239.1.1.1:5001", "239.1.1.1");
    }

    @Test
    void ourOwnKeysLimitTheRateAndSetTheTtl() {
        ServerConfig.Group group = only(
                read(group("\"rate_pps\":100,\"rate_bps\":\"8000000\",\"ttl\":9,\"member_array\":[]")));

        assertThat(group.limit()).isEqualTo(new RateLimit(100, 8_000_000));
        assertThat(group.ttl()).isEqualTo(OptionalInt.of(9));
    }

    @Test
    void allFaultsAreReportedAtOnceEachWithItsPlaceAndTheChangeToMake() {
        OwnAddresses own = OwnAddresses.of(Set.of(Address.ipv4("10.0.0.9")), Set.of(Address.ipv4("10.0.0.255")));

        Reading<ServerConfig> reading = ServerFile.parse("server_cfg.json.txt",
                bytes("""
                        {"multi_group_array": [
                          {"group_ip": "239.1.1.1", "group_port": 70000, "server_port": "x", "member_array": [
                            "10.1", "0x0a000002", "012.0.0.1", "foo", "", 7, "10.0.0.1 ",
                            "224.0.0.9", "255.255.255.255", "127.0.0.1", "0.0.0.0", "10.0.0.9", "10.0.0.255", "fe80::1"]},
                          {"group_ip": "10.0.0.1", "member_array": "10.0.0.1"},
                          {"member_array": []},
                          5,
                          {"group_ip": "239.1.1.2", "server_port": -1, "ttl": 256, "rate_pps": 1.5, "member_array": ["10.0.0.1"]}
                        ]}
                        """),
                new AddressRules(own, false));

        assertThat(reading.config()).isEmpty();
        assertThat(reading.text()).isEqualTo(
                """
                        server_cfg.json.txt:2:43: error: "group_port" 70000 is out of range; write a number from 0 to 65535
                        server_cfg.json.txt:2:65: error: "server_port" x is not a whole number; write a number from 0 to 65535
                        server_cfg.json.txt:3:5: error: member "10.1" is not an IPv4 address in dotted decimal form; write 10.0.0.1
                        server_cfg.json.txt:3:13: error: member "0x0a000002" is not an IPv4 address in dotted decimal form; write 10.0.0.2
                        server_cfg.json.txt:3:27: error: member "012.0.0.1" is not an IPv4 address in dotted decimal form; write 10.0.0.1
                        server_cfg.json.txt:3:40: error: member "foo" is not an IPv4 address; write four numbers 0 to 255 with dots, such as 192.168.1.1
                        server_cfg.json.txt:3:47: error: member is empty; write an IPv4 address such as 192.168.1.1
                        server_cfg.json.txt:3:51: error: member is a number instead of an address; write an address between double quotes
                        server_cfg.json.txt:3:54: error: member "10.0.0.1 " is not an IPv4 address in dotted decimal form; write 10.0.0.1
                        server_cfg.json.txt:4:5: error: member 224.0.0.9 is a multicast address; write the unicast address of a host
                        server_cfg.json.txt:4:18: error: member 255.255.255.255 is a broadcast address; write the address of each host
                        server_cfg.json.txt:4:37: error: member 127.0.0.1 is a loopback address; write the address on the network
                        server_cfg.json.txt:4:50: error: member 0.0.0.0 is no host's address; write the host's own address
                        server_cfg.json.txt:4:61: error: member 10.0.0.9 is an address of this host; take it away: applications here already receive the group's multicast
                        server_cfg.json.txt:4:73: error: member 10.0.0.255 is a broadcast address; write the address of each host
                        server_cfg.json.txt:4:87: error: member "fe80::1" is not an IPv4 address; IPv6 is not carried: write the IPv4 address
                        server_cfg.json.txt:5:16: error: group 10.0.0.1 is not a multicast address; write one from 224.0.1.0 to 239.255.255.255
                        server_cfg.json.txt:5:44: error: "member_array" is a string instead of an array; write "member_array":["192.168.1.1"]
                        server_cfg.json.txt:6:3: error: "group_ip" is missing; add "group_ip" with the address of the group
                        server_cfg.json.txt:7:3: error: an entry of "multi_group_array" is a number instead of an object; write {"group_ip":…,"group_port":…,"server_port":…,"member_array":[…]}
                        server_cfg.json.txt:8:44: error: "server_port" -1 is out of range; write a number from 0 to 65535
                        server_cfg.json.txt:8:55: error: "ttl" 256 is out of range; write a number from 1 to 255
                        server_cfg.json.txt:8:72: error: "rate_pps" 1.5 is not a whole number; write a number from 0 to 1099511627776
                        """);
    }

    @Test
    void faultsBeforeASyntaxErrorAreReportedWithIt() {
        Reading<ServerConfig> reading = read("""
                {"multi_group_array":[
                {"group_ip":"239.1.1.1","member_array":["bad","10.0.0.1"]},
                {"group_ip":"239.1.1.2" "member_array":[]}]}
                """);

        assertThat(reading.text()).isEqualTo(
                """
                        f:2:41: error: member "bad" is not an IPv4 address; write four numbers 0 to 255 with dots, such as 192.168.1.1
                        f:3:25: error: Unexpected character ('"' (code 34)): was expecting comma to separate Object entries; put a comma between two entries, or close the last one
                        """);
    }

    @Test
    void aFileThatBreaksOffSaysWhatIsStillOpenAndNotWhatIsMissing() {
        Reading<ServerConfig> reading = read("""
                {"multi_group_array":[
                  {"group_ip":"239.1.1.1",""");

        assertThat(reading.text()).isEqualTo(
                "f:2:27: error: the file ends inside an object that begins at line 2, column 3; close it with }\n");
    }

    @Test
    void whatIsNoServerFileAtAllIsSaid() {
        assertThat(read("").text()).contains("error: the file is empty; write {\"multi_group_array\":[]}");
        assertThat(read(" \r\n\t").text()).contains("the file is empty");
        assertThat(read("\0\0\0").text()).contains("the file is empty");
        assertThat(read("[]").text()).contains("f:1:1: error: the file holds an array instead of an object");
        assertThat(read("null").text()).contains("the file holds null instead of an object");
        assertThat(read("{}").text()).contains("f:1:1: error: \"multi_group_array\" is missing");
        assertThat(read("{\"multi_group_array\":{}}").text())
                .contains("f:1:22: error: \"multi_group_array\" is an object");
        assertThat(read("{\"multi_server_info_array\":[]}").text()).contains("this is a client's file");
        assertThat(read("nonsense").text()).contains("f:1:").contains("error: Unrecognized token 'nonsense'");
        assertThat(ServerFile.parse("f", new byte[]{(byte) 0xFF, (byte) 0xFE, '{', 0, '}', 0}, AddressRules.anywhere())
                .text()).contains("UTF-16");
    }

    @Test
    void aFileThatIsNotThereIsAFaultLikeAnyOther() {
        Reading<ServerConfig> reading = ServerFile.read(Path.of("/nonexistent/x"), AddressRules.anywhere());

        assertThat(reading.text()).isEqualTo(
                "/nonexistent/x: error: the file does not exist; create it, or name another with --config\n");
        assertThat(ServerFile.read(Path.of("/"), AddressRules.anywhere()).text()).contains("cannot be read");
    }

    @Test
    void formsThatOnlyJsonCUnderstandsAreUnderstood() {
        assertThat(only(read("\uFEFF" + group("\"member_array\":['10.0.0.1']"))).members()).hasSize(1);
        assertThat(only(read(group("\r\n/* c */ \"server_port\":007126, // x\r\n\"member_array\":[],"))).serverPort())
                .isEqualTo(7126);
        assertThat(only(read(group("\"member_array\":[]") + "\0\0")).members()).isEmpty();
        Reading<ServerConfig> rest = read(group("\"member_array\":[]") + "\n}}");
        assertThat(rest.config()).isPresent();
        assertThat(rest.text()).contains("the text after the end of the root object is ignored");
    }

    @Test
    void nestingThatIsTooDeepIsAFault() {
        assertThat(read("{\"a\":" + "[".repeat(100_000)).errors()).hasSize(1);
        assertThat(read("[".repeat(50) + "]".repeat(50)).text()).contains("instead of an object");
    }

    @Test
    void aFileBeyondTheCapIsRefused() {
        byte[] huge = new byte[JsonText.MOST_BYTES + 1];
        java.util.Arrays.fill(huge, (byte) ' ');

        assertThat(ServerFile.parse("f", huge, AddressRules.anywhere()).text())
                .contains("the file is larger than 64 MiB");
    }

    @Test
    void oneWarningForAllPublicMembers() {
        Reading<ServerConfig> reading = read(group("\"member_array\":[\"10.0.0.1\",\"8.8.8.8\",\"1.1.1.1\"]"));

        assertThat(only(reading).members()).hasSize(3);
        assertThat(reading.warnings()).singleElement().extracting(Fault::what).asString()
                .startsWith("2 members (first 8.8.8.8) are public addresses");
    }

    @Test
    void aLinkLocalGroupIsServedWithAWarning() {
        Reading<ServerConfig> reading =
                read("{\"multi_group_array\":[{\"group_ip\":\"224.0.0.5\",\"member_array\":[]}]}");

        assertThat(only(reading).address()).isEqualTo(Address.ipv4("224.0.0.5"));
        assertThat(reading.warnings()).singleElement().extracting(Fault::what).asString().contains("link-local");
    }

    @Test
    void loopbackMembersAreServedWhereTheyAreAskedFor() {
        Reading<ServerConfig> reading = ServerFile.parse("f", bytes(group("\"member_array\":[\"127.0.0.2\"]")),
                new AddressRules(OwnAddresses.NONE, true));

        assertThat(only(reading).members()).containsExactly(Address.ipv4("127.0.0.2"));
    }

    @Test
    void aThousandAndTwentyFourMembersAreServedAndOneMoreIsRefused() {
        assertThat(only(read(group("\"member_array\":[" + addresses(1024) + "]"))).members()).hasSize(1024);

        Reading<ServerConfig> tooMany = read(group("\"member_array\":[" + addresses(1026) + "]"));
        assertThat(tooMany.errors()).singleElement().extracting(Fault::what)
                .isEqualTo("more than 1024 members in one group");
    }

    @Test
    void aThousandAndTwentyFourGroupsAreServedAndOneMoreIsRefused() {
        assertThat(read(groups(1024)).config().orElseThrow().groups()).hasSize(1024);

        assertThat(read(groups(1026)).errors()).singleElement().extracting(Fault::what)
                .isEqualTo("more than 1024 groups");
    }

    @Test
    void thousandsOfFaultsAreCountedAndNotAllShown() {
        Reading<ServerConfig> reading = read(group("\"member_array\":[" + "\"x\",".repeat(5000) + "\"x\"]"));

        assertThat(reading.faults()).hasSize(Faults.MOST + 1);
        assertThat(reading.faults().getLast().what()).isEqualTo("4801 more faults are not shown");
    }

    @Test
    void aMessageNeverCarriesControlCharactersOfTheFile() {
        assertThat(read(group("\"member_array\":[\"10.0.0.1\\u0004\\u001b[2J\"]")).text())
                .contains("member \"10.0.0.1??[2J\" is not").doesNotContain("\u001b");
    }

    @Test
    void aChangeIsToldInOneLine() {
        ServerConfig before = read(groups(2)).config().orElseThrow();
        ServerConfig after = new ServerConfig(List.of(
                new ServerConfig.Group(Address.ipv4("239.0.0.0"), 0, 7126,
                        List.of(Address.ipv4("10.0.0.1"), Address.ipv4("10.0.0.3"))),
                new ServerConfig.Group(Address.ipv4("239.9.9.9"), 0, 7126, List.of())));

        assertThat(after.changesSince(before)).isEqualTo(
                "1 group added (239.9.9.9), 1 group removed (239.0.0.1), 2 members added");
        assertThat(after.changesSince(after)).isEqualTo("no change");
    }

    static Reading<ServerConfig> read(String text) {
        return ServerFile.parse("f", bytes(text), AddressRules.anywhere());
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String group(String keys) {
        return "{\"multi_group_array\":[{\"group_ip\":\"239.1.1.1\"," + keys + "}]}";
    }

    static String addresses(int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(i == 0 ? "" : ",").append("\"10.0.").append(i >> 8).append('.').append(i & 0xFF).append('"');
        }
        return text.toString();
    }

    static String groups(int count) {
        StringBuilder text = new StringBuilder("{\"multi_group_array\":[");
        for (int i = 0; i < count; i++) {
            text.append(i == 0 ? "" : ",").append("{\"group_ip\":\"239.0.").append(i >> 8).append('.').append(i & 0xFF)
                    .append("\",\"member_array\":[]}");
        }
        return text.append("]}").toString();
    }

    private static ServerConfig.Group only(Reading<ServerConfig> reading) {
        assertThat(reading.errors()).isEmpty();
        assertThat(reading.config().orElseThrow().groups()).hasSize(1);
        return reading.config().orElseThrow().groups().getFirst();
    }
}
