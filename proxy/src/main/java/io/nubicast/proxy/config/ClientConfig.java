package io.nubicast.proxy.config;

import io.nubicast.forwarding.Match;
import io.nubicast.wire.Address;
import java.util.List;

/// What `client_cfg.json.txt` says, checked: from whom copies are accepted and what they become. Immutable.
public record ClientConfig(List<Entry> entries) {
    public static final ClientConfig EMPTY = new ClientConfig(List.of());

    public ClientConfig {
        entries = List.copyOf(entries);
    }

    /// Copies from one server on one port, and the group that they become again. (server, serverPort) is the key (PRX-021).
    ///
    /// @param server the copy's source address
    /// @param serverPort the copy's destination port, 1..65535, or [Match#ANY_PORT]
    /// @param group what the destination becomes
    /// @param groupPort what the destination port becomes, 1..65535, or [Rewrite#KEEP_PORT]
    /// @param line where the entry begins in the file, from 1; 0 when it is not from a file
    public record Entry(Address server, int serverPort, Address group, int groupPort, int line) {
        public Entry(Address server, int serverPort, Address group, int groupPort) {
            this(server, serverPort, group, groupPort, 0);
        }

        /// For people: `192.168.0.1:7126`, or `192.168.0.1 any port`.
        public String name() {
            return serverPort == Match.ANY_PORT ? server + " any port" : server + ":" + serverPort;
        }

        /// Whether both mean the same, wherever they stand.
        public boolean sameAs(Entry other) {
            return server.equals(other.server) && serverPort == other.serverPort && group.equals(other.group)
                    && groupPort == other.groupPort;
        }
    }

    /// One line about what changed since `before`, for the log.
    public String changesSince(ClientConfig before) {
        int added = missing(entries, before.entries);
        int removed = missing(before.entries, entries);
        if (added == 0 && removed == 0) {
            return "no change";
        }
        return added + (added == 1 ? " entry added, " : " entries added, ") + removed + " removed";
    }

    private static int missing(List<Entry> some, List<Entry> others) {
        java.util.Set<Entry> set = new java.util.HashSet<>();
        for (Entry entry : others) {
            set.add(new Entry(entry.server, entry.serverPort, entry.group, entry.groupPort));
        }
        int missing = 0;
        for (Entry entry : some) {
            if (!set.contains(new Entry(entry.server, entry.serverPort, entry.group, entry.groupPort))) {
                missing++;
            }
        }
        return missing;
    }
}
