package io.nubicast.proxy.config;

import io.nubicast.forwarding.Rewrite;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.List;

/// One change of the entries that a client of the kernel dialect serves, as the kernel module takes them.
///
/// @param code why there is no change
/// @param config that shall be served now
public record ClientChange(KernelCode code, ClientConfig config) {
    /// Adds an entry; the same server and port then get that group.
    public static ClientChange add(ClientConfig config, Address server, int port, Address group) {
        ClientConfig.Entry wanted = new ClientConfig.Entry(server, port, group, Rewrite.KEEP_PORT);
        List<ClientConfig.Entry> entries = new ArrayList<>(config.entries());
        int at = place(config, server, port);
        if (at >= 0 && entries.get(at).group().equals(group)) {
            return new ClientChange(KernelCode.EXISTS, config);
        }
        if (at < 0 && entries.size() >= KernelClientEdit.ENTRIES) {
            return new ClientChange(KernelCode.FULL, config);
        }
        if (at < 0) {
            entries.add(wanted);
        } else {
            entries.set(at, wanted);
        }
        return new ClientChange(KernelCode.OK, new ClientConfig(entries));
    }

    /// Takes an entry away.
    public static ClientChange delete(ClientConfig config, Address server, int port) {
        int at = place(config, server, port);
        if (at < 0) {
            return new ClientChange(KernelCode.MISSING, config);
        }
        List<ClientConfig.Entry> entries = new ArrayList<>(config.entries());
        entries.remove(at);
        return new ClientChange(KernelCode.OK, new ClientConfig(entries));
    }

    private static int place(ClientConfig config, Address server, int port) {
        for (int at = 0; at < config.entries().size(); at++) {
            ClientConfig.Entry entry = config.entries().get(at);
            if (entry.server().equals(server) && entry.serverPort() == port) {
                return at;
            }
        }
        return -1;
    }
}
