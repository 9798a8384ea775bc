package io.nubicast.app.router;

import io.nubicast.kernel.socket.GroupMemberships;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.router.igmp.HostMembership;
import io.nubicast.wire.Address;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The router's own memberships (`ip igmp join-group`), held by sockets of its own in the kernel. On the router's thread.
final class HostMemberships implements HostMembership, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HostMemberships.class);

    private final Map<Integer, Integer> indexes;
    private final GroupMemberships memberships = new GroupMemberships();

    /// @param indexes interface id → the kernel's number, as it is now
    HostMemberships(Map<Integer, Integer> indexes) {
        this.indexes = indexes;
    }

    @Override
    public void join(int interfaceId, Address group, Optional<Address> source) {
        Integer index = indexes.get(interfaceId);
        if (index == null) {
            return;
        }
        try {
            memberships.join(index, group.ipv4());
        } catch (SystemCallException e) {
            LOG.warn("cannot join {}: {}", group, e.getMessage());
        }
    }

    @Override
    public void leave(int interfaceId, Address group, Optional<Address> source) {
        Integer index = indexes.get(interfaceId);
        if (index != null) {
            memberships.leave(index, group.ipv4());
        }
    }

    @Override
    public void close() {
        memberships.close();
    }
}
