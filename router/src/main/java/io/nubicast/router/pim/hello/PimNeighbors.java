package io.nubicast.router.pim.hello;

import io.nubicast.wire.Address;
import java.util.List;
import java.util.Optional;

/// What the trees ask about the links. On the router's thread. Of an interface on which PIM does not run, or that is down, there are
/// no neighbours and there is no designated router.
public interface PimNeighbors {
    /// Whether that is the primary address of a neighbour there: whom to hear (PIM-005).
    boolean isNeighbor(int interfaceId, Address address);

    /// The neighbour that has that address, its primary or another one: `NBR(I,A)`, to turn a next hop into whom a Join names
    /// (PIM-027).
    Optional<PimNeighbor> neighborOf(int interfaceId, Address address);

    /// All there, by address.
    List<PimNeighbor> neighbors(int interfaceId);

    /// How many there are.
    int count(int interfaceId);

    /// Whether PIM runs there and the interface is up: `pim_enabled` and able to speak.
    boolean isUp(int interfaceId);

    /// Whether this router is the designated one there: `I_am_DR(I)`.
    boolean isDesignatedRouter(int interfaceId);

    /// The designated router: `DR(I)`; one of the neighbours or our own primary address.
    Optional<Address> designatedRouter(int interfaceId);

    /// `Effective_Propagation_Delay(I)` (section 4.3.3).
    long effectivePropagationDelayNs(int interfaceId);

    /// `Effective_Override_Interval(I)`.
    long effectiveOverrideIntervalNs(int interfaceId);

    /// `J/P_Override_Interval(I)`, their sum; 0 with at most one neighbour, since nobody could override (PIM-042).
    default long joinPruneOverrideIntervalNs(int interfaceId) {
        return count(interfaceId) <= 1
                ? 0
                : effectivePropagationDelayNs(interfaceId) + effectiveOverrideIntervalNs(interfaceId);
    }

    /// `Suppression_Enabled(I)`: whether a Join of somebody else suppresses ours.
    boolean suppressionEnabled(int interfaceId);

    /// To be called before any other PIM message leaves there: sends the Hello that somebody there has not had yet (PIM-021).
    void helloBefore(int interfaceId, long nowNs);

    /// Is told of changes, when [PimNeighbors] answers the new state already. With a change of several kinds, neighbours come before
    /// the designated router.
    interface Listener {
        /// There is a new neighbour. Our Hello follows within 5 s, or with [PimNeighbors#helloBefore(int, long)].
        void neighborUp(PimNeighbor neighbor, long nowNs);

        /// It expired, said goodbye, or PIM stopped there.
        void neighborDown(PimNeighbor neighbor, long nowNs);

        /// It started anew, and knows nothing of what it was told (PIM-022).
        ///
        /// @param neighbor as it is now
        void generationIdChanged(PimNeighbor neighbor, long nowNs);

        /// Its other addresses are not what they were, so that next hops may belong to another neighbour.
        void addressesChanged(PimNeighbor neighbor, long nowNs);

        /// The designated router is another one, or there is none any more.
        void designatedRouterChanged(int interfaceId, long nowNs);
    }
}
