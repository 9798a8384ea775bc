package io.nubicast.shell;

import io.nubicast.shell.ParameterType.Accepted;
import io.nubicast.shell.ParameterType.Reading;
import io.nubicast.shell.ParameterType.Rejected;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The types that patterns name: `word`, `line`, ranges of numbers such as `1-99`, and those that a grammar adds. Immutable.
public final class ParameterTypes {
    /// `word`, `line` and ranges only.
    public static final ParameterTypes BASIC =
            new ParameterTypes(Map.of("word", new AnyWord(), "line", new RestOfLine()));

    private static final Pattern RANGE = Pattern.compile("(\\d{1,18})-(\\d{1,18})");

    private final Map<String, ParameterType> named;

    private ParameterTypes(Map<String, ParameterType> named) {
        this.named = Map.copyOf(named);
    }

    /// These, and one more.
    public ParameterTypes with(String name, ParameterType type) {
        Map<String, ParameterType> more = new HashMap<>(named);
        more.put(name, type);
        return new ParameterTypes(more);
    }

    Optional<ParameterType> find(String name) {
        Matcher range = RANGE.matcher(name);
        return range.matches()
                ? Optional.of(new Range(Long.parseLong(range.group(1)), Long.parseLong(range.group(2))))
                : Optional.ofNullable(named.get(name));
    }

    /// A type of one word that a function reads.
    ///
    /// @param expected what is said of a word that the function returns empty for
    public static ParameterType of(String placeholder, String expected, Function<String, Optional<Accepted>> reader) {
        return new ParameterType() {
            @Override
            public String placeholder() {
                return placeholder;
            }

            @Override
            public Reading read(String text) {
                Optional<Accepted> accepted = reader.apply(text);
                return accepted.isPresent() ? accepted.get() : new Rejected(0, expected);
            }
        };
    }

    private record Range(long least, long most) implements ParameterType {
        @Override
        public String placeholder() {
            return "<" + least + "-" + most + ">";
        }

        @Override
        public Reading read(String text) {
            for (int i = 0; i < text.length(); i++) {
                if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                    return new Rejected(i, expected());
                }
            }
            long value = text.length() > 18 ? Long.MAX_VALUE : Long.parseLong(text);
            return value < least || value > most
                    ? new Rejected(0, expected())
                    : new Accepted(value, Long.toString(value));
        }

        private String expected() {
            return "a number from " + least + " to " + most;
        }
    }

    private record AnyWord() implements ParameterType {
        @Override
        public String placeholder() {
            return "WORD";
        }

        @Override
        public Reading read(String text) {
            return new Accepted(text, text);
        }

        @Override
        public int rank() {
            return 0;
        }
    }

    private record RestOfLine() implements ParameterType {
        @Override
        public String placeholder() {
            return "LINE";
        }

        @Override
        public Reading read(String text) {
            return new Accepted(text, text);
        }

        @Override
        public boolean takesRest() {
            return true;
        }

        @Override
        public int rank() {
            return -1;
        }
    }

    /// The names there are, for the message about one that is not.
    List<String> names() {
        return named.keySet().stream().sorted().toList();
    }
}
