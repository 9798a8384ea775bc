package io.nubicast.proxy.config;

import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.Rewrite;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// One change of the groups that a server of the kernel dialect serves, as the kernel module takes them: at once, and nothing
/// else is touched.
///
/// @param code why there is no change; [KernelCode#OK] also where there was nothing to change
/// @param config that shall be served now
public record ServerChange(KernelCode code, ServerConfig config) {
    /// Adds members that the group has not yet, and makes the group when it is not there.
    public static ServerChange join(ServerConfig config, Address group, List<Address> members) {
        int at = place(config, group);
        if (at < 0 && config.groups().size() >= Limits.GROUPS) {
            return new ServerChange(KernelCode.EXHAUSTED, config);
        }
        Set<Address> all = new LinkedHashSet<>(at < 0 ? List.of() : config.groups().get(at).members());
        all.addAll(members);
        return all.size() > Limits.MEMBERS
                ? new ServerChange(KernelCode.PARAMETER, config)
                : with(config, at, group, List.copyOf(all));
    }

    /// Takes members away; the group stays, also when it has none.
    public static ServerChange quit(ServerConfig config, Address group, List<Address> members) {
        int at = place(config, group);
        if (at < 0) {
            return new ServerChange(KernelCode.MISSING, config);
        }
        Set<Address> left = new LinkedHashSet<>(config.groups().get(at).members());
        members.forEach(left::remove);
        return with(config, at, group, List.copyOf(left));
    }

    /// Takes a group away, if it is there.
    public static ServerChange delete(ServerConfig config, Address group) {
        List<ServerConfig.Group> left = new ArrayList<>(config.groups());
        left.removeIf(present -> present.address().equals(group));
        return new ServerChange(KernelCode.OK, new ServerConfig(left));
    }

    private static ServerChange with(ServerConfig config, int at, Address group, List<Address> members) {
        List<ServerConfig.Group> groups = new ArrayList<>(config.groups());
        if (at < 0) {
            groups.add(new ServerConfig.Group(group, Match.ANY_PORT, Rewrite.KEEP_PORT, members));
        } else {
            groups.set(at, groups.get(at).with(members));
        }
        return new ServerChange(KernelCode.OK, new ServerConfig(groups));
    }

    private static int place(ServerConfig config, Address group) {
        for (int at = 0; at < config.groups().size(); at++) {
            if (config.groups().get(at).address().equals(group)) {
                return at;
            }
        }
        return -1;
    }
}
