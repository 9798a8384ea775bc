package io.nubicast.wire;

import java.util.Arrays;
import java.util.Optional;

/// An IP address as a value: 4 or 16 bytes, big-endian. Immutable; usable from any thread.
///
/// Routes, configuration and protocol values carry this type; bare ints appear only inside IPv4 packet views and compiled
/// tables (see [#ipv4()]).
public final class Address implements Comparable<Address> {
    /// 0.0.0.0, "any" in matches.
    public static final Address ANY_IPV4 = ofIpv4(0);

    private final byte[] bytes;

    private Address(byte[] bytes) {
        this.bytes = bytes;
    }

    /// An IPv4 address from its 32 bits, `0xC0A80001` being 192.168.0.1.
    public static Address ofIpv4(int bits) {
        return new Address(new byte[]{(byte) (bits >>> 24), (byte) (bits >>> 16), (byte) (bits >>> 8), (byte) bits});
    }

    /// An address from 4 or 16 bytes in network order.
    ///
    /// @throws IllegalArgumentException for any other length
    public static Address of(byte[] bytes) {
        if (bytes.length != 4 && bytes.length != 16) {
            throw new IllegalArgumentException("an address has 4 or 16 bytes, not " + bytes.length);
        }
        return new Address(bytes.clone());
    }

    /// Parses dotted-quad IPv4 exactly as `inet_pton(AF_INET)` does: four decimal numbers 0..255, no leading zeros, no
    /// shorthand, nothing around it. Empty when the text is anything else.
    public static Optional<Address> parseIpv4(CharSequence text) {
        int bits = 0;
        int parts = 0;
        int at = 0;
        int length = text.length();
        while (parts < 4) {
            int digits = 0;
            int value = 0;
            while (at < length && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
                if (digits > 0 && value == 0) {
                    return Optional.empty();
                }
                value = value * 10 + (text.charAt(at) - '0');
                digits++;
                at++;
                if (value > 255) {
                    return Optional.empty();
                }
            }
            if (digits == 0) {
                return Optional.empty();
            }
            bits = bits << 8 | value;
            parts++;
            if (parts < 4) {
                if (at >= length || text.charAt(at) != '.') {
                    return Optional.empty();
                }
                at++;
            }
        }
        return at == length ? Optional.of(ofIpv4(bits)) : Optional.empty();
    }

    /// [#parseIpv4(CharSequence)] for text that is known to be right, such as constants.
    ///
    /// @throws IllegalArgumentException when it is not
    public static Address ipv4(String text) {
        return parseIpv4(text).orElseThrow(() -> new IllegalArgumentException("not an IPv4 address: " + text));
    }

    public boolean isIpv4() {
        return bytes.length == 4;
    }

    /// The 32 bits of an IPv4 address.
    ///
    /// @throws IllegalStateException for an IPv6 address
    public int ipv4() {
        if (!isIpv4()) {
            throw new IllegalStateException(this + " is not an IPv4 address");
        }
        return (bytes[0] & 0xFF) << 24 | (bytes[1] & 0xFF) << 16 | (bytes[2] & 0xFF) << 8 | bytes[3] & 0xFF;
    }

    /// The bytes in network order, a copy.
    public byte[] bytes() {
        return bytes.clone();
    }

    /// 0.0.0.0 or ::, which stands for "any" in a match.
    public boolean isUnspecified() {
        for (byte b : bytes) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    /// 224.0.0.0/4 (RFC 5771) or ff00::/8 (RFC 4291).
    public boolean isMulticast() {
        return isIpv4() ? (bytes[0] & 0xF0) == 0xE0 : (bytes[0] & 0xFF) == 0xFF;
    }

    /// 224.0.0.0/24, the Local Network Control Block (RFC 5771 section 4): never forwarded by routers.
    public boolean isLinkLocalMulticast() {
        return isIpv4() && (ipv4() & 0xFFFFFF00) == 0xE0000000;
    }

    /// 127.0.0.0/8 or ::1.
    public boolean isLoopback() {
        if (isIpv4()) {
            return bytes[0] == 127;
        }
        for (int i = 0; i < 15; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return bytes[15] == 1;
    }

    /// 255.255.255.255. Directed broadcasts depend on an interface's mask and cannot be seen in the address alone.
    public boolean isLimitedBroadcast() {
        return isIpv4() && ipv4() == -1;
    }

    /// True for addresses that are routed on the public Internet, that is, IPv4 outside the private, shared, loopback,
    /// link-local, benchmarking, documentation, multicast and reserved blocks (RFC 6890); IPv6 in 2000::/3.
    public boolean isPublic() {
        if (!isIpv4()) {
            return (bytes[0] & 0xE0) == 0x20;
        }
        int a = ipv4();
        return !(within(a, 0x00000000, 8) || within(a, 0x0A000000, 8) || within(a, 0x64400000, 10)
                || within(a, 0x7F000000, 8) || within(a, 0xA9FE0000, 16) || within(a, 0xAC100000, 12)
                || within(a, 0xC0000000, 24) || within(a, 0xC0000200, 24) || within(a, 0xC0A80000, 16)
                || within(a, 0xC6120000, 15) || within(a, 0xC6336400, 24) || within(a, 0xCB007100, 24)
                || within(a, 0xE0000000, 3));
    }

    private static boolean within(int address, int prefix, int length) {
        return (address ^ prefix) >>> 32 - length == 0;
    }

    /// Unsigned numeric order, IPv4 before IPv6.
    @Override
    public int compareTo(Address other) {
        int byLength = Integer.compare(bytes.length, other.bytes.length);
        return byLength != 0 ? byLength : Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Address address && Arrays.equals(bytes, address.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /// Dotted quad, or eight hexadecimal groups.
    @Override
    public String toString() {
        if (isIpv4()) {
            return (bytes[0] & 0xFF) + "." + (bytes[1] & 0xFF) + "." + (bytes[2] & 0xFF) + "." + (bytes[3] & 0xFF);
        }
        StringBuilder text = new StringBuilder(39);
        for (int i = 0; i < 16; i += 2) {
            text.append(i == 0 ? "" : ":").append(Integer.toHexString((bytes[i] & 0xFF) << 8 | bytes[i + 1] & 0xFF));
        }
        return text.toString();
    }
}
