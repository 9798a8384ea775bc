package io.nubicast.forwarding;

import java.util.Set;

/// A plane's answer to a route. What one plane leaves goes to the next, so each class of packet has exactly one plane.
public sealed interface Verdict {
    /// The plane serves the route whole.
    record Taken() implements Verdict {}

    /// The plane serves the route but for these classes of packets.
    record TakenExcept(Set<PacketClass> left) implements Verdict {
        public TakenExcept {
            left = Set.copyOf(left);
        }
    }

    /// The plane does not serve the route. `why` is one clause for people.
    record Refused(String why) implements Verdict {}

    /// Classes of packets that not every plane can handle.
    enum PacketClass {
        FRAGMENT, IP_OPTIONS, ABOVE_MTU
    }

    Verdict TAKEN = new Taken();
}
