package io.nubicast.proxy.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads a server's file again and again, as a daemon does, and gives exactly what [ServerFile] gives. A file of a million members
/// takes half a second to parse, so what stands before and behind a change is taken over from the reading before, entry by entry:
/// adding a member then costs little more than reading the bytes.
///
/// Only a reading without any fault is built upon, of a file in plain ASCII, and only when the changed entries have no fault either;
/// all else is parsed as a whole. Any thread.
public final class ServerFileReader {
    private static final int BLOCK = 1024;

    private @Nullable Known known;
    private int shortcuts;

    /// The last reading without a fault.
    private static final class Known {
        final byte[] text;
        final AddressRules rules;
        final ServerConfig config;
        /// Just behind the bracket that opens the array of groups.
        final int arrayStart;
        /// At the bracket that closes it.
        final int arrayEnd;
        /// Where each group's entry begins.
        final int[] starts;
        /// Just behind each entry.
        final int[] ends;

        Known(byte[] text, AddressRules rules, ServerConfig config, int arrayStart, int arrayEnd, int[] starts,
                int[] ends) {
            this.text = text;
            this.rules = rules;
            this.config = config;
            this.arrayStart = arrayStart;
            this.arrayEnd = arrayEnd;
            this.starts = starts;
            this.ends = ends;
        }

        int size() {
            return starts.length;
        }
    }

    /// As [ServerFile#read(Path, AddressRules)].
    public synchronized Reading<ServerConfig> read(Path file, AddressRules rules) {
        Faults faults = new Faults(file.toString());
        byte[] text = JsonText.bytes(file, faults);
        return text == null
                ? Reading.of(file.toString(), ServerConfig.EMPTY, faults)
                : parse(file.toString(), text, rules);
    }

    /// As [ServerFile#parse(String, byte[], AddressRules)].
    ///
    /// @param text not changed any more
    synchronized Reading<ServerConfig> parse(String name, byte[] text, AddressRules rules) {
        Known before = known;
        Known now = before != null && before.rules.equals(rules) ? changed(before, text) : null;
        if (now != null) {
            shortcuts++;
            known = now;
            return Reading.of(name, now.config, new Faults(name));
        }
        return whole(name, text, rules);
    }

    /// How often a reading was built upon the one before.
    synchronized int shortcuts() {
        return shortcuts;
    }

    private Reading<ServerConfig> whole(String name, byte[] text, AddressRules rules) {
        Faults faults = new Faults(name);
        Json root = JsonText.parse(text, faults);
        Reading<ServerConfig> reading = Reading.of(name, ServerFile.of(root, faults, rules), faults);
        // After a reading with a fault the one before it is still good to build upon: faults are mended.
        if (reading.faults().isEmpty() && reading.config().isPresent() && root instanceof Json.Obj object
                && object.get(ServerFile.ARRAY) instanceof Json.Arr array) {
            known = isPlain(text, 0, text.length) ? known(text, rules, reading.config().get(), array) : null;
        }
        return reading;
    }

    private static @Nullable Known known(byte[] text, AddressRules rules, ServerConfig config, Json.Arr array) {
        int[] starts = new int[array.values().size()];
        int[] ends = new int[starts.length];
        for (int at = 0; at < starts.length; at++) {
            Json.Obj entry = (Json.Obj) array.values().get(at);
            starts[at] = entry.start();
            ends[at] = entry.end();
            if (!countsLines(entry, text, entry.start(), entry.end())) {
                return null;
            }
        }
        return new Known(text, rules, config, array.start() + 1, array.end() - 1, starts, ends);
    }

    /// One byte a character, and lines that end in one way.
    private static boolean isPlain(byte[] text, int from, int to) {
        boolean plain = true;
        for (int at = from; at < to; at++) {
            plain &= text[at] > 0 && text[at] != '\r';
        }
        return plain;
    }

    /// False where a string holds a line break, which counts for no line.
    private static boolean countsLines(Json.Obj entry, byte[] text, int from, int to) {
        return entry.lastLine() - entry.line() == newlines(text, from, to);
    }

    /// The reading of `text`, of which all but some entries is known; null when it has to be parsed as a whole.
    private static @Nullable Known changed(Known before, byte[] text) {
        int same = Arrays.mismatch(before.text, text);
        if (same < 0) {
            return before;
        }
        int shift = text.length - before.text.length;
        int oldTail = before.text.length - sameAtTheEnd(before.text, text, same);
        if (same < before.arrayStart || oldTail > before.arrayEnd) {
            return null;
        }
        int first = 0;
        while (first < before.size() && before.ends[first] <= same) {
            first++;
        }
        int behind = before.size();
        while (behind > first && before.starts[behind - 1] >= oldTail) {
            behind--;
        }
        int from = first == 0 ? before.arrayStart : before.ends[first - 1];
        int oldTo = behind == before.size() ? before.arrayEnd : before.starts[behind];
        if (oldTo + shift < from || !isPlain(text, from, oldTo + shift)) {
            return null;
        }
        List<Json> middle = entries(text, from, oldTo + shift, first > 0, behind < before.size());
        return middle == null ? null : joined(before, text, first, behind, middle, from);
    }

