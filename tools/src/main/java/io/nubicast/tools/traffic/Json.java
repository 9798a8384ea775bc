package io.nubicast.tools.traffic;

import java.util.List;
import java.util.Locale;

/// One JSON object on one line, for `--json`: fields in the order given.
final class Json {
    private final StringBuilder text = new StringBuilder("{");

    Json put(String name, long value) {
        return raw(name, Long.toString(value));
    }

    /// With three decimals.
    Json put(String name, double value) {
        return raw(name, String.format(Locale.ROOT, "%.3f", value));
    }

    Json put(String name, boolean value) {
        return raw(name, Boolean.toString(value));
    }

    Json put(String name, String value) {
        return raw(name, quoted(value));
    }

    Json put(String name, Json value) {
        return raw(name, value.toString());
    }

    Json put(String name, List<Json> values) {
        StringBuilder all = new StringBuilder("[");
        for (Json value : values) {
            all.append(all.length() > 1 ? "," : "").append(value);
        }
        return raw(name, all.append(']').toString());
    }

    private Json raw(String name, String value) {
        text.append(text.length() > 1 ? "," : "").append(quoted(name)).append(':').append(value);
        return this;
    }

    private static String quoted(String value) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }

    @Override
    public String toString() {
        return text + "}";
    }
}
