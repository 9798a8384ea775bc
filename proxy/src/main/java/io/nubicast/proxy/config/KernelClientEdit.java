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
        return EDIT.change(file, true, entries -> {
            Json.Text wanted = new Json.Text(0, 0, group.toString());
            int at = find(entries, server, port);
            if (at >= 0 && entries.values().get(at) instanceof Json.Obj present) {
                if (Edit.text(present, "group_ip").equals(wanted.text())) {
                    return EditResult.refused(KernelCode.EXISTS.text());
                }
                present.put("group_ip", wanted);
                return EditResult.CHANGED;
            }
            if (entries.values().size() >= ENTRIES) {
                return EditResult.refused("error: you can only add " + ENTRIES + " multicast groups");
            }
            entries.values().add(Json.Obj.made().put("server_ip", new Json.Text(0, 0, server.toString()))
                    .put("group_ip", wanted).put("client_port", new Json.Num(port)));
            return EditResult.CHANGED;
        });
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
