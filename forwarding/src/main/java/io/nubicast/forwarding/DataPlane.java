package io.nubicast.forwarding;

import io.nubicast.wire.Address;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What forwards: compiles a [RouteTable] and serves it until closed. `apply`, `close` and the readers may be called from any
/// thread; packets are handled on the plane's own threads.
///
/// Life: construct (opens what it needs, throws [PlaneUnavailable] with the reason) → `apply` as often as wanted → `close`.
public interface DataPlane extends AutoCloseable {
    /// As in `--data-plane`: `socket`, `portable`.
    String name();

    /// What it can do here, with the privileges it has.
    Set<Capability> capabilities();

    /// What people should know about the way it works on this machine, as a clause of the one line that names the plane.
    default Optional<String> remark() {
        return Optional.empty();
    }

    /// Whether it would serve this route. No side effect.
    Verdict judge(Route route);

    /// Swaps the table as a whole. On return new datagrams are handled by the new table within 100 ms; nothing is lost for
    /// replications that are in both. Routes that [#judge(Route)] refuses are left out.
    void apply(RouteTable table);

    /// Brings the counters up to date, where this plane takes them over from elsewhere only now and then. Waits for a moment at most.
    /// Any thread.
    default void count() {}

    /// Datagrams dropped before a route was found, by reason.
    DropCounters drops();

    /// Datagrams dropped as [io.nubicast.wire.DropReason#UNKNOWN_SERVER], by their source (PRX-040). Bounded: what has no place is
    /// counted together under [Address#ANY_IPV4]. Empty for a plane that serves no client.
    default Map<Address, Long> rejectedSources() {
        return Map.of();
    }

    /// Who carries the copies of a match to one of its ports.
    ///
    /// @param plane its name, as in [#name()]; another plane's where this one left them to it
    /// @param why one clause for people; empty where there is nothing to explain
    record Carrier(String plane, String why) {}

    /// Which plane carries that member's copies now, and why: this one itself, unless it left them to another. Any thread.
    default Carrier carrier(Match match, OutputPort port) {
        return new Carrier(name(), "");
    }

    /// The next event, oldest first. Never blocks. When the queue was full the oldest are gone and counted.
    Optional<PlaneEvent> pollEvent();

    /// Stops the threads, closes every descriptor, leaves every group. Idempotent.
    @Override
    void close();
}
