package io.nubicast.forwarding;

import java.util.List;

/// Interfaces by name, or a rule that finds them.
public sealed interface InterfaceSelection {
    /// Every interface that is up and multicast-capable, the loopback interface left out.
    record All() implements InterfaceSelection {}

    /// For outputs only: the interface on which the datagram arrived.
    record Arrival() implements InterfaceSelection {}

    /// These, by their kernel names such as `eth0`. One that does not exist yet is taken when it appears.
    record Named(List<String> names) implements InterfaceSelection {
        public Named {
            names = List.copyOf(names);
            if (names.isEmpty()) {
                throw new IllegalArgumentException("name at least one interface");
            }
        }
    }

    InterfaceSelection ALL = new All();
    InterfaceSelection ARRIVAL = new Arrival();
}
