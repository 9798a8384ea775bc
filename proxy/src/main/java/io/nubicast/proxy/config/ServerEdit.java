package io.nubicast.proxy.config;

import io.nubicast.forwarding.Match;
import io.nubicast.wire.Address;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Edits `server_cfg.json.txt` as the original's commands do, without their side effects: what is not named keeps its ports,
/// its members and its unknown keys.
public final class ServerEdit {
    private static final Edit EDIT = new Edit(ServerFile.ARRAY,
            List.of("group_ip", "group_port", "server_port", "member_array", "rate_pps", "rate_bps", "ttl"), false);

    private ServerEdit() {}

    /// Adds members that the group has not yet; makes the group when it is not there, with group port 7127. A group of several
    /// entries gets them where any port is taken, or in the first.
    ///
    /// @param serverPort the new port; empty keeps the group's, or is 7126 for a new group
    public static EditResult join(Path file, Address group, List<Address> members, OptionalInt serverPort)
            throws IOException {
        return EDIT.change(file, true, entries -> {
            Json.Obj entry = chosen(entries, group);
            if (entry != null && serverPort.isPresent()) {
                entry.put("server_port", new Json.Num(serverPort.getAsInt()));
            }
            EditResult result = add(entries, entry, group, ServerConfig.DEFAULT_GROUP_PORT,
                    serverPort.orElse(ServerConfig.DEFAULT_SERVER_PORT), members);
            // The original writes the file in any case.
            return result.isDone() ? EditResult.CHANGED : result;
        });
    }

    /// Adds members to the entry of exactly that group and port, which keeps its server port; makes it when it is not there.
    public static EditResult extend(Path file, Address group, int groupPort, int serverPort, List<Address> members)
            throws IOException {
        return EDIT.change(file, true, entries -> {
            Json.Obj entry = null;
            for (Json value : entries.values()) {
                if (entry == null && isOf(value, group) && value instanceof Json.Obj candidate
                        && selects(candidate) == anyPort(groupPort)) {
                    entry = candidate;
                }
            }
            return add(entries, entry, group, groupPort, serverPort, members);
        });
    }

    private static EditResult add(Json.Arr entries, Json.@Nullable Obj present, Address group, int groupPort,
            int serverPort, List<Address> members) {
        if (present == null && groups(entries) >= Limits.GROUPS) {
            return EditResult.refused("there are " + Limits.GROUPS + " groups already: delete one first");
        }
        Json.Obj entry = present != null
                ? present
                : Json.Obj.made()
                        .put("group_ip", new Json.Text(0, 0, group.toString()))
                        .put("group_port", new Json.Num(groupPort))
                        .put("server_port", new Json.Num(serverPort));
        Json value = entry.get("member_array");
        if (value != null && !(value instanceof Json.Arr)) {
            return EditResult.refused("\"member_array\" of group " + group + " at line " + value.line()
                    + " is " + value.kind() + " instead of an array: repair the file first");
        }
        Json.Arr array = value instanceof Json.Arr old ? old : Json.Arr.made();
        Set<String> names = new HashSet<>();
        for (Json member : array.values()) {
            names.add(member instanceof Json.Text text ? text.text() : "");
        }
        boolean changed = present == null || value == null;
        for (Address member : members) {
            if (names.add(member.toString())) {
                array.values().add(new Json.Text(0, 0, member.toString()));
                changed = true;
            }
        }
        if (names.size() > Limits.MEMBERS) {
            return EditResult.refused("group " + group + " would have " + names.size() + " members, and "
                    + Limits.MEMBERS + " are the most: remove some first, or divide them between several hosts");
        }
        entry.put("member_array", array);
        if (present == null) {
            entries.values().add(entry);
        }
        return changed ? EditResult.CHANGED : EditResult.UNCHANGED;
    }

    /// Removes members, as they are written in the file, from every entry of the group.
    public static EditResult quit(Path file, Address group, List<String> members) throws IOException {
        return quit(EDIT, file, group, members);
    }

