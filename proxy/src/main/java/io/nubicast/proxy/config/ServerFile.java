package io.nubicast.proxy.config;

import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.RateLimit;
import io.nubicast.wire.Address;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads `server_cfg.json.txt` (PRX-001):
///
///     {"multi_group_array":[{"group_ip":"239.1.1.1","group_port":7127,"server_port":3456,"member_array":["10.0.0.2"]}]}
///
/// `group_port` absent, 0 or 7127 means any port of the group, any other value selects that port. The same (group, port) twice
/// is one group: members are joined, the first entry's `server_port` counts. `server_port` 0 keeps the port; absent, it is 7126,
/// and in files of [Dialect#KERNEL] the port is kept.
/// Keys of ours, all optional: `rate_pps` and `rate_bps` limit what comes in, `ttl` is that of the copies.
public final class ServerFile {
    /// The root's one key.
    public static final String ARRAY = "multi_group_array";

    private final Check check;
    private final Map<Key, Building> groups = new LinkedHashMap<>();
    private boolean tooManyGroups;

    private record Key(Address address, int groupPort) {}

    private static final class Building {
        final Json.Obj entry;
        final int serverPort;
        final RateLimit limit;
        final int ttl;
        final Set<Address> members = new LinkedHashSet<>();
        boolean tooManyMembers;

        Building(Json.Obj entry, int serverPort, RateLimit limit, int ttl) {
            this.entry = entry;
            this.serverPort = serverPort;
            this.limit = limit;
            this.ttl = ttl;
        }
    }

    private ServerFile(Check check) {
        this.check = check;
    }

    /// Reads a file; a file that cannot be read is a fault like any other.
    public static Reading<ServerConfig> read(Path file, AddressRules rules) {
        Faults faults = new Faults(file.toString());
        return reading(file.toString(), JsonText.read(file, faults), faults, rules);
    }

    /// As [#read(Path, AddressRules)], from the file's bytes; `name` stands in the messages.
    public static Reading<ServerConfig> parse(String name, byte[] bytes, AddressRules rules) {
        Faults faults = new Faults(name);
        return reading(name, JsonText.parse(bytes, faults), faults, rules);
    }

    private static Reading<ServerConfig> reading(String name, @Nullable Json root, Faults faults, AddressRules rules) {
        return Reading.of(name, of(root, faults, rules), faults);
    }

    static ServerConfig of(@Nullable Json root, Faults faults, AddressRules rules) {
        return new ServerFile(new Check(faults, rules)).config(root);
    }

    private ServerConfig config(@Nullable Json root) {
        Json.Arr array = check.rootArray(root, ARRAY, ClientFile.ARRAY, "client");
        if (array == null) {
            return ServerConfig.EMPTY;
        }
        return new ServerConfig(groups(array.values()));
    }

    /// The groups that entries mean, each key once.
    static List<ServerConfig.Group> groups(List<Json> entries, Faults faults, AddressRules rules) {
        return new ServerFile(new Check(faults, rules)).groups(entries);
    }

    private List<ServerConfig.Group> groups(List<Json> entries) {
        for (Json value : entries) {
            if (value instanceof Json.Obj entry) {
                entry(entry);
            } else {
                check.faults.error(value, "an entry of \"" + ARRAY + "\" is " + value.kind() + " instead of an object",
                        "write {\"group_ip\":…,\"group_port\":…,\"server_port\":…,\"member_array\":[…]}");
            }
        }
        check.warnOfPublic("member");
        List<ServerConfig.Group> result = new ArrayList<>(groups.size());
        for (Map.Entry<Key, Building> group : groups.entrySet()) {
            Building built = group.getValue();
            result.add(new ServerConfig.Group(group.getKey().address, group.getKey().groupPort, built.serverPort,
                    List.copyOf(built.members), built.limit,
                    built.ttl == 0 ? OptionalInt.empty() : OptionalInt.of(built.ttl), built.entry.line()));
        }
        return result;
    }

    private void entry(Json.Obj entry) {
        Address address = check.group(entry);
        int groupPort = check.port(entry, "group_port", ServerConfig.DEFAULT_GROUP_PORT);
        int serverPort = check.port(entry, "server_port", check.rules.dialect().serverPortWhenAbsent());
        RateLimit limit = new RateLimit(Math.max(0, check.integer(entry, "rate_pps", 0, 1L << 40, 0)),
                Math.max(0, check.integer(entry, "rate_bps", 0, 1L << 40, 0)));
        int ttl = Math.max(0, (int) check.integer(entry, "ttl", 1, 255, 0));

        Building group = null;
        if (address != null && groupPort != Check.BAD) {
            int selects = groupPort == ServerConfig.DEFAULT_GROUP_PORT ? Match.ANY_PORT : groupPort;
            group = group(new Key(address, selects), entry, new Building(entry, serverPort, limit, ttl));
        }
        members(entry, group != null ? group : new Building(entry, serverPort, limit, ttl));
    }

    /// The group that an entry adds to: a new one, or the one that had the key first. Null beyond the limit.
    private @Nullable Building group(Key key, Json.Obj entry, Building wanted) {
        Building first = groups.get(key);
        if (first == null) {
            if (groups.size() == Limits.GROUPS) {
                if (!tooManyGroups) {
                    check.faults.error(entry, "more than " + Limits.GROUPS + " groups",
                            "divide them between several hosts");
                    tooManyGroups = true;
                }
                return null;
            }
            groups.put(key, wanted);
            return wanted;
        }
        String name = key.address + (key.groupPort == Match.ANY_PORT ? "" : " port " + key.groupPort);
        if (entry.get("server_port") != null && wanted.serverPort != first.serverPort) {
            check.faults.warning(entry,
                    "group " + name + " stands twice with different server ports: " + first.serverPort
                            + " from line " + first.entry.line() + " counts, not " + wanted.serverPort,
                    "make it one entry");
        } else {
            check.faults.warning(entry, "group " + name + " stands twice (first at line " + first.entry.line()
                    + "): the members are joined", "make it one entry");
        }
        if (!wanted.limit.isNone() && !wanted.limit.equals(first.limit) || wanted.ttl != 0 && wanted.ttl != first.ttl) {
            check.faults.warning(entry, "the rate limit and ttl of group " + name + " are those from line "
                    + first.entry.line(), "make it one entry");
        }
        return first;
    }

    private void members(Json.Obj entry, Building group) {
        Json value = entry.get("member_array");
        if (value == null) {
            if (entry.complete()) {
                check.faults.warning(entry, "\"member_array\" is missing: the group has no members",
                        "add \"member_array\":[…]");
            }
            return;
        }
        if (!(value instanceof Json.Arr array)) {
            check.faults.error(value, "\"member_array\" is " + value.kind() + " instead of an array",
                    "write \"member_array\":[\"192.168.1.1\"]");
            return;
        }
        for (Json member : array.values()) {
            Address address = check.address(member, "member");
            if (address == null) {
                continue;
            }
            AddressRules.Objection objection = check.rules.objectionToMember(address).orElse(null);
            if (objection != null) {
                check.object(member, objection);
                continue;
            }
            if (group.members.size() == Limits.MEMBERS && !group.members.contains(address)) {
                if (!group.tooManyMembers) {
                    check.faults.error(member, "more than " + Limits.MEMBERS + " members in one group",
                            "divide them between several hosts");
                    group.tooManyMembers = true;
                }
            } else if (group.members.add(address)) {
                check.notePublic(member, address);
            } else {
                check.faults.warning(member, "member " + address + " stands twice: it gets one copy", "keep one");
            }
        }
    }
}
