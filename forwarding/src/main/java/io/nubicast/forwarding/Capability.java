package io.nubicast.forwarding;

/// What a data plane can do on this machine, with the privileges it has. The contract test is written per capability: a
/// plane passes the tests of all that it declares.
public enum Capability {
    /// Copies carry the original source address and port.
    KEEPS_SOURCE,
    /// Copies carry the original DSCP.
    KEEPS_DSCP,
    /// A UDP checksum of 0 stays 0.
    KEEPS_ZERO_CHECKSUM,
    /// Routes with [Match#ANY_PORT] are taken.
    ANY_PORT,
    /// Datagrams up to 65,507 bytes of payload.
    LARGE_DATAGRAMS,
    /// Restored multicast is told from an application's own, also between processes of one host.
    MARKS_RESTORED,
    /// Datagrams that belong together leave as one frame a member.
    COALESCES,
    /// Flows are spread over several workers.
    SPREADS_FLOWS,
    /// Workers can be kept on a processor, and run with a real-time priority.
    PLACES_WORKERS,
    /// Client: applications may bind the ports on which copies arrive, whenever they start and without sharing them.
    LEAVES_PORTS_FREE,
    /// Routes that set the copies' type of service ([Rewrite#typeOfService()]), or take copies of one only
    /// ([Match#typeOfService()]), are taken.
    MARKS_COPIES,
    /// Server: when it was told so, copies go on to be made after its process has ended, and the next one takes over.
    OUTLIVES_PROCESS
}
