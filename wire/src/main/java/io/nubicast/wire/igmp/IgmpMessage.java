package io.nubicast.wire.igmp;

import io.nubicast.wire.Address;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// A message of IGMP. Immutable. Any bytes are welcome to [#parse(MemorySegment)]; what it returns holds any addresses that were in
/// them, also such that make no sense.
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |     Type      | Max Resp Code |           Checksum            |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |                         Group Address                         |   report v3: reserved, number of records
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     | Resv  |S| QRV |     QQIC      |     Number of Sources (N)     |   query v3
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |                        Source Address ...
public sealed interface IgmpMessage extends IgmpDecoded {
    int QUERY = 0x11;
    int V1_REPORT = 0x12;
    int V2_REPORT = 0x16;
    int LEAVE = 0x17;
    int V3_REPORT = 0x22;

    /// 224.0.0.1: general queries go there.
    Address ALL_SYSTEMS = Address.ipv4("224.0.0.1");
    /// 224.0.0.2: leaves go there.
    Address ALL_ROUTERS = Address.ipv4("224.0.0.2");
    /// 224.0.0.22: version 3 reports go there.
    Address ALL_V3_ROUTERS = Address.ipv4("224.0.0.22");

    /// A query of any version.
    sealed interface MembershipQuery extends IgmpMessage {}

    /// Of version 1: always general; its group is not looked at (RFC 1112 appendix I).
    record V1Query() implements MembershipQuery {
        @Override
        public int length() {
            return 8;
        }
    }

    /// Of version 2.
    ///
    /// @param group [Address#ANY_IPV4] for a general query
    /// @param maxResponseTenths 1..255
    record V2Query(Address group, int maxResponseTenths) implements MembershipQuery {
        /// Whether it asks for all groups.
        public boolean isGeneral() {
            return group.isUnspecified();
        }

        @Override
        public int length() {
            return 8;
        }
    }

    /// Of version 3.
    ///
    /// @param group [Address#ANY_IPV4] for a general query
    /// @param maxResponseTenths 0..[FloatCode#MAXIMUM]; written as the greatest value that has a code
    /// @param suppress the S flag: routers do not update their timers
    /// @param robustnessVariable 0..7; 0 where it is greater
    /// @param queryIntervalSeconds 0..[FloatCode#MAXIMUM]; written as the greatest value that has a code
    /// @param sources empty for a general or group-specific query
    record V3Query(Address group, int maxResponseTenths, boolean suppress, int robustnessVariable,
            int queryIntervalSeconds, List<Address> sources) implements MembershipQuery {
        /// Bytes before the sources.
        public static final int HEADER_LENGTH = 12;

        public V3Query {
            sources = List.copyOf(sources);
        }

        /// Whether it asks for all groups.
        public boolean isGeneral() {
            return group.isUnspecified();
        }

        @Override
        public int length() {
            return HEADER_LENGTH + 4 * sources.size();
        }
    }

    /// A member of version 1.
    record V1Report(Address group) implements IgmpMessage {
        @Override
        public int length() {
            return 8;
        }
    }

    /// A member of version 2.
    record V2Report(Address group) implements IgmpMessage {
        @Override
        public int length() {
            return 8;
        }
    }

    /// A member of version 2 that leaves.
    record Leave(Address group) implements IgmpMessage {
        @Override
        public int length() {
            return 8;
        }
    }

    /// A host of version 3.
    ///
    /// @param records those whose type is known, in their order
    /// @param unknownRecords how many of other types were skipped; none is written
    record V3Report(List<GroupRecord> records, int unknownRecords) implements IgmpMessage {
        /// Bytes before the records.
        public static final int HEADER_LENGTH = 8;

        public V3Report {
            records = List.copyOf(records);
        }

        public V3Report(List<GroupRecord> records) {
            this(records, 0);
        }

        @Override
        public int length() {
            int length = HEADER_LENGTH;
            for (GroupRecord groupRecord : records) {
                length += groupRecord.length();
            }
            return length;
        }
    }

    /// A type that is none of these: DVMRP (0x13), PIM version 1 (0x14), mtrace (0x1E, 0x1F), anything.
    ///
    /// @param type 0..255
    record Unknown(int type) implements IgmpMessage {
        @Override
        public int length() {
            return 8;
        }
    }

    /// Bytes on the wire.
    int length();

    /// Reads a message: what follows the IP header, as long as that says.
    static IgmpDecoded parse(MemorySegment bytes) {
        return IgmpReader.parse(bytes);
    }

    /// Writes the message with its checksum.
    ///
    /// @throws IndexOutOfBoundsException when less than [#length()] bytes are there
    default void emit(MemorySegment into, long offset) {
        IgmpWriter.emit(this, into.asSlice(offset, length()));
    }

    /// The message in a segment of its own.
    default MemorySegment bytes() {
        MemorySegment bytes = MemorySegment.ofArray(new byte[length()]);
        emit(bytes, 0);
        return bytes;
    }
}