    static EditResult quit(Edit edit, Path file, Address group, List<String> members) throws IOException {
        Set<String> gone = new HashSet<>(members);
        return edit.change(file, false, entries -> {
            boolean found = false;
            boolean changed = false;
            for (Json value : entries.values()) {
                if (isOf(value, group) && value instanceof Json.Obj entry) {
                    found = true;
                    if (entry.get("member_array") instanceof Json.Arr array) {
                        for (int i = array.values().size() - 1; i >= 0; i--) {
                            if (array.values().get(i) instanceof Json.Text text && gone.contains(text.text())) {
                                array.values().remove(i);
                                changed = true;
                            }
                        }
                    }
                }
            }
            return !found ? EditResult.NO_GROUP : changed ? EditResult.CHANGED : EditResult.UNCHANGED;
        });
    }

    /// Removes every entry of the group.
    public static EditResult delete(Path file, Address group) throws IOException {
        return delete(EDIT, file, group);
    }

    static EditResult delete(Edit edit, Path file, Address group) throws IOException {
        return edit.change(file, false, entries -> {
            boolean found = false;
            for (int i = entries.values().size() - 1; i >= 0; i--) {
                if (isOf(entries.values().get(i), group)) {
                    entries.values().remove(i);
                    found = true;
                }
            }
            return found ? EditResult.CHANGED : EditResult.NO_GROUP;
        });
    }

    /// Removes all groups.
    public static EditResult clear(Path file) throws IOException {
        return EDIT.change(file, false, entries -> {
            entries.values().clear();
            return EditResult.CHANGED;
        });
    }

    /// A group as the file writes it, right or wrong: what the original's -S and -L print.
    public record Written(String group, List<String> members) {}

    /// The entries as they stand; empty when the file is not there, or is no server file.
    public static Optional<List<Written>> written(Path file) {
        Json.Arr entries = EDIT.entries(file, new Faults(file.toString()));
        if (entries == null) {
            return Optional.empty();
        }
        List<Written> result = new ArrayList<>(entries.values().size());
        for (Json value : entries.values()) {
            if (value instanceof Json.Obj entry) {
                List<String> members = new ArrayList<>();
                if (entry.get("member_array") instanceof Json.Arr array) {
                    for (Json member : array.values()) {
                        members.add(
                                member instanceof Json.Text text ? AddressRules.shorten(text.text()) : member.kind());
                    }
                }
                result.add(new Written(AddressRules.shorten(Edit.text(entry, "group_ip")), members));
            }
        }
        return Optional.of(result);
    }

    private static Json.@Nullable Obj chosen(Json.Arr entries, Address group) {
        Json.Obj first = null;
        for (Json value : entries.values()) {
            if (isOf(value, group) && value instanceof Json.Obj entry) {
                if (selects(entry) == Match.ANY_PORT) {
                    return entry;
                }
                first = first == null ? entry : first;
            }
        }
        return first;
    }

    /// The first entry of that group, whatever its port; null when there is none.
    static Json.@Nullable Obj first(Json.Arr entries, Address group) {
        for (Json value : entries.values()) {
            if (isOf(value, group) && value instanceof Json.Obj entry) {
                return entry;
            }
        }
        return null;
    }

    private static int groups(Json.Arr entries) {
        Set<String> names = new HashSet<>();
        for (Json value : entries.values()) {
            if (value instanceof Json.Obj entry) {
                names.add(Edit.text(entry, "group_ip") + ":" + selects(entry));
            }
        }
        return names.size();
    }

    private static int selects(Json.Obj entry) {
        return anyPort(Edit.number(entry, "group_port", Match.ANY_PORT));
    }

    private static int anyPort(int groupPort) {
        return groupPort == ServerConfig.DEFAULT_GROUP_PORT ? Match.ANY_PORT : groupPort;
    }

    private static boolean isOf(Json value, Address group) {
        return value instanceof Json.Obj entry && Edit.text(entry, "group_ip").equals(group.toString());
    }
}
