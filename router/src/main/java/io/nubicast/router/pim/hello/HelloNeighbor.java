package io.nubicast.router.pim.hello;

import io.nubicast.engine.Timers;
import io.nubicast.wire.Address;
import io.nubicast.wire.pim.HelloOption;
import io.nubicast.wire.pim.PimMessage;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/// A neighbour: what its last Hello said, and the Neighbor Liveness Timer.
final class HelloNeighbor {
    private static final long SECOND_NS = 1_000_000_000L;
    /// Of a neighbour that tells none: Default_Hello_Holdtime of RFC 7761 section 4.11.
    private static final int DEFAULT_HOLDTIME_SECONDS = 105;

    private final int interfaceId;
    private final Address address;
    private final Timers.Timer liveness;
    private long sinceNs;
    private PimMessage.Hello hello = new PimMessage.Hello(List.of());
    private OptionalLong drPriority = OptionalLong.empty();
    private OptionalInt generationId = OptionalInt.empty();
    private final Set<Address> secondaries = new HashSet<>();

    HelloNeighbor(int interfaceId, Address address, Timers.Timer liveness, long nowNs) {
        this.interfaceId = interfaceId;
        this.address = address;
        this.liveness = liveness;
        this.sinceNs = nowNs;
    }

    static int holdtimeSeconds(PimMessage.Hello hello) {
        return hello.option(HelloOption.Holdtime.class).map(HelloOption.Holdtime::seconds)
                .orElse(DEFAULT_HOLDTIME_SECONDS);
    }

    /// Takes what a Hello says, all but its secondary addresses.
    ///
    /// @return whether the neighbour has started anew since the Hello before
    boolean update(PimMessage.Hello newHello, long nowNs) {
        OptionalInt newGeneration = newHello.option(HelloOption.GenerationId.class)
                .map(option -> OptionalInt.of(option.id())).orElseGet(OptionalInt::empty);
        // one that stops telling a generation id was replaced by something older
        boolean anew = generationId.isPresent() && !generationId.equals(newGeneration);
        hello = newHello;
        generationId = newGeneration;
        drPriority = newHello.option(HelloOption.DrPriority.class)
                .map(option -> OptionalLong.of(option.priority())).orElseGet(OptionalLong::empty);
        if (anew) {
            sinceNs = nowNs;
        }
        int holdtime = holdtimeSeconds(newHello);
        if (holdtime == HelloOption.Holdtime.FOREVER) {
            liveness.stop();
        } else {
            liveness.set(nowNs + holdtime * SECOND_NS);
        }
        return anew;
    }

    Address address() {
        return address;
    }

    OptionalLong drPriority() {
        return drPriority;
    }

    Optional<HelloOption.LanPruneDelay> lanPruneDelay() {
        return hello.option(HelloOption.LanPruneDelay.class);
    }

    /// The addresses that are its own, to be changed by whoever settles conflicts.
    Set<Address> secondaries() {
        return secondaries;
    }

    void stop() {
        liveness.stop();
    }

    PimNeighbor snapshot() {
        return new PimNeighbor(interfaceId, address, secondaries.stream().sorted().toList(), sinceNs, liveness.dueNs(),
                drPriority, generationId, lanPruneDelay(),
                hello.option(HelloOption.StateRefreshCapable.class).isPresent(),
                hello.option(HelloOption.BidirectionalCapable.class).isPresent(),
                hello.option(HelloOption.JoinAttributeCapable.class).isPresent());
    }
}
