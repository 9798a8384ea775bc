package io.nubicast.router.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// The name of an interface: its kind and number.
///
/// @param number `1`, `0/0/1`
public record InterfaceName(Kind kind, String number) implements Comparable<InterfaceName> {
    /// Kinds, in the order in which IOS shows them.
    public enum Kind {
        LOOPBACK("Loopback", "Lo"), TUNNEL("Tunnel", "Tu"), GIGABIT_ETHERNET("GigabitEthernet",
                "Gi"), TEN_GIGABIT_ETHERNET("TenGigabitEthernet", "Te"), NULL("Null", "Nu");

        private final String text;
        private final String abbreviation;

        Kind(String text, String abbreviation) {
            this.text = text;
            this.abbreviation = abbreviation;
        }

        /// Whether a device of the machine is behind it.
        public boolean isPhysical() {
            return this == GIGABIT_ETHERNET || this == TEN_GIGABIT_ETHERNET;
        }
    }

    private static final Pattern PLAIN = Pattern.compile("0|[1-9]\\d{0,8}");
    private static final Pattern SLOTS = Pattern.compile("\\d{1,3}(/\\d{1,3}){0,2}");

    /// Reads a name, long or short: `GigabitEthernet1`, `gi1`, `Tu1`, `g0/0`. Empty when it is none, or the letters mean several kinds.
    public static Optional<InterfaceName> parse(String text) {
        int digits = 0;
        while (digits < text.length() && !Character.isDigit(text.charAt(digits))) {
            digits++;
        }
        String letters = text.substring(0, digits).toLowerCase(Locale.ROOT);
        String number = text.substring(digits);
        List<Kind> kinds = Arrays.stream(Kind.values())
                .filter(kind -> !letters.isEmpty() && kind.text.toLowerCase(Locale.ROOT).startsWith(letters)).toList();
        if (kinds.size() != 1) {
            return Optional.empty();
        }
        Kind kind = kinds.getFirst();
        boolean fits = switch (kind) {
            case NULL -> number.equals("0");
            case LOOPBACK, TUNNEL -> PLAIN.matcher(number).matches();
            case GIGABIT_ETHERNET, TEN_GIGABIT_ETHERNET -> SLOTS.matcher(number).matches();
        };
        return fits ? Optional.of(new InterfaceName(kind, number)) : Optional.empty();
    }

    /// `Gi1`, for tables.
    public String abbreviated() {
        return kind.abbreviation + number;
    }

    /// By kind, then by number.
    @Override
    public int compareTo(InterfaceName other) {
        int byKind = kind.compareTo(other.kind);
        return byKind != 0
                ? byKind
                : Arrays.compare(parts(number), other.parts(other.number));
    }

    private int[] parts(String slots) {
        return Arrays.stream(slots.split("/", -1)).mapToInt(Integer::parseInt).toArray();
    }

    /// In full: `GigabitEthernet1`.
    @Override
    public String toString() {
        return kind.text + number;
    }
}
