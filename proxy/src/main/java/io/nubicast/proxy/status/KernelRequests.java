package io.nubicast.proxy.status;

import io.nubicast.proxy.config.AddressRules;
import io.nubicast.proxy.config.ClientChange;
import io.nubicast.proxy.config.ClientConfig;
import io.nubicast.proxy.config.KernelCode;
import io.nubicast.proxy.config.ServerChange;
import io.nubicast.proxy.config.ServerConfig;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What the kernel module answers over netlink, answered by a daemon of the kernel dialect on its control socket. Each answer is a
/// line of numbers and addresses between blanks, first the code ([KernelCode#number()]), because commands must start at once:
///
///     kernel join GROUP [MEMBER,…]       server: a group, members that it has not yet
///     kernel quit GROUP MEMBER,…
///     kernel delete GROUP
///     kernel show                        0 GROUP…
///     kernel list GROUP                  0 MEMBER…
///     kernel counters [GROUP]            0 PACKETS BYTES NO_GROUP NO_MEMBER ROUTE_FAIL NO_MEMORY
///     kernel add SERVER PORT GROUP       client: an entry; port 0 is any
///     kernel remove SERVER PORT
///     kernel entries                     0 SERVER PORT GROUP…
///     kernel received [SERVER PORT]      0 PACKETS BYTES
///     kernel clear                       both
///
/// A change costs what it changes: no file is read.
public final class KernelRequests {
    static final String WORD = "kernel ";

    /// What these requests need of a daemon of the kernel dialect.
    public interface Running {
        /// By which members and servers are judged, for this host as it is now.
        AddressRules rules();

        /// The groups that are served; empty in a client.
        Optional<ServerConfig> groups();

        /// The entries that are served; empty in a server.
        Optional<ClientConfig> entries();

        /// Serves what the change makes of the groups that are served now, unless it has a code.
        KernelCode changeGroups(Function<ServerConfig, ServerChange> change);

        /// As [#changeGroups(Function)], of a client.
        KernelCode changeEntries(Function<ClientConfig, ClientChange> change);

        /// Of everything since the start.
        KernelCounts kernelCounts();

        /// Of one group since it is served.
        KernelCounts kernelCounts(ServerConfig.Group group);

        /// Of one entry since it is served.
        KernelCounts kernelCounts(ClientConfig.Entry entry);
    }

    private final Running running;

    KernelRequests(Running running) {
        this.running = running;
    }

    /// @param request without [#WORD]
    String answer(String request) {
        String[] words = request.strip().split(" ", -1);
        if (running.entries().isPresent()) {
            return client(words, running.entries().get());
        }
        return server(words, running.groups().orElse(ServerConfig.EMPTY));
    }

    private String server(String[] words, ServerConfig groups) {
        Address group = words.length < 2 ? null : Address.parseIpv4(words[1]).orElse(null);
        List<Address> members = words.length < 3 ? List.of() : addresses(words[2]);
        if (words.length > 1 && group == null || members == null) {
            return code(KernelCode.PARAMETER);
        }
        if (group == null) {
            return switch (words[0]) {
                case "show" -> line(groups.groups().stream().map(ServerConfig.Group::address).distinct().toList());
                case "counters" -> sent(running.kernelCounts());
                case "clear" ->
                    code(running.changeGroups(now -> new ServerChange(KernelCode.OK, ServerConfig.EMPTY)));
                default -> code(KernelCode.PARAMETER);
            };
        }
        ServerConfig.Group served = find(groups, group);
        return switch (words[0]) {
            case "join" -> mayServe(group, members)
                    ? code(running.changeGroups(now -> ServerChange.join(now, group, members)))
                    : code(KernelCode.PARAMETER);
            case "quit" -> code(running.changeGroups(now -> ServerChange.quit(now, group, members)));
            case "delete" -> code(running.changeGroups(now -> ServerChange.delete(now, group)));
            case "list" -> served == null ? code(KernelCode.MISSING) : line(served.members());
            case "counters" -> served == null ? code(KernelCode.MISSING) : sent(running.kernelCounts(served));
            default -> code(KernelCode.PARAMETER);
        };
    }

