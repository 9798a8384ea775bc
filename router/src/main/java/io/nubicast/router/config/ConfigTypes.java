package io.nubicast.router.config;

import io.nubicast.shell.ParameterType;
import io.nubicast.shell.ParameterType.Accepted;
import io.nubicast.shell.ParameterType.Rejected;
import io.nubicast.shell.ParameterTypes;
import io.nubicast.wire.Address;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// The parameters of configuration lines and commands: `address`, `unicast`, `group`, `source`, `mask`, `wildcard`, `interface`,
/// `acl`, `port`.
public final class ConfigTypes {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.:+-]{0,62}");

    /// All of them.
    public static final ParameterTypes ALL = ParameterTypes.BASIC
            .with("address", new AddressType("A.B.C.D", "an IPv4 address", address -> true))
            .with("unicast", new AddressType("A.B.C.D", "the IPv4 address of a host: no group, broadcast or 0.0.0.0",
                    ConfigTypes::isUnicast))
            .with("group", new AddressType("A.B.C.D", "a group that is routed, 224.0.1.0 to 239.255.255.255",
                    address -> address.isMulticast() && !address.isLinkLocalMulticast()))
            .with("mask", new AddressType("A.B.C.D", "a mask such as 255.255.255.0", ConfigTypes::isMask))
            .with("wildcard", new AddressType("A.B.C.D", "wildcard bits such as 0.0.0.255", address -> true))
            .with("interface", new InterfaceType())
            .with("acl", ParameterTypes.of("WORD", "the number or name of an access list",
                    text -> NAME.matcher(text).matches() ? Optional.of(new Accepted(text, text)) : Optional.empty()));

    private ConfigTypes() {}

    private static boolean isUnicast(Address address) {
        return !address.isMulticast() && !address.isUnspecified() && address.ipv4() >>> 28 != 0xF
                && address.ipv4() >>> 24 != 0;
    }

    private static boolean isMask(Address address) {
        int inverted = ~address.ipv4();
        return (inverted & inverted + 1) == 0;
    }

    /// The bits that a mask sets, 0..32.
    static int prefixLength(Address mask) {
        return Integer.bitCount(mask.ipv4());
    }

    private record AddressType(String placeholder, String expected, Predicate<Address> fits) implements ParameterType {
        @Override
        public Reading read(String text) {
            Optional<Address> address = Address.parseIpv4(text);
            if (address.isEmpty()) {
                return new Rejected(firstWrong(text), expected);
            }
            return fits.test(address.get())
                    ? new Accepted(address.get(), address.get().toString())
                    : new Rejected(0, expected);
        }

        /// Where a text stops looking like an address, for the caret: at the x of `8.208.89.x`.
        private static int firstWrong(String text) {
            int value = 0;
            int digits = 0;
            int dots = 0;
            int start = 0;
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (c >= '0' && c <= '9') {
                    value = value * 10 + c - '0';
                    digits++;
                    if (value > 255 || digits > 3) {
                        return start;
                    }
                } else if (c == '.' && digits > 0 && dots < 3) {
                    dots++;
                    digits = 0;
                    value = 0;
                    start = i + 1;
                } else {
                    return i;
                }
            }
            return dots == 3 && digits > 0 ? start : 0;
        }
    }

    private record InterfaceType() implements ParameterType {
        @Override
        public String placeholder() {
            return "INTERFACE";
        }

        @Override
        public Reading read(String text) {
            Optional<InterfaceName> name = InterfaceName.parse(text);
            return name.isPresent()
                    ? new Accepted(name.get(), name.get().toString())
                    : new Rejected(0, "an interface such as GigabitEthernet1, Tunnel1 or Loopback0");
        }

        @Override
        public int mostWords() {
            return 2;
        }

        @Override
        public java.util.List<String> suggestions() {
            return java.util.List.of("GigabitEthernet", "Tunnel", "Loopback");
        }
    }
}
