package io.nubicast.proxy.config;

import io.nubicast.wire.Address;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Edits the server's running file of the kernel dialect. What is refused has the original's words.
public final class KernelServerEdit {
    static final Edit EDIT = new Edit(ServerFile.ARRAY, List.of("group_ip", "member_array"), true);

    private KernelServerEdit() {}

    /// Adds members that the group has not yet, and makes the group when it is not there, also without any member.
    public static EditResult join(Path file, Address group, List<Address> members) throws IOException {
        return EDIT.change(file, true, entries -> {
            Json.Obj entry = ServerEdit.first(entries, group);
            if (entry == null && entries.values().size() >= Limits.GROUPS) {
                return EditResult.refused("error: you can only add " + Limits.GROUPS + " multicast groups");
            }
            boolean fresh = entry == null;
            Json.Obj changed = entry != null
                    ? entry
                    : Json.Obj.made().put("group_ip", new Json.Text(0, 0, group.toString()));
            Json value = changed.get("member_array");
            if (value != null && !(value instanceof Json.Arr)) {
                return EditResult.refused("json format wrong");
            }
            Json.Arr array = value instanceof Json.Arr old ? old : Json.Arr.made();
            Set<String> names = new HashSet<>();
            array.values().forEach(member -> names.add(member instanceof Json.Text text ? text.text() : ""));
            int before = array.values().size();
            for (Address member : members) {
                if (names.add(member.toString())) {
                    array.values().add(new Json.Text(0, 0, member.toString()));
                }
            }
            if (array.values().size() > Limits.MEMBERS) {
                return EditResult.refused("error: you can only add " + Limits.MEMBERS + " multicast member");
            }
            changed.put("member_array", array);
            if (fresh) {
                entries.values().add(changed);
            }
            return fresh || value == null || array.values().size() > before
                    ? EditResult.CHANGED
                    : EditResult.UNCHANGED;
        });
    }

    /// A file with nothing but this group.
    public static String text(Address group, List<Address> members) {
        Json.Arr array = Json.Arr.made();
        members.forEach(member -> array.values().add(new Json.Text(0, 0, member.toString())));
        Json.Arr groups = Json.Arr.made();
        groups.values().add(Json.Obj.made().put("group_ip", new Json.Text(0, 0, group.toString()))
                .put("member_array", array));
        return EDIT.text(Json.Obj.made().put(ServerFile.ARRAY, groups));
    }

    /// Removes members from the group.
    public static EditResult quit(Path file, Address group, List<Address> members) throws IOException {
        return ServerEdit.quit(EDIT, file, group, members.stream().map(Address::toString).toList());
    }

    /// Removes the group.
    public static EditResult delete(Path file, Address group) throws IOException {
        return ServerEdit.delete(EDIT, file, group);
    }

    /// Removes all groups, and their key.
    public static EditResult clear(Path file) throws IOException {
        return EDIT.drop(file);
    }
}
