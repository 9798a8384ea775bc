package io.nubicast.wire.igmp;

import io.nubicast.wire.Address;
import io.nubicast.wire.InternetChecksum;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads messages.
final class IgmpReader {
    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private IgmpReader() {}

    static IgmpDecoded parse(MemorySegment bytes) {
        long length = bytes.byteSize();
        if (length < 8) {
            return IgmpDrop.TOO_SHORT;
        }
        if (length > 65_535 || InternetChecksum.sum(bytes, 0, (int) length) != 0xFFFF) {
            return IgmpDrop.BAD_CHECKSUM;
        }
        Address group = address(bytes, 4);
        int type = u8(bytes, 0);
        return switch (type) {
            case IgmpMessage.QUERY -> query(bytes, group);
            case IgmpMessage.V1_REPORT -> new IgmpMessage.V1Report(group);
            case IgmpMessage.V2_REPORT -> new IgmpMessage.V2Report(group);
            case IgmpMessage.LEAVE -> new IgmpMessage.Leave(group);
            case IgmpMessage.V3_REPORT -> report(bytes);
            default -> new IgmpMessage.Unknown(type);
        };
    }

    private static IgmpDecoded query(MemorySegment bytes, Address group) {
        int code = u8(bytes, 1);
        if (bytes.byteSize() == 8) {
            return code == 0 ? new IgmpMessage.V1Query() : new IgmpMessage.V2Query(group, code);
        }
        if (bytes.byteSize() < IgmpMessage.V3Query.HEADER_LENGTH) {
            return IgmpDrop.BAD_QUERY_LENGTH;
        }
        int count = u16(bytes, 10);
        if (IgmpMessage.V3Query.HEADER_LENGTH + 4L * count > bytes.byteSize()) {
            return IgmpDrop.QUERY_OVERRUN;
        }
        int flags = u8(bytes, 8);
        return new IgmpMessage.V3Query(group, FloatCode.decode(code), (flags & 0x08) != 0, flags & 0x07,
                FloatCode.decode(u8(bytes, 9)), addresses(bytes, IgmpMessage.V3Query.HEADER_LENGTH, count));
    }

    private static IgmpDecoded report(MemorySegment bytes) {
        int count = u16(bytes, 6);
        List<GroupRecord> records = new ArrayList<>();
        int unknown = 0;
        long at = IgmpMessage.V3Report.HEADER_LENGTH;
        for (int i = 0; i < count; i++) {
            if (at + GroupRecord.HEADER_LENGTH > bytes.byteSize()) {
                return IgmpDrop.REPORT_OVERRUN;
            }
            int sources = u16(bytes, at + 2);
            long next = at + GroupRecord.HEADER_LENGTH + 4L * sources + 4L * u8(bytes, at + 1);
            if (next > bytes.byteSize()) {
                return IgmpDrop.REPORT_OVERRUN;
            }
            Optional<RecordType> type = RecordType.of(u8(bytes, at));
            if (type.isPresent()) {
                records.add(new GroupRecord(type.get(), address(bytes, at + 4),
                        addresses(bytes, at + GroupRecord.HEADER_LENGTH, sources)));
            } else {
                unknown++;
            }
            at = next;
        }
        return new IgmpMessage.V3Report(records, unknown);
    }

    private static List<Address> addresses(MemorySegment bytes, long offset, int count) {
        List<Address> addresses = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            addresses.add(address(bytes, offset + 4L * i));
        }
        return addresses;
    }

    private static Address address(MemorySegment bytes, long offset) {
        return Address.ofIpv4(bytes.get(U32, offset));
    }

    private static int u8(MemorySegment bytes, long offset) {
        return bytes.get(ValueLayout.JAVA_BYTE, offset) & 0xFF;
    }

    private static int u16(MemorySegment bytes, long offset) {
        return bytes.get(U16, offset) & 0xFFFF;
    }
}
