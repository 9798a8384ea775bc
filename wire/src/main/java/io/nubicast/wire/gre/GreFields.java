package io.nubicast.wire.gre;

import java.lang.foreign.MemorySegment;
import java.util.OptionalInt;

/// What a GRE header says, as a value (RFC 2784, RFC 2890).
///
/// @param protocolType EtherType of the payload, 0..0xFFFF
/// @param checksummed whether it carries a checksum over header and payload
/// @param key 32 bits
/// @param sequence 32 bits
public record GreFields(int protocolType, boolean checksummed, OptionalInt key, OptionalInt sequence) {
    public GreFields {
        if (protocolType < 0 || protocolType > 0xFFFF) {
            throw new IllegalArgumentException("a protocol type has 16 bits: " + protocolType);
        }
    }

    /// What parsing found.
    public sealed interface Parsed {
        /// A header.
        ///
        /// @param bytes of it; the payload follows
        record Header(GreFields fields, int bytes) implements Parsed {}

        /// Nothing that may be taken.
        record Dropped(GreDropReason reason) implements Parsed {}
    }

    /// The flags of the header.
    public int flags() {
        return (checksummed ? GreHeader.CHECKSUM_PRESENT : 0) | (key.isPresent() ? GreHeader.KEY_PRESENT : 0)
                | (sequence.isPresent() ? GreHeader.SEQUENCE_PRESENT : 0);
    }

    /// Bytes of the header: 4, 8, 12 or 16.
    public int length() {
        return GreHeader.length(flags());
    }

    /// Reads the header of a packet and verifies its checksum.
    ///
    /// @param packet header and payload, nothing else
    public static Parsed parse(MemorySegment packet) {
        GreHeader header = new GreHeader().wrap(packet, 0);
        GreDropReason reason = header.check(packet.byteSize());
        if (reason == null && header.hasChecksum() && !header.checksumIsValid(packet.byteSize())) {
            reason = GreDropReason.BAD_CHECKSUM;
        }
        if (reason != null) {
            return new Parsed.Dropped(reason);
        }
        return new Parsed.Header(new GreFields(header.protocolType(), header.hasChecksum(),
                header.hasKey() ? OptionalInt.of(header.key()) : OptionalInt.empty(),
                header.hasSequence() ? OptionalInt.of(header.sequence()) : OptionalInt.empty()), header.length());
    }

    /// Writes the header in front of its payload, which is there already.
    ///
    /// @param packet [#length()] bytes for the header, then the payload
    public void emit(MemorySegment packet) {
        GreHeader header = new GreHeader().wrap(packet, 0).write(flags(), protocolType, key.orElse(0),
                sequence.orElse(0));
        if (checksummed) {
            header.finishChecksum(packet.byteSize());
        }
    }
}
