package io.nubicast.proxy.config;

import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.RateLimit;
import io.nubicast.wire.Address;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/// What `server_cfg.json.txt` says, checked: groups and their members, in the file's order. Immutable.
public record ServerConfig(List<Group> groups) {
    public static final ServerConfig EMPTY = new ServerConfig(List.of());
    /// The port of the copies when a file or a command does not say one.
    public static final int DEFAULT_SERVER_PORT = 7126;
    /// What the original's commands always write: any port.
    public static final int DEFAULT_GROUP_PORT = 7127;

    public ServerConfig {
        groups = List.copyOf(groups);
    }

    /// One group, or one port of it.
    ///
    /// @param address the group, within 224.0.0.0/4; with [Dialect#KERNEL] also a broadcast address
    /// @param groupPort the destination port that selects, 1..65535, or [Match#ANY_PORT]; with the address it is the key
    /// @param serverPort the destination port of the copies, 1..65535, or [Rewrite#KEEP_PORT]
    /// @param members in the file's order, each once, at most [Limits#MEMBERS]
    /// @param limit of what comes in
    /// @param ttl of the copies, 1..255; empty for the daemon's setting
    /// @param line where the entry begins in the file, from 1; 0 when it is not from a file
    public record Group(Address address, int groupPort, int serverPort, List<Address> members, RateLimit limit,
            OptionalInt ttl, int line) {
        public Group {
            members = List.copyOf(members);
        }

        /// A group as the original's files describe it.
        public Group(Address address, int groupPort, int serverPort, List<Address> members) {
            this(address, groupPort, serverPort, members, RateLimit.NONE, OptionalInt.empty(), 0);
        }

        /// The same with other members.
        Group with(List<Address> others) {
            return new Group(address, groupPort, serverPort, others, limit, ttl, line);
        }

        /// For people: `239.1.1.1`, or `239.1.1.1:5000`.
        public String name() {
            return groupPort == Match.ANY_PORT ? address.toString() : address + ":" + groupPort;
        }
    }

    /// Copies that one datagram to each group would make.
    public long members() {
        long sum = 0;
        for (Group group : groups) {
            sum += group.members.size();
        }
        return sum;
    }

    /// One line about what changed since `before`, for the log: `1 group added (239.1.1.2), 2 members added`.
    public String changesSince(ServerConfig before) {
        Map<String, Group> old = new HashMap<>();
        for (Group group : before.groups) {
            old.put(group.name(), group);
        }
        ChangeText text = new ChangeText();
        for (Group group : groups) {
            Group was = old.remove(group.name());
            if (was == null) {
                text.groupsAdded.add(group.name());
            } else {
                if (!was.members.equals(group.members)) {
                    text.members(was.members, group.members);
                }
                if (was.serverPort != group.serverPort || !was.limit.equals(group.limit)
                        || !was.ttl.equals(group.ttl)) {
                    text.groupsChanged.add(group.name());
                }
            }
        }
        for (Group group : before.groups) {
            if (old.containsKey(group.name())) {
                text.groupsRemoved.add(group.name());
            }
        }
        return text.toString();
    }
}
