package io.nubicast.wire.pim;

import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.List;

/// Packs what a router has to tell one upstream neighbour into Join/Prune messages that fit an MTU (PIM-009).
///
/// A (\*,G) Join stays in one message with the (S,G,rpt) Prunes of its group, since the message that joins takes back the prunes
/// that it does not repeat (RFC 7761 section 4.5.3). When they are too many for a message, those with the numerically lowest
/// sources are told, and the others not at all (section 4.9.5.2): their packets come down the tree of the RP meanwhile.
public final class JoinPrunePacker {
    private static final int MOST_GROUPS = 255;
    private static final int MOST_SOURCES = 0xFFFF;
    private static final int ENTRY = 8;

    private final int maximumLength;
    private final List<List<GroupSet>> messages = new ArrayList<>();
    private List<GroupSet> current = new ArrayList<>();
    private int used = PimWriter.JOIN_PRUNE_FIXED;

    private JoinPrunePacker(int maximumLength) {
        this.maximumLength = maximumLength;
    }

    /// The messages, as few as the order of the groups allows; none for no groups.
    ///
    /// @param maximumLength bytes of a PIM message: the MTU less 20 bytes of IP header; at least 50
    public static List<PimMessage.JoinPrune> pack(Address upstreamNeighbor, int holdtimeSeconds,
            List<GroupSet> groups, int maximumLength) {
        if (maximumLength < PimWriter.JOIN_PRUNE_FIXED + PimWriter.GROUP_FIXED + 3 * ENTRY) {
            throw new IllegalArgumentException("no Join/Prune fits " + maximumLength + " bytes");
        }
        JoinPrunePacker packer = new JoinPrunePacker(maximumLength);
        groups.forEach(packer::add);
        packer.flush();
        return packer.messages.stream()
                .map(each -> new PimMessage.JoinPrune(upstreamNeighbor, holdtimeSeconds, each)).toList();
    }

    private void add(GroupSet set) {
        if (fits(set)) {
            put(set);
            return;
        }
        List<SourceEntry> joins = new ArrayList<>(set.joins());
        List<SourceEntry> prunes = new ArrayList<>(set.prunes());
        if (joins.stream().anyMatch(SourceEntry::wildcard)) {
            GroupSet together = together(set);
            joins.removeIf(SourceEntry::wildcard);
            prunes.removeIf(SourceEntry::isOnRpt);
            if (!fits(together)) {
                flush();
            }
            put(together);
        }
        split(set.group(), joins, prunes);
    }

    /// The (\*,G) Join with its (S,G,rpt) Prunes, as many as a message carries.
    private GroupSet together(GroupSet set) {
        List<SourceEntry> joins = set.joins().stream().filter(SourceEntry::wildcard).toList();
        int room = roomIn(PimWriter.JOIN_PRUNE_FIXED) - joins.size();
        List<SourceEntry> prunes = set.prunes().stream().filter(SourceEntry::isOnRpt).toList();
        return new GroupSet(set.group(), joins,
                prunes.size() <= room ? prunes : prunes.stream().sorted().limit(room).toList());
    }

    private void split(Address group, List<SourceEntry> joins, List<SourceEntry> prunes) {
        int joined = 0;
        int pruned = 0;
        while (joined < joins.size() || pruned < prunes.size()) {
            int room = current.size() < MOST_GROUPS ? roomIn(used) : 0;
            if (room <= 0) {
                flush();
                continue;
            }
            int joinsNow = Math.min(room, joins.size() - joined);
            int prunesNow = Math.min(room - joinsNow, prunes.size() - pruned);
            put(new GroupSet(group, joins.subList(joined, joined + joinsNow),
                    prunes.subList(pruned, pruned + prunesNow)));
            joined += joinsNow;
            pruned += prunesNow;
        }
    }

    /// How many entries of one more group fit behind that many bytes.
    private int roomIn(int bytes) {
        return Math.min(MOST_SOURCES, (maximumLength - bytes - PimWriter.GROUP_FIXED) / ENTRY);
    }

    private boolean fits(GroupSet set) {
        return current.size() < MOST_GROUPS && set.size() <= MOST_SOURCES
                && used + PimWriter.length(set) <= maximumLength;
    }

    private void put(GroupSet set) {
        current.add(set);
        used += PimWriter.length(set);
    }

    private void flush() {
        if (!current.isEmpty()) {
            messages.add(current);
            current = new ArrayList<>();
            used = PimWriter.JOIN_PRUNE_FIXED;
        }
    }
}
