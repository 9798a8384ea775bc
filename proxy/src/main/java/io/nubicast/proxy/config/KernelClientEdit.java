package io.nubicast.proxy.config;

import io.nubicast.wire.Address;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Edits the client's running file of the kernel dialect. What is refused has the original's words.
public final class KernelClientEdit {
    /// Entries that the commands write, as the original's table holds them.
    public static final int ENTRIES = 1024;
    static final Edit EDIT = new Edit(ClientFile.ARRAY, List.of("server_ip", "group_ip", "client_port"), true);

    private KernelClientEdit() {}

    /// Adds an entry; the same server and port then get that group.
    ///
    /// @param port 1..65535, or 0 for any port of that server
    public static EditResult add(Path file, Address server, int port, Address group) throws IOException {
        return EDIT.change(file, true, entries -> put(entries, server, port, group)
                ? checked(entries)
                : EditResult.refused(KernelCode.EXISTS.text()));
    }

    /// Adds an entry of that port and group for each server, all or none; what is there already stays.
    public static EditResult addAll(Path file, List<Address> servers, int port, Address group) throws IOException {
        return EDIT.change(file, true, entries -> {
            boolean changed = false;
            for (Address server : servers) {
                changed |= put(entries, server, port, group);
            }
            return changed ? checked(entries) : EditResult.UNCHANGED;
        });
    }

    /// A file with nothing but these entries.
    public static String text(List<Address> servers, int port, Address group) {
        Json.Arr entries = Json.Arr.made();
        servers.forEach(server -> put(entries, server, port, group));
        return EDIT.text(Json.Obj.made().put(ClientFile.ARRAY, entries));
    }

    /// Whether that was a change.
    private static boolean put(Json.Arr entries, Address server, int port, Address group) {
        Json.Text wanted = new Json.Text(0, 0, group.toString());
        int at = find(entries, server, port);
        if (at >= 0 && entries.values().get(at) instanceof Json.Obj present) {
            boolean same = Edit.text(present, "group_ip").equals(wanted.text());
            present.put("group_ip", wanted);
            return !same;
        }
        entries.values().add(Json.Obj.made().put("server_ip", new Json.Text(0, 0, server.toString()))
                .put("group_ip", wanted).put("client_port", new Json.Num(port)));
        return true;
    }

    private static EditResult checked(Json.Arr entries) {
        return entries.values().size() > ENTRIES
                ? EditResult.refused("error: you can only add " + ENTRIES + " multicast groups")
                : EditResult.CHANGED;
    }

    /// Removes the entry.
    public static EditResult delete(Path file, Address server, int port) throws IOException {
        return EDIT.change(file, true, entries -> {
            int at = find(entries, server, port);
            if (at < 0) {
                return EditResult.NO_GROUP;
            }
            entries.values().remove(at);
            return EditResult.CHANGED;
        });
    }

    /// Removes all entries, and their key.
    public static EditResult clear(Path file) throws IOException {
        return EDIT.drop(file);
    }

    private static int find(Json.Arr entries, Address server, int port) {
        for (int at = 0; at < entries.values().size(); at++) {
            if (entries.values().get(at) instanceof Json.Obj entry
                    && Edit.text(entry, "server_ip").equals(server.toString())
                    && Edit.number(entry, "client_port", 0) == port) {
                return at;
            }
        }
        return -1;
    }
}
