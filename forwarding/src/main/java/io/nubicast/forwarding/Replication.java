package io.nubicast.forwarding;

/// One copy of a matched datagram: where it goes and what changes.
public record Replication(OutputPort port, Rewrite rewrite) {}
