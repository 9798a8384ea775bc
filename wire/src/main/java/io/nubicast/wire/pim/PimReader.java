package io.nubicast.wire.pim;

import io.nubicast.wire.Address;
import io.nubicast.wire.InternetChecksum;
import io.nubicast.wire.Ipv4Header;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads one message. A read beyond the end yields 0 and makes the message [PimDropReason#TRUNCATED], so no read needs a check of
/// its own; loops end when something is wrong.
final class PimReader {
    private static final ValueLayout.OfByte U8 = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    /// Address families of the IANA.
    private static final int IPV4 = 1;
    private static final int IPV6 = 2;
    private static final int NATIVE_ENCODING = 0;
    /// Of an Encoded-Source: attributes follow the address (RFC 5384 section 3).
    private static final int WITH_ATTRIBUTES = 1;
    private static final int LAST_ATTRIBUTE = 0x40;

    private final MemorySegment bytes;
    private final long end;
    private long at;
    private int skipped;
    private @Nullable PimDropReason wrong;

    private PimReader(MemorySegment bytes) {
        this.bytes = bytes;
        this.end = bytes.byteSize();
    }

    static PimParse parse(MemorySegment bytes) {
        return new PimReader(bytes).message();
    }

    static Address ipv4(MemorySegment segment, long offset) {
        return Address.ofIpv4(segment.get(U32, offset));
    }

    private PimParse message() {
        int versionAndType = u8();
        at = PimMessage.HEADER_LENGTH;
        if (end < PimMessage.HEADER_LENGTH) {
            return new PimParse.Dropped(PimDropReason.TRUNCATED);
        }
        if (versionAndType >>> 4 != 2) {
            return new PimParse.Dropped(PimDropReason.BAD_VERSION);
        }
        int type = versionAndType & 0x0F;
        if (type == 1 && end < 8) {
            return new PimParse.Dropped(PimDropReason.TRUNCATED);
        }
        // a Register's covers 8 bytes, but senders that cover all of it are to be heard too (RFC 7761 section 4.9.3)
        if (!(type == 1 && isSummed(8)) && !isSummed(end)) {
            return new PimParse.Dropped(PimDropReason.BAD_CHECKSUM);
        }
        PimMessage message = switch (type) {
            case 0 -> hello();
            case 1 -> register();
            case 2 -> registerStop();
            case 3 -> joinPrune(PimMessage.JoinPrune::new);
            case 4 -> new PimMessage.Bootstrap(bytes.asSlice(at));
            case 5 -> assertMessage();
            case 6 -> joinPrune(PimMessage.Graft::new);
            case 7 -> joinPrune(PimMessage.GraftAck::new);
            case 8 -> new PimMessage.CandidateRpAdvertisement(bytes.asSlice(at));
            case 9 -> stateRefresh();
            default -> new PimMessage.Unknown(type, bytes.asSlice(at));
        };
        if (wrong != null) {
            return new PimParse.Dropped(wrong);
        }
        return message == null
                ? new PimParse.Dropped(PimDropReason.TRUNCATED)
                : new PimParse.Parsed(message, skipped);
    }

    private boolean isSummed(long length) {
        return length <= 0xFFFF && InternetChecksum.sum(bytes, 0, (int) length) == 0xFFFF;
    }

    // Hello

    private PimMessage hello() {
        List<HelloOption> options = new ArrayList<>();
        while (at < end && wrong == null) {
            int type = u16();
            int length = u16();
            long value = at;
            skip(length);
            if (wrong == null) {
                long after = at;
                at = value;
                option(type, length).ifPresentOrElse(options::add, () -> skipped++);
                at = after;
            }
        }
        return new PimMessage.Hello(options);
    }

    /// The option whose value starts here; empty when its length is not that of its type.
    private Optional<HelloOption> option(int type, int length) {
        return switch (type) {
            case 1 -> length == 2 ? Optional.of(new HelloOption.Holdtime(u16())) : Optional.empty();
            case 2 -> length == 4 ? Optional.of(lanPruneDelay()) : Optional.empty();
            case 19 -> length == 4 ? Optional.of(new HelloOption.DrPriority(u32() & 0xFFFF_FFFFL)) : Optional.empty();
            case 20 -> length == 4 ? Optional.of(new HelloOption.GenerationId(u32())) : Optional.empty();
            case 21 -> length == 4 ? Optional.of(new HelloOption.StateRefreshCapable(u8(), u8())) : Optional.empty();
            case 22 -> length == 0 ? Optional.of(new HelloOption.BidirectionalCapable()) : Optional.empty();
            case 24 -> Optional.of(new HelloOption.AddressList(addressList(at + length)));
            case 26 -> length == 0 ? Optional.of(new HelloOption.JoinAttributeCapable()) : Optional.empty();
            default -> Optional.of(new HelloOption.Unknown(type, bytes.asSlice(at, length)));
        };
    }

    private HelloOption lanPruneDelay() {
        int first = u16();
        return new HelloOption.LanPruneDelay(first >>> 15 == 1, first & 0x7FFF, u16());
    }

    private List<Address> addressList(long listEnd) {
        List<Address> addresses = new ArrayList<>();
        while (at < listEnd) {
            int size = at + 2 <= listEnd ? addressSize(bytes.get(U8, at) & 0xFF, bytes.get(U8, at + 1) & 0xFF) : 0;
            if (size == 0 || at + 2 + size > listEnd) {
                skipped++;
                return addresses;
            }
            Address address = size == 4 ? ipv4(bytes, at + 2) : Address.ANY_IPV4;
            at += 2 + size;
            if (isUnicast(address)) {
                addresses.add(address);
            } else {
                skipped++;
            }
        }
        return addresses;
    }

    // Register, Register-Stop

    private @Nullable PimMessage register() {
        int flags = u32();
        boolean nullRegister = (flags & 0x4000_0000) != 0;
        long available = end - at;
        if (available < Ipv4Header.MINIMUM_LENGTH) {
            wrong = PimDropReason.TRUNCATED;
            return null;
        }
        Ipv4Header inner = new Ipv4Header().wrap(bytes, at);
        // the total length of a Null-Register's header says nothing: there may be no more than the header
        boolean good = nullRegister ? inner.version() == 4 : inner.check(available) == null;
        Address group = Address.ofIpv4(inner.destination());
        if (!good || !isRouted(group)) {
            wrong = PimDropReason.BAD_INNER_PACKET;
            return null;
        }
        return new PimMessage.Register(flags < 0, nullRegister,
                bytes.asSlice(at, nullRegister ? available : inner.totalLength()));
    }

    private PimMessage registerStop() {
        int maskLength = encodedGroupMask();
        Address group = address();
        Address source = encodedUnicast();
        require(group.isMulticast() && maskLength <= 32 && (source.isUnspecified() || isUnicast(source)));
        return new PimMessage.RegisterStop(group, Math.min(maskLength, 32), source);
    }

    // Assert, State Refresh

    private PimMessage assertMessage() {
        Address group = singleGroup();
        Address source = encodedUnicast();
        require(source.isUnspecified() || isUnicast(source));
        int rptAndPreference = u32();
        return new PimMessage.Assert(group, source, rptAndPreference < 0, rptAndPreference & 0x7FFF_FFFF,
                u32() & 0xFFFF_FFFFL);
    }

    private PimMessage stateRefresh() {
        Address group = singleGroup();
        Address source = encodedUnicast();
        Address originator = encodedUnicast();
        int rptAndPreference = u32();
        long metric = u32() & 0xFFFF_FFFFL;
        int maskLength = u8();
        int ttl = u8();
        int flags = u8();
        int interval = u8();
        require(isUnicast(source) && isUnicast(originator) && maskLength <= 32);
        return new PimMessage.StateRefresh(group, source, originator, rptAndPreference < 0,
                rptAndPreference & 0x7FFF_FFFF, metric, Math.min(maskLength, 32), ttl, (flags & 0x80) != 0,
                (flags & 0x40) != 0, (flags & 0x20) != 0, interval);
    }

    // Join/Prune, Graft, Graft-Ack

    private interface Maker {
        PimMessage make(Address upstreamNeighbor, int holdtimeSeconds, List<GroupSet> groups);
    }

    private PimMessage joinPrune(Maker maker) {
        Address upstreamNeighbor = encodedUnicast();
        skip(1);
        int count = u8();
        int holdtime = u16();
        List<GroupSet> groups = new ArrayList<>();
        for (int i = 0; i < count && wrong == null; i++) {
            if (!groupSet(groups)) {
                skipped++;
                break;
            }
        }
        return maker.make(upstreamNeighbor, holdtime, groups);
    }

    /// Adds the group that starts here, if it is one.
    ///
    /// @return false when it cannot be told where the next one starts
    private boolean groupSet(List<GroupSet> groups) {
        int size = addressSize(u8(), u8());
        skip(1);
        int maskLength = u8();
        Address group = size == 4 ? address() : Address.ANY_IPV4;
        skip(size == 4 ? 0 : size);
        if (size == 0) {
            return wrong != null;
        }
        boolean usable = size == 4 && maskLength == 32 && isRouted(group);
        int joined = u16();
        int pruned = u16();
        List<SourceEntry> joins = new ArrayList<>();
        List<SourceEntry> prunes = new ArrayList<>();
        int skippedBefore = skipped;
        boolean derivable = sources(joined, joins) && sources(pruned, prunes);
        if (usable) {
            groups.add(new GroupSet(group, joins, prunes));
        } else {
            skipped = skippedBefore + 1;
        }
        return derivable;
    }

    /// Adds the usable ones of that many sources.
    ///
    /// @return false when it cannot be told where the next one starts
    private boolean sources(int count, List<SourceEntry> entries) {
        for (int i = 0; i < count && wrong == null; i++) {
            int family = u8();
            int encoding = u8();
            int size = addressSize(family, encoding == WITH_ATTRIBUTES ? NATIVE_ENCODING : encoding);
            int flags = u8();
            int maskLength = u8();
            if (size == 0) {
                return wrong != null;
            }
            Address address = size == 4 ? address() : Address.ANY_IPV4;
            skip(size == 4 ? 0 : size);
            if (encoding == WITH_ATTRIBUTES) {
                skipAttributes();
            }
            boolean wildcard = (flags & 0x02) != 0;
            boolean rpt = (flags & 0x01) != 0;
            if (size != 4 || maskLength != 32 || !isUnicast(address) || wildcard && !rpt) {
                skipped++;
            } else if (wrong == null) {
                entries.add(new SourceEntry(address, (flags & 0x04) != 0, wildcard, rpt));
            }
        }
        return true;
    }

    private void skipAttributes() {
        int type;
        do {
            type = u8();
            skip(u8());
        } while ((type & LAST_ATTRIBUTE) == 0 && wrong == null);
    }

    // Addresses

    /// Bytes of an address of that family; 0 when they are not known.
    private static int addressSize(int family, int encoding) {
        return encoding != NATIVE_ENCODING ? 0 : family == IPV4 ? 4 : family == IPV6 ? 16 : 0;
    }

    private Address encodedUnicast() {
        requireIpv4();
        return address();
    }

    /// An Encoded-Group address up to its mask length, which it returns; the address follows.
    private int encodedGroupMask() {
        requireIpv4();
        skip(1);
        return u8();
    }

    private Address singleGroup() {
        int maskLength = encodedGroupMask();
        Address group = address();
        require(maskLength == 32 && isRouted(group));
        return group;
    }

    private void requireIpv4() {
        int family = u8();
        int encoding = u8();
        if (wrong == null && addressSize(family, encoding) != 4) {
            wrong = PimDropReason.UNKNOWN_ADDRESS_FAMILY;
        }
    }

    private void require(boolean good) {
        if (wrong == null && !good) {
            wrong = PimDropReason.BAD_ADDRESS;
        }
    }

    private static boolean isRouted(Address group) {
        return group.isMulticast() && !group.isLinkLocalMulticast();
    }

    private static boolean isUnicast(Address address) {
        int bits = address.ipv4();
        return bits >>> 24 != 0 && bits >>> 28 < 0xE && !address.isLoopback();
    }

    // Bytes

    private Address address() {
        return Address.ofIpv4(u32());
    }

    private boolean has(long length) {
        if (end - at < length) {
            at = end;
            if (wrong == null) {
                wrong = PimDropReason.TRUNCATED;
            }
            return false;
        }
        return true;
    }

    private void skip(int length) {
        if (has(length)) {
            at += length;
        }
    }

    private int u8() {
        if (!has(1)) {
            return 0;
        }
        at++;
        return bytes.get(U8, at - 1) & 0xFF;
    }

    private int u16() {
        if (!has(2)) {
            return 0;
        }
        at += 2;
        return bytes.get(U16, at - 2) & 0xFFFF;
    }

    private int u32() {
        if (!has(4)) {
            return 0;
        }
        at += 4;
        return bytes.get(U32, at - 4);
    }
}
