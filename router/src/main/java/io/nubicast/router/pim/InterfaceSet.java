package io.nubicast.router.pim;

import io.nubicast.forwarding.routing.RoutingPort;
import java.util.BitSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntConsumer;

/// A set of interfaces, by their ids, and perhaps the register tunnel ([RoutingPort#REGISTER]): what the macros of RFC 7761 section
/// 4.1.6 are sums and differences of.
final class InterfaceSet {
    private final BitSet bits = new BitSet();

    void add(int interfaceId) {
        bits.set(interfaceId - RoutingPort.REGISTER);
    }

    void remove(int interfaceId) {
        if (interfaceId >= RoutingPort.REGISTER) {
            bits.clear(interfaceId - RoutingPort.REGISTER);
        }
    }

    boolean contains(int interfaceId) {
        return interfaceId >= RoutingPort.REGISTER && bits.get(interfaceId - RoutingPort.REGISTER);
    }

    boolean isEmpty() {
        return bits.isEmpty();
    }

    /// `(+)` of the RFC; this set is changed.
    InterfaceSet plus(InterfaceSet other) {
        bits.or(other.bits);
        return this;
    }

    /// `(-)` of the RFC; this set is changed.
    InterfaceSet minus(InterfaceSet other) {
        bits.andNot(other.bits);
        return this;
    }

    void forEach(IntConsumer action) {
        bits.stream().forEach(bit -> action.accept(bit + RoutingPort.REGISTER));
    }

    Set<Integer> ids() {
        Set<Integer> ids = new TreeSet<>();
        forEach(ids::add);
        return ids;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof InterfaceSet set && bits.equals(set.bits);
    }

    @Override
    public int hashCode() {
        return bits.hashCode();
    }

    @Override
    public String toString() {
        return ids().toString();
    }
}
