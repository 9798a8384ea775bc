package io.nubicast.proxy.config;

import io.nubicast.wire.Address;
import java.util.Optional;

/// What the C function `inet_addr` makes of a text: one to four parts, each decimal, octal (leading 0) or hexadecimal
/// (leading 0x), the last part filling the bytes that are left. Used only to tell what somebody probably meant.
final class InetAddr {
    private InetAddr() {}

    static Optional<Address> parse(String text) {
        long bits = 0;
        int parts = 0;
        int start = 0;
        while (true) {
            int end = text.indexOf('.', start);
            boolean last = end < 0;
            long part = number(last ? text.substring(start) : text.substring(start, end));
            parts++;
            if (part < 0 || parts > 4 || !last && part > 255) {
                return Optional.empty();
            }
            if (last) {
                int left = 8 * (5 - parts);
                if (part >= 1L << left) {
                    return Optional.empty();
                }
                bits = bits << left | part;
                return Optional.of(Address.ofIpv4((int) bits));
            }
            bits = bits << 8 | part;
            start = end + 1;
        }
    }

    private static long number(String text) {
        int radix = 10;
        int at = 0;
        if (text.startsWith("0x") || text.startsWith("0X")) {
            radix = 16;
            at = 2;
        } else if (text.length() > 1 && text.charAt(0) == '0') {
            radix = 8;
            at = 1;
        }
        if (at == text.length() || text.length() - at > 12) {
            return -1;
        }
        long value = 0;
        for (; at < text.length(); at++) {
            char c = text.charAt(at);
            int digit = c < 0x80 ? Character.digit(c, radix) : -1;
            if (digit < 0) {
                return -1;
            }
            value = value * radix + digit;
        }
        return value;
    }
}
