package io.nubicast.app.demo;

import java.util.function.Supplier;

/// One line of the table: a place on the way of the stream.
///
/// @param place the machine, `ECS1`
/// @param what it does there, `application sends to 239.10.10.1`
/// @param role what is expected of it
/// @param now its counters; called a few times a second, from one thread
record Hop(String place, String what, Role role, Supplier<Reading> now) {
    /// What is expected of a hop.
    enum Role {
        /// Where the stream begins.
        SOURCE,
        /// A proxy daemon.
        PROXY,
        /// Where every packet must arrive.
        MEMBER,
        /// Where nothing may arrive.
        CONTROL,
        /// What the network refused.
        BLOCKED
    }

    /// Counters at one moment.
    ///
    /// @param packets datagrams so far; -1: not known
    /// @param bytes of payload; -1: not known
    /// @param health of the stream in a few words; empty: nothing to say
    /// @param well false when something is wrong
    record Reading(long packets, long bytes, String health, boolean well) {
        static final Reading UNKNOWN = new Reading(-1, -1, "", true);

        static Reading of(long packets, long bytes) {
            return new Reading(packets, bytes, "", true);
        }
    }
}