    private static int sameAtTheEnd(byte[] before, byte[] now, int sameAtTheStart) {
        int most = Math.min(before.length, now.length) - sameAtTheStart;
        int same = 0;
        // Whole blocks first: those are compared many bytes at a time.
        while (same + BLOCK <= most && Arrays.equals(before, before.length - same - BLOCK, before.length - same, now,
                now.length - same - BLOCK, now.length - same)) {
            same += BLOCK;
        }
        while (same < most && before[before.length - 1 - same] == now[now.length - 1 - same]) {
            same++;
        }
        return same;
    }

    /// What stands between two entries, commas included, as an array; null when it is not whole entries and nothing else. An empty
    /// object stands for either neighbour.
    private static @Nullable List<Json> entries(byte[] text, int from, int to, boolean neighbourBefore,
            boolean neighbourBehind) {
        String wrapped =
                (neighbourBefore ? "[{}" : "[  ") + new String(text, from, to - from, StandardCharsets.US_ASCII)
                        + (neighbourBehind ? "{}]" : "]");
        Faults faults = new Faults("");
        Json root = JsonText.parse(wrapped.getBytes(StandardCharsets.US_ASCII), faults);
        if (!faults.inOrder().isEmpty() || !(root instanceof Json.Arr array)) {
            return null;
        }
        int values = array.values().size();
        return array.values().subList(neighbourBefore ? 1 : 0, neighbourBehind ? values - 1 : values);
    }

    private static @Nullable Known joined(Known before, byte[] text, int first, int behind, List<Json> middle,
            int from) {
        Faults faults = new Faults("");
        List<ServerConfig.Group> changed = ServerFile.groups(middle, faults, before.rules);
        int added = middle.size();
        int size = first + added + before.size() - behind;
        if (!faults.inOrder().isEmpty() || changed.size() != added || size > Limits.GROUPS) {
            return null;
        }
        List<ServerConfig.Group> old = before.config.groups();
        List<ServerConfig.Group> groups = new ArrayList<>(size);
        int[] starts = Arrays.copyOf(before.starts, size);
        int[] ends = Arrays.copyOf(before.ends, size);
        groups.addAll(old.subList(0, first));
        int line = first == 0
                ? 1 + newlines(text, 0, from)
                : old.get(first - 1).line() + newlines(text, before.starts[first - 1], from);
        for (int at = 0; at < added; at++) {
            Json.Obj entry = (Json.Obj) middle.get(at);
            // Behind the three characters for its neighbour, or in place of one.
            starts[first + at] = from + entry.start() - 3;
            ends[first + at] = from + entry.end() - 3;
            if (!countsLines(entry, text, starts[first + at], ends[first + at])) {
                return null;
            }
            groups.add(atLine(changed.get(at), line + entry.line() - 1));
        }
        int shift = text.length - before.text.length;
        for (int at = behind; at < before.size(); at++) {
            int to = first + added + at - behind;
            starts[to] = before.starts[at] + shift;
            ends[to] = before.ends[at] + shift;
        }
        if (behind < before.size()) {
            int lines = line + newlines(text, from, starts[first + added]) - old.get(behind).line();
            for (ServerConfig.Group group : old.subList(behind, old.size())) {
                groups.add(atLine(group, group.line() + lines));
            }
        }
        return eachOnce(groups)
                ? new Known(text, before.rules, new ServerConfig(groups), before.arrayStart, before.arrayEnd + shift,
                        starts, ends)
                : null;
    }

    private static boolean eachOnce(List<ServerConfig.Group> groups) {
        Set<String> names = new HashSet<>();
        return groups.stream().allMatch(group -> names.add(group.name()));
    }

    private static int newlines(byte[] text, int from, int to) {
        int count = 0;
        for (int at = from; at < to; at++) {
            count += text[at] == '\n' ? 1 : 0;
        }
        return count;
    }

    private static ServerConfig.Group atLine(ServerConfig.Group group, int line) {
        return line == group.line()
                ? group
                : new ServerConfig.Group(group.address(), group.groupPort(), group.serverPort(), group.members(),
                        group.limit(), group.ttl(), line);
    }
}