    private String client(String[] words, ClientConfig entries) {
        Address server = words.length < 3 ? null : Address.parseIpv4(words[1]).orElse(null);
        int port = words.length < 3 ? -1 : port(words[2]);
        Address group = words.length < 4 ? null : Address.parseIpv4(words[3]).orElse(null);
        if (words.length > 1 && (server == null || port < 0) || words.length > 3 && group == null) {
            return code(KernelCode.PARAMETER);
        }
        if (server == null) {
            return switch (words[0]) {
                case "entries" -> entries(entries);
                case "received" -> received(running.kernelCounts());
                case "clear" ->
                    code(running.changeEntries(now -> new ClientChange(KernelCode.OK, ClientConfig.EMPTY)));
                default -> code(KernelCode.PARAMETER);
            };
        }
        ClientConfig.Entry served = find(entries, server, port);
        return switch (words[0]) {
            case "add" -> group != null && mayRestore(server, group)
                    ? code(running.changeEntries(now -> ClientChange.add(now, server, port, group)))
                    : code(KernelCode.PARAMETER);
            case "remove" -> code(running.changeEntries(now -> ClientChange.delete(now, server, port)));
            case "received" -> served == null ? code(KernelCode.MISSING) : received(running.kernelCounts(served));
            default -> code(KernelCode.PARAMETER);
        };
    }

    /// A member that the file would be refused for must not be served either.
    private boolean mayServe(Address group, List<Address> members) {
        AddressRules rules = running.rules();
        return rules.objectionToGroup(group).isEmpty()
                && members.stream().allMatch(member -> rules.objectionToMember(member).isEmpty());
    }

    private boolean mayRestore(Address server, Address group) {
        AddressRules rules = running.rules();
        return rules.objectionToUnicast("server", server).isEmpty() && rules.objectionToGroup(group).isEmpty();
    }

    private static @Nullable List<Address> addresses(String list) {
        List<Address> result = new ArrayList<>();
        for (String text : list.split(",", -1)) {
            Optional<Address> address = Address.parseIpv4(text);
            if (address.isEmpty()) {
                return null;
            }
            result.add(address.get());
        }
        return result;
    }

    private static int port(String text) {
        try {
            int port = Integer.parseInt(text);
            return port <= 65535 ? port : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static ServerConfig.@Nullable Group find(ServerConfig groups, Address wanted) {
        for (ServerConfig.Group group : groups.groups()) {
            if (group.address().equals(wanted)) {
                return group;
            }
        }
        return null;
    }

    private static ClientConfig.@Nullable Entry find(ClientConfig entries, Address server, int port) {
        for (ClientConfig.Entry entry : entries.entries()) {
            if (entry.server().equals(server) && entry.serverPort() == port) {
                return entry;
            }
        }
        return null;
    }

    private static String code(KernelCode code) {
        return Integer.toString(code.number());
    }

    private static String line(List<Address> addresses) {
        StringBuilder line = new StringBuilder("0");
        addresses.forEach(address -> line.append(' ').append(address));
        return line.toString();
    }

    private static String entries(ClientConfig config) {
        StringBuilder line = new StringBuilder("0");
        for (ClientConfig.Entry entry : config.entries()) {
            line.append(' ').append(entry.server()).append(' ').append(entry.serverPort()).append(' ')
                    .append(entry.group());
        }
        return line.toString();
    }

    private static String sent(KernelCounts counts) {
        return "0 " + counts.txPackets() + ' ' + counts.txBytes() + ' ' + counts.noGroup() + ' ' + counts.noMember()
                + ' ' + counts.routeFail() + ' ' + counts.noMemory();
    }

    private static String received(KernelCounts counts) {
        return "0 " + counts.rxPackets() + ' ' + counts.rxBytes();
    }
}
