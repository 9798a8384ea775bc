package io.nubicast.proxy.config;

import io.nubicast.wire.Address;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Edits `client_cfg.json.txt` as the original's commands do, without their side effects.
public final class ClientEdit {
    private static final Edit EDIT = new Edit(ClientFile.ARRAY,
            List.of("server_ip", "server_port", "group_port", "group_ip", "client_port"), false);

    private ClientEdit() {}

    /// Adds an entry; one that is there already changes nothing. The same server and port for another group is refused
    /// (PRX-021).
    public static EditResult add(Path file, Address server, int serverPort, int groupPort, Address group)
            throws IOException {
        return addAll(file, List.of(new ClientConfig.Entry(server, serverPort, group, groupPort)));
    }

    /// Adds all of these, or none.
    public static EditResult addAll(Path file, List<ClientConfig.Entry> added) throws IOException {
        return EDIT.change(file, true, entries -> {
            Map<String, Json.Obj> present = new HashMap<>();
            for (Json value : entries.values()) {
                if (value instanceof Json.Obj entry) {
                    present.put(Edit.text(entry, "server_ip") + ":" + serverPort(entry), entry);
                }
            }
            EditResult result = EditResult.UNCHANGED;
            for (ClientConfig.Entry wanted : added) {
                Json.Obj same = present.get(wanted.server() + ":" + wanted.serverPort());
                if (same == null) {
                    Json.Obj entry = Json.Obj.made()
                            .put("server_ip", new Json.Text(0, 0, wanted.server().toString()))
                            .put("server_port", new Json.Num(wanted.serverPort()))
                            .put("group_port", new Json.Num(wanted.groupPort()))
                            .put("group_ip", new Json.Text(0, 0, wanted.group().toString()));
                    present.put(wanted.server() + ":" + wanted.serverPort(), entry);
                    entries.values().add(entry);
                    result = EditResult.CHANGED;
                } else if (!Edit.text(same, "group_ip").equals(wanted.group().toString())
                        || groupPort(same) != wanted.groupPort()) {
                    return conflict(wanted, same);
                }
            }
            return entries.values().size() > Limits.CLIENT_ENTRIES
                    ? EditResult.refused("more than " + Limits.CLIENT_ENTRIES + " entries: delete some first")
                    : result;
        });
    }

    private static EditResult conflict(ClientConfig.Entry wanted, Json.Obj present) {
        int port = groupPort(present);
        return EditResult.refused("copies from " + wanted.server() + " on port " + wanted.serverPort() + " become "
                + AddressRules.shorten(Edit.text(present, "group_ip")) + ":" + port
                + " already: remove that first (-D -i " + wanted.server() + " -g " + port
                + "), or let the server send this group to another port");
    }

    /// Removes every entry of that server and group port.
    public static EditResult delete(Path file, Address server, int groupPort) throws IOException {
        return EDIT.change(file, false, entries -> {
            boolean found = false;
            for (int i = entries.values().size() - 1; i >= 0; i--) {
                if (entries.values().get(i) instanceof Json.Obj entry
                        && Edit.text(entry, "server_ip").equals(server.toString()) && groupPort(entry) == groupPort) {
                    entries.values().remove(i);
                    found = true;
                }
            }
            return found ? EditResult.CHANGED : EditResult.NO_GROUP;
        });
    }

    /// Removes all entries.
    public static EditResult clear(Path file) throws IOException {
        return EDIT.change(file, false, entries -> {
            entries.values().clear();
            return EditResult.CHANGED;
        });
    }

    /// An entry as the file writes it, right or wrong: what the original's -L prints.
    public record Written(String server, int groupPort, String group) {}

    /// The entries as they stand; empty when the file is not there, or is no client file.
    public static Optional<List<Written>> written(Path file) {
        Json.Arr entries = EDIT.entries(file, new Faults(file.toString()));
        if (entries == null) {
            return Optional.empty();
        }
        List<Written> result = new ArrayList<>(entries.values().size());
        for (Json value : entries.values()) {
            if (value instanceof Json.Obj entry) {
                result.add(new Written(AddressRules.shorten(Edit.text(entry, "server_ip")), groupPort(entry),
                        AddressRules.shorten(Edit.text(entry, "group_ip"))));
            }
        }
        return Optional.of(result);
    }

    private static int serverPort(Json.Obj entry) {
        int kernel = Edit.number(entry, "client_port", -1);
        return kernel >= 0 ? kernel : Edit.number(entry, "server_port", ServerConfig.DEFAULT_SERVER_PORT);
    }

    private static int groupPort(Json.Obj entry) {
        int kernel = Edit.number(entry, "client_port", ServerConfig.DEFAULT_GROUP_PORT);
        return Edit.number(entry, "group_port", kernel);
    }
}
