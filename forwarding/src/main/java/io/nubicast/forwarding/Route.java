package io.nubicast.forwarding;

import java.util.List;

/// *Match → replications*, with one owner. Immutable.
///
/// @param owner who decided it, for people: `proxy server`
/// @param replications in the order in which copies leave; at least none
public record Route(String owner, Match match, List<Replication> replications, RateLimit limit) {
    public Route {
        replications = List.copyOf(replications);
    }
}
