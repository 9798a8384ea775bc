package io.nubicast.router.igmp;

import io.nubicast.wire.Address;
import java.util.Optional;

/// What the router itself listens to, as a host: the kernel's memberships. Called on the router's thread; each join is followed by
/// one leave, with the same arguments, unless the device vanishes.
///
/// What the kernel refuses is logged by the implementation. Joins are kept while the interface is there, also while it is down: a
/// kernel keeps memberships across a link flap.
public interface HostMembership {
    /// Joins on that interface: `IP_ADD_MEMBERSHIP`, or `MCAST_JOIN_SOURCE_GROUP` for a source. Also the groups that a router must
    /// hear: 224.0.0.2 and 224.0.0.22, without which Linux drops leaves and version 3 reports (IGMP-040).
    void join(int interfaceId, Address group, Optional<Address> source);

    /// Takes a join back. The device may be gone already.
    void leave(int interfaceId, Address group, Optional<Address> source);
}
