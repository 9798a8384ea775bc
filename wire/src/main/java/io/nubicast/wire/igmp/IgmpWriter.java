package io.nubicast.wire.igmp;

import io.nubicast.wire.Address;
import io.nubicast.wire.InternetChecksum;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;

/// Writes messages, every byte of them.
final class IgmpWriter {
    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private IgmpWriter() {}

    static void emit(IgmpMessage message, MemorySegment into) {
        switch (message) {
            case IgmpMessage.V1Query ignored -> start(into, IgmpMessage.QUERY, 0, 0);
            case IgmpMessage.V2Query query ->
                start(into, IgmpMessage.QUERY, query.maxResponseTenths(), query.group().ipv4());
            case IgmpMessage.V3Query query -> {
                start(into, IgmpMessage.QUERY, FloatCode.encode(query.maxResponseTenths()), query.group().ipv4());
                int robustness = query.robustnessVariable() > 7 ? 0 : query.robustnessVariable();
                u8(into, 8, (query.suppress() ? 0x08 : 0) | robustness);
                u8(into, 9, FloatCode.encode(query.queryIntervalSeconds()));
                u16(into, 10, query.sources().size());
                addresses(into, IgmpMessage.V3Query.HEADER_LENGTH, query.sources());
            }
            case IgmpMessage.V1Report report -> start(into, IgmpMessage.V1_REPORT, 0, report.group().ipv4());
            case IgmpMessage.V2Report report -> start(into, IgmpMessage.V2_REPORT, 0, report.group().ipv4());
            case IgmpMessage.Leave leave -> start(into, IgmpMessage.LEAVE, 0, leave.group().ipv4());
            case IgmpMessage.V3Report report -> {
                start(into, IgmpMessage.V3_REPORT, 0, report.records().size());
                long at = IgmpMessage.V3Report.HEADER_LENGTH;
                for (GroupRecord each : report.records()) {
                    u8(into, at, each.type().code());
                    u8(into, at + 1, 0);
                    u16(into, at + 2, each.sources().size());
                    into.set(U32, at + 4, each.group().ipv4());
                    addresses(into, at + GroupRecord.HEADER_LENGTH, each.sources());
                    at += each.length();
                }
            }
            case IgmpMessage.Unknown unknown -> start(into, unknown.type(), 0, 0);
        }
        u16(into, 2, InternetChecksum.finish(InternetChecksum.sum(into, 0, (int) into.byteSize())));
    }

    private static void start(MemorySegment into, int type, int code, int word) {
        u8(into, 0, type);
        u8(into, 1, code);
        u16(into, 2, 0);
        into.set(U32, 4, word);
    }

    private static void addresses(MemorySegment into, long offset, List<Address> addresses) {
        for (int i = 0; i < addresses.size(); i++) {
            into.set(U32, offset + 4L * i, addresses.get(i).ipv4());
        }
    }

    private static void u8(MemorySegment into, long offset, int value) {
        into.set(ValueLayout.JAVA_BYTE, offset, (byte) value);
    }

    private static void u16(MemorySegment into, long offset, int value) {
        into.set(U16, offset, (short) value);
    }
}
