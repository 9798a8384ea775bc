package io.nubicast.proxy.status;

import io.nubicast.wire.Address;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/// Rates between two snapshots. What was not there before counts from 0.
final class Rates {
    private final long intervalMillis;
    private final Map<String, ProxyStatus.RouteStatus> before = new HashMap<>();

    /// @param earlier empty for the daemon's start
    Rates(Optional<ProxyStatus> earlier, ProxyStatus now) {
        long since = earlier.isPresent() ? earlier.get().atEpochMillis() : now.daemon().startedEpochMillis();
        intervalMillis = Math.max(1, now.atEpochMillis() - since);
        if (earlier.isPresent()) {
            for (ProxyStatus.RouteStatus route : earlier.get().routes()) {
                before.put(route.subject().name(), route);
            }
        }
    }

    double seconds() {
        return intervalMillis / 1000.0;
    }

    double packets(ProxyStatus.RouteStatus route) {
        ProxyStatus.RouteStatus was = before.get(route.subject().name());
        return perSecond(route.packets(), was == null ? 0 : was.packets());
    }

    double bits(ProxyStatus.RouteStatus route) {
        ProxyStatus.RouteStatus was = before.get(route.subject().name());
        return 8 * perSecond(route.bytes(), was == null ? 0 : was.bytes());
    }

    /// How many packets left together, on average; empty when none left.
    OptionalDouble burst(ProxyStatus.RouteStatus route) {
        ProxyStatus.RouteStatus was = before.get(route.subject().name());
        return was == null
                ? mean(route.packets(), route.bursts())
                : mean(route.packets() - was.packets(), route.bursts() - was.bursts());
    }

    /// The copies of one route, as they were before.
    Map<Address, ProxyStatus.CopyStatus> copies(ProxyStatus.RouteStatus route) {
        ProxyStatus.RouteStatus was = before.get(route.subject().name());
        Map<Address, ProxyStatus.CopyStatus> result = new HashMap<>();
        if (was != null) {
            for (ProxyStatus.CopyStatus copy : was.copies()) {
                result.put(copy.to(), copy);
            }
        }
        return result;
    }

    double packets(ProxyStatus.CopyStatus copy, ProxyStatus.@Nullable CopyStatus was) {
        return perSecond(copy.packets(), was == null ? 0 : was.packets());
    }

    double bits(ProxyStatus.CopyStatus copy, ProxyStatus.@Nullable CopyStatus was) {
        return 8 * perSecond(copy.bytes(), was == null ? 0 : was.bytes());
    }

    /// How many packets a frame held, on average; empty when none was sent.
    OptionalDouble burst(ProxyStatus.CopyStatus copy, ProxyStatus.@Nullable CopyStatus was) {
        return was == null
                ? mean(copy.packets(), copy.frames())
                : mean(copy.packets() - was.packets(), copy.frames() - was.frames());
    }

    /// The two are not read at the same moment, so of a few packets the quotient can fall below 1.
    private static OptionalDouble mean(long packets, long frames) {
        return packets <= 0 || frames <= 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(Math.max(1, (double) packets / frames));
    }

    private double perSecond(long now, long was) {
        return Math.max(0, now - was) * 1000.0 / intervalMillis;
    }
}
