package io.nubicast.proxy.status;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Remembers two earlier snapshots, so that each answer has rates over at least half a second. Any thread.
public final class StatusHistory {
    private static final long LEAST_MILLIS = 500;
    /// Above this the copies are left out of what is remembered, and have no rates.
    private static final int MOST_COPIES = 100_000;

    private @Nullable ProxyStatus older;
    private @Nullable ProxyStatus newer;

    /// The snapshot that `now` is compared with; empty at first, which means the daemon's start. Remembers `now`.
    public synchronized Optional<ProxyStatus> before(ProxyStatus now) {
        if (newer == null || now.atEpochMillis() - newer.atEpochMillis() >= LEAST_MILLIS
                || now.atEpochMillis() < newer.atEpochMillis()) {
            older = newer;
            newer = bounded(now);
        }
        return Optional.ofNullable(older);
    }

    private static ProxyStatus bounded(ProxyStatus status) {
        long copies = 0;
        for (ProxyStatus.RouteStatus route : status.routes()) {
            copies += route.copies().size();
        }
        if (copies <= MOST_COPIES) {
            return status;
        }
        List<ProxyStatus.RouteStatus> routes = new ArrayList<>(status.routes().size());
        for (ProxyStatus.RouteStatus route : status.routes()) {
            routes.add(new ProxyStatus.RouteStatus(route.subject(), route.packets(), route.bytes(), route.bursts(),
                    route.drops(),
                    List.of()));
        }
        return new ProxyStatus(status.daemon(), status.file(), status.atEpochMillis(), status.totals(), status.drops(),
                status.rejectedSources(), routes, status.unserved(), status.events());
    }
}
