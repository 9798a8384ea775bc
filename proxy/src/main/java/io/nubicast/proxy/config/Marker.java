package io.nubicast.proxy.config;

import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.Rewrite;
import java.util.Locale;
import java.util.Optional;

/// What tells a copy from other traffic between server and client (`--marker`).
public enum Marker {
    /// Nothing: server and port alone say that it is a copy, and the application's DSCP survives.
    NONE(Rewrite.KEEP_TYPE_OF_SERVICE, Match.ANY_TYPE_OF_SERVICE),
    /// That of the original kernel module: type of service 0xE0 (class selector 7) in every copy, and a client accepts nothing
    /// else. What it restores keeps it, as there.
    DSCP(0xE0, 0xE0);

    private final int set;
    private final int wanted;

    Marker(int set, int wanted) {
        this.set = set;
        this.wanted = wanted;
    }

    /// Of the server's copies, as in [Rewrite#typeOfService()].
    public int set() {
        return set;
    }

    /// Of the copies that a client accepts, as in [Match#typeOfService()].
    public int wanted() {
        return wanted;
    }

    /// By its name in lower case.
    public static Optional<Marker> named(String name) {
        for (Marker marker : values()) {
            if (marker.name().toLowerCase(Locale.ROOT).equals(name)) {
                return Optional.of(marker);
            }
        }
        return Optional.empty();
    }
}
