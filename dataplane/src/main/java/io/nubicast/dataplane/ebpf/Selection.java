package io.nubicast.dataplane.ebpf;

import io.nubicast.dataplane.ebpf.MemberRuns.Run;
import io.nubicast.dataplane.packet.PathTable;
import io.nubicast.forwarding.CompiledRoute;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/// Which members of a route the kernel shall serve, and how: filled for one route after the other. One thread.
final class Selection {
    int[] members = new int[MemberRuns.BLOCK_MEMBERS];
    int count;
    int[] rest = new int[64];
    int restCount;
    int mtu;
    int port;
    private final long[] first = new long[MemberRuns.BLOCK_MEMBERS];
    private final long[] second = new long[MemberRuns.BLOCK_MEMBERS];
    private final long[] third = new long[MemberRuns.BLOCK_MEMBERS];

    /// Takes the members that frames can reach, as long as there is room; they share the first one's port.
    ///
    /// @param places by member: its slot in `paths`
    /// @param limits by the length of a device's queue: the most copies of a run with members behind it, at most
    ///     [MemberRuns#BLOCK_MEMBERS]
    void select(CompiledRoute route, int[] places, PathTable paths, IntUnaryOperator limits) {
        int limit = MemberRuns.BLOCK_MEMBERS;
        count = 0;
        restCount = 0;
        mtu = 0xFFFF;
        port = 0;
        for (int member = 0; member < places.length; member++) {
            int place = places[member];
            long way = paths.way(place);
            int most = way < 0 ? 0 : Math.min(limit, limits.applyAsInt(paths.queueOf(way)));
            if (count >= most || count > 0 && route.port(member) != port) {
                if (restCount == rest.length) {
                    rest = Arrays.copyOf(rest, 2 * restCount);
                }
                rest[restCount++] = member;
                continue;
            }
            limit = most;
            long source = paths.sourceOf(way);
            members[count] = member;
            first[count] = MemberWords.first(PathTable.destinationOf(way), source);
            second[count] = MemberWords.second(source, paths.deviceOf(way));
            third[count] = MemberWords.third(route.address(member), route.ttl(member));
            mtu = Math.min(mtu, paths.mtu(place));
            port = route.port(member);
            count++;
        }
    }

    /// Whether a version has exactly this.
    boolean is(RouteVersion version, MemberRuns runs) {
        if (version.mtu != mtu || version.port != port
                || !Arrays.equals(members, 0, count, version.members, 0, version.members.length)
                || !Arrays.equals(rest, 0, restCount, version.rest, 0, version.rest.length)) {
            return false;
        }
        Run run = version.run;
        for (int at = 0; at < count; at++) {
            if (runs.word(run, at, 0) != first[at] || runs.word(run, at, 1) != second[at]
                    || runs.word(run, at, 2) != third[at]) {
                return false;
            }
        }
        return true;
    }

    /// Whether all members of an earlier version of the same route are in this, just as they were: then it may go on for a while.
    boolean keeps(RouteVersion version, MemberRuns runs) {
        int at = 0;
        for (int old = 0; old < version.members.length; old++) {
            while (at < count && members[at] < version.members[old]) {
                at++;
            }
            if (at == count || members[at] != version.members[old] || runs.word(version.run, old, 0) != first[at]
                    || runs.word(version.run, old, 1) != second[at] || runs.word(version.run, old, 2) != third[at]) {
                return false;
            }
        }
        return true;
    }

    /// Writes the members where programs will see them.
    void write(Run run, MemberRuns runs) {
        for (int at = 0; at < count; at++) {
            runs.write(run, at, first[at], second[at], third[at]);
        }
    }
}
