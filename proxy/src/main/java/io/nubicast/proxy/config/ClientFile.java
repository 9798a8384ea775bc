package io.nubicast.proxy.config;

import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.Rewrite;
import io.nubicast.wire.Address;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads `client_cfg.json.txt` (PRX-001, PRX-021), the user-space tool's keys and the kernel module's:
///
///     {"multi_server_info_array":[{"server_ip":"10.0.0.1","server_port":7126,"group_port":7127,"group_ip":"239.1.1.1"},
///                                 {"server_ip":"10.0.0.9","group_ip":"239.1.1.2","client_port":"5000"}]}
///
/// `server_port` is where the copies arrive, `group_port` what they become; absent, they are 7126 and 7127. With `client_port`
/// the port is kept. Port 0 is any port of that server, kept.
public final class ClientFile {
    /// The root's one key.
    public static final String ARRAY = "multi_server_info_array";

    private final Check check;
    private final Map<Key, ClientConfig.Entry> byKey = new HashMap<>();
    private final List<ClientConfig.Entry> entries = new ArrayList<>();
    private boolean tooMany;

    private record Key(Address server, int serverPort) {}

    private ClientFile(Check check) {
        this.check = check;
    }

    /// Reads a file; a file that cannot be read is a fault like any other.
    public static Reading<ClientConfig> read(Path file, AddressRules rules) {
        Faults faults = new Faults(file.toString());
        return reading(file.toString(), JsonText.read(file, faults), faults, rules);
    }

    /// As [#read(Path, AddressRules)], from the file's bytes; `name` stands in the messages.
    public static Reading<ClientConfig> parse(String name, byte[] bytes, AddressRules rules) {
        Faults faults = new Faults(name);
        return reading(name, JsonText.parse(bytes, faults), faults, rules);
    }

    private static Reading<ClientConfig> reading(String name, @Nullable Json root, Faults faults, AddressRules rules) {
        return Reading.of(name, of(root, faults, rules), faults);
    }

    static ClientConfig of(@Nullable Json root, Faults faults, AddressRules rules) {
        return new ClientFile(new Check(faults, rules)).config(root);
    }

    private ClientConfig config(@Nullable Json root) {
        Json.Arr array = check.rootArray(root, ARRAY, ServerFile.ARRAY, "server");
        if (array == null) {
            return ClientConfig.EMPTY;
        }
        for (Json value : array.values()) {
            if (value instanceof Json.Obj entry) {
                entry(entry);
            } else {
                check.faults.error(value, "an entry of \"" + ARRAY + "\" is " + value.kind() + " instead of an object",
                        "write {\"server_ip\":…,\"server_port\":…,\"group_port\":…,\"group_ip\":…}");
            }
        }
        check.warnOfPublic("server");
        return new ClientConfig(entries);
    }

    private void entry(Json.Obj entry) {
        Address server = server(entry);
        Address group = check.group(entry);
        int serverPort;
        int groupPort;
        if (entry.get("client_port") != null) {
            serverPort = check.port(entry, "client_port", 0);
            groupPort = check.port(entry, "group_port", Rewrite.KEEP_PORT);
            int other = check.port(entry, "server_port", serverPort);
            if (other != Check.BAD && serverPort != Check.BAD && other != serverPort) {
                check.faults.error(entry, "\"client_port\" " + serverPort + " and \"server_port\" " + other
                        + " both say where copies arrive", "keep one of them");
            }
        } else {
            serverPort = check.port(entry, "server_port", ServerConfig.DEFAULT_SERVER_PORT);
            groupPort = check.port(entry, "group_port",
                    serverPort == Match.ANY_PORT ? Rewrite.KEEP_PORT : ServerConfig.DEFAULT_GROUP_PORT);
        }
        if (serverPort == Match.ANY_PORT && groupPort > 0) {
            if (groupPort != ServerConfig.DEFAULT_GROUP_PORT) {
                check.faults.warning(entry, "\"group_port\" " + groupPort
                        + " is not used: any port of the server is taken, and kept", "name a server_port other than 0");
            }
            groupPort = Rewrite.KEEP_PORT;
        }
        if (server != null && group != null && serverPort != Check.BAD && groupPort != Check.BAD) {
            add(entry, new ClientConfig.Entry(server, serverPort, group, groupPort, entry.line()));
        }
    }

    private @Nullable Address server(Json.Obj entry) {
        Address server = check.address(entry, "server_ip", "server");
        Json value = entry.get("server_ip");
        if (server == null || value == null) {
            return null;
        }
        AddressRules.Objection objection = check.rules.objectionToUnicast("server", server).orElse(null);
        if (objection != null) {
            check.object(value, objection);
            return null;
        }
        if (check.rules.own().isOwn(server)) {
            check.faults.warning(value, "server " + server + " is an address of this host: it sends itself no copies",
                    "take the entry away");
        }
        check.notePublic(value, server);
        return server;
    }

    private void add(Json.Obj at, ClientConfig.Entry entry) {
        Key key = new Key(entry.server(), entry.serverPort());
        ClientConfig.Entry first = byKey.get(key);
        if (first == null) {
            if (entries.size() == Limits.CLIENT_ENTRIES) {
                if (!tooMany) {
                    check.faults.error(at, "more than " + Limits.CLIENT_ENTRIES + " entries",
                            "divide them between several hosts");
                    tooMany = true;
                }
                return;
            }
            byKey.put(key, entry);
            entries.add(entry);
        } else if (first.sameAs(entry)) {
            check.faults.warning(at, "server " + entry.name() + " stands twice (first at line " + first.line() + ")",
                    "keep one");
        } else {
            check.faults.error(at,
                    "server " + entry.name() + " has become " + target(first) + " at line " + first.line()
                            + " already, and cannot become " + target(entry) + " too",
                    "let the server send each group to a port of its own");
        }
    }

    private static String target(ClientConfig.Entry entry) {
        return entry.group() + (entry.groupPort() == Rewrite.KEEP_PORT ? "" : ":" + entry.groupPort());
    }
}
