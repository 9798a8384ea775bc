package io.nubicast.wire.pim;

/// What [PimMessage#parse] makes of bytes.
public sealed interface PimParse {
    /// A message that may be acted upon.
    ///
    /// @param skipped entries, options and addresses that were left out because they are malformed, of another address family, or
    ///     not for a group or source that PIM routes (PIM-008); to be counted
    record Parsed(PimMessage message, int skipped) implements PimParse {}

    /// A message to drop and count.
    record Dropped(PimDropReason reason) implements PimParse {}
}
