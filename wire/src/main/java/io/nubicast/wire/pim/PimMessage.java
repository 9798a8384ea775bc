package io.nubicast.wire.pim;

import io.nubicast.wire.Address;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/// A message of PIM version 2 (RFC 7761 section 4.9). A value; segments in it are slices of what was parsed.
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |PIM Ver| Type  |   Reserved    |           Checksum            |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
public sealed interface PimMessage {
    /// ALL-PIM-ROUTERS, where messages for a link go.
    Address ALL_PIM_ROUTERS = Address.ipv4("224.0.0.13");

    /// Bytes of the header that all messages have.
    int HEADER_LENGTH = 4;

    /// Type 0 (section 4.9.2).
    record Hello(List<HelloOption> options) implements PimMessage {
        public Hello {
            options = List.copyOf(options);
        }

        /// The option of that kind; of several, the last.
        public <T extends HelloOption> Optional<T> option(Class<T> kind) {
            return options.reversed().stream().filter(kind::isInstance).map(kind::cast).findFirst();
        }

        @Override
        public int type() {
            return 0;
        }
    }

    /// Type 1 (section 4.9.3): a packet of a source on its way to the RP.
    ///
    /// @param border the B bit; sent 0, ignored on receipt
    /// @param nullRegister the N bit: asks only whether Registers are still unwanted; `packet` is a mere header
    /// @param packet the IPv4 packet, as long as its header says; of a Null-Register at least its header
    record Register(boolean border, boolean nullRegister, MemorySegment packet) implements PimMessage {
        public Register {
            if (packet.byteSize() < 20) {
                throw new IllegalArgumentException(
                        "a Register carries an IPv4 header, not " + packet.byteSize() + " bytes");
            }
        }

        /// Who sent the packet.
        public Address source() {
            return PimReader.ipv4(packet, 12);
        }

        /// The group that it is for.
        public Address group() {
            return PimReader.ipv4(packet, 16);
        }

        @Override
        public int type() {
            return 1;
        }
    }

    /// Type 2 (section 4.9.4): the RP wants no more Registers.
    ///
    /// @param groupMaskLength 0..32, 32 for one group
    /// @param source [Address#ANY_IPV4] for every source of the group
    record RegisterStop(Address group, int groupMaskLength, Address source) implements PimMessage {
        public RegisterStop {
            if (groupMaskLength < 0 || groupMaskLength > 32) {
                throw new IllegalArgumentException("mask length " + groupMaskLength + " is not within 0..32");
            }
        }

        @Override
        public int type() {
            return 2;
        }
    }

    /// Type 3 (section 4.9.5).
    ///
    /// @param upstreamNeighbor whom it is for; the others on the link listen
    /// @param holdtimeSeconds 0..65535; 65535 for ever
    record JoinPrune(Address upstreamNeighbor, int holdtimeSeconds, List<GroupSet> groups) implements PimMessage {
        public JoinPrune {
            groups = checked(holdtimeSeconds, groups);
        }

        @Override
        public int type() {
            return 3;
        }
    }

    /// Type 4 (RFC 5059), unread.
    ///
    /// @param body what follows the header
    record Bootstrap(MemorySegment body) implements PimMessage {
        @Override
        public int type() {
            return 4;
        }
    }

    /// Type 5 (section 4.9.6): who forwards onto this link.
    ///
    /// @param source [Address#ANY_IPV4] in an assert for (\*,G)
    /// @param rpt the R bit: the sender forwards by the tree of the RP
    /// @param metricPreference 0..2^31 - 1; the lower, the better
    /// @param metric 0..2^32 - 1; the lower, the better
    record Assert(Address group, Address source, boolean rpt, int metricPreference, long metric)
            implements
                PimMessage {
        public Assert {
            checkMetric(metricPreference, metric);
        }

        @Override
        public int type() {
            return 5;
        }
    }

    /// Type 6 (RFC 3973 section 4.7.8).
    record Graft(Address upstreamNeighbor, int holdtimeSeconds, List<GroupSet> groups) implements PimMessage {
        public Graft {
            groups = checked(holdtimeSeconds, groups);
        }

        @Override
        public int type() {
            return 6;
        }
    }

    /// Type 7 (RFC 3973 section 4.7.9): a Graft sent back to its sender.
    ///
    /// @param upstreamNeighbor the sender of the Graft
    record GraftAck(Address upstreamNeighbor, int holdtimeSeconds, List<GroupSet> groups) implements PimMessage {
        public GraftAck {
            groups = checked(holdtimeSeconds, groups);
        }

        @Override
        public int type() {
            return 7;
        }
    }

    /// Type 8 (RFC 5059), unread.
    ///
    /// @param body what follows the header
    record CandidateRpAdvertisement(MemorySegment body) implements PimMessage {
        @Override
        public int type() {
            return 8;
        }
    }

    /// Type 9 (RFC 3973 section 4.7.10).
    ///
    /// @param originator the first-hop router that made it
    /// @param metricPreference 0..2^31 - 1
    /// @param metric 0..2^32 - 1
    /// @param maskLength of the route to the source, 0..32
    /// @param ttl 0..255
    /// @param pruneIndicator the P bit: the sender does not forward there
    /// @param pruneNow the N bit
    /// @param assertOverride the O bit
    /// @param intervalSeconds between State Refreshes, 0..255
    record StateRefresh(Address group, Address source, Address originator, boolean rpt, int metricPreference,
            long metric, int maskLength, int ttl, boolean pruneIndicator, boolean pruneNow, boolean assertOverride,
            int intervalSeconds) implements PimMessage {
        public StateRefresh {
            checkMetric(metricPreference, metric);
            if (maskLength < 0 || maskLength > 32 || ttl < 0 || ttl > 255 || intervalSeconds < 0
                    || intervalSeconds > 255) {
                throw new IllegalArgumentException(
                        "mask length " + maskLength + ", TTL " + ttl + " or interval " + intervalSeconds);
            }
        }

        @Override
        public int type() {
            return 9;
        }
    }

    /// A type that is not known here: to be counted and ignored (PIM-001).
    ///
    /// @param type 10..15
    /// @param body what follows the header
    record Unknown(int type, MemorySegment body) implements PimMessage {}

    /// Its number, 0..15.
    int type();

    /// Reads what follows an IP header, as long as the IP header says. Total: any bytes are a message or a reason (GEN-001).
    static PimParse parse(MemorySegment bytes) {
        return PimReader.parse(bytes);
    }

    /// How many bytes [#emit(MemorySegment)] writes.
    default int length() {
        return PimWriter.length(this);
    }

    /// Writes it with its checksum into the first [#length()] bytes, whatever they held.
    ///
    /// @throws IndexOutOfBoundsException when there are fewer
    default void emit(MemorySegment to) {
        new PimWriter(to).write(this);
    }

    /// It as bytes of its own.
    default MemorySegment packed() {
        MemorySegment bytes = MemorySegment.ofArray(new byte[length()]);
        emit(bytes);
        return bytes;
    }

    private static List<GroupSet> checked(int holdtimeSeconds, List<GroupSet> groups) {
        if (holdtimeSeconds < 0 || holdtimeSeconds > 0xFFFF || groups.size() > 255) {
            throw new IllegalArgumentException("holdtime " + holdtimeSeconds + " or " + groups.size() + " groups");
        }
        return List.copyOf(groups);
    }

    private static void checkMetric(int metricPreference, long metric) {
        if (metricPreference < 0 || metric < 0 || metric > 0xFFFF_FFFFL) {
            throw new IllegalArgumentException("metric preference " + metricPreference + ", metric " + metric);
        }
    }
}
