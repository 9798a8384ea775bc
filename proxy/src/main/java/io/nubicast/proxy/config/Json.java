package io.nubicast.proxy.config;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A JSON value that knows where it stands: line and column from 1, in characters; 0 for values made by an edit.
sealed interface Json {
    int line();

    int column();

    /// Members in the order of the text; a key may repeat. `complete` is false when the text broke off inside.
    final class Obj implements Json {
        private final int line;
        private final int column;
        private final int start;
        private int end;
        private int lastLine;
        private final List<Member> members = new ArrayList<>(4);
        private boolean complete;

        Obj(int line, int column) {
            this(line, column, 0);
        }

        Obj(int line, int column, int start) {
            this.line = line;
            this.column = column;
            this.start = start;
        }

        /// Where its opening bracket is, in characters from the start of the text.
        int start() {
            return start;
        }

        /// Just behind its closing bracket.
        int end() {
            return end;
        }

        static Obj made() {
            Obj made = new Obj(0, 0);
            made.complete = true;
            return made;
        }

        @Override
        public int line() {
            return line;
        }

        @Override
        public int column() {
            return column;
        }

        List<Member> members() {
            return members;
        }

        boolean complete() {
            return complete;
        }

        /// The line of its closing bracket.
        int lastLine() {
            return lastLine;
        }

        void close(int newEnd, int newLastLine) {
            complete = true;
            end = newEnd;
            lastLine = newLastLine;
        }

        /// The value of that key, the last one when it repeats, as json-c does; null when absent or `null`.
        @Nullable
        Json get(String key) {
            Json found = null;
            for (Member member : members) {
                if (member.key.equals(key)) {
                    found = member.value;
                }
            }
            return found instanceof Literal literal && literal.text.equals("null") ? null : found;
        }

        /// Replaces the value where the key stands, or appends it.
        Obj put(String key, Json value) {
            for (int i = members.size() - 1; i >= 0; i--) {
                if (members.get(i).key.equals(key)) {
                    members.set(i, new Member(key, 0, 0, value));
                    return this;
                }
            }
            members.add(new Member(key, 0, 0, value));
            return this;
        }
    }

    /// One key of an object, with the key's own place.
    record Member(String key, int line, int column, Json value) {}

    /// `complete` as in [Obj].
    final class Arr implements Json {
        private final int line;
        private final int column;
        private final int start;
        private int end;
        private final List<Json> values = new ArrayList<>(4);
        private boolean complete;

        Arr(int line, int column) {
            this(line, column, 0);
        }

        Arr(int line, int column, int start) {
            this.line = line;
            this.column = column;
            this.start = start;
        }

        /// Where its opening bracket is, in characters from the start of the text.
        int start() {
            return start;
        }

        /// Just behind its closing bracket.
        int end() {
            return end;
        }

        static Arr made() {
            Arr made = new Arr(0, 0);
            made.complete = true;
            return made;
        }

        @Override
        public int line() {
            return line;
        }

        @Override
        public int column() {
            return column;
        }

        List<Json> values() {
            return values;
        }

        boolean complete() {
            return complete;
        }

        void close(int newEnd) {
            complete = true;
            end = newEnd;
        }
    }

    /// A string, unescaped.
    record Text(int line, int column, String text) implements Json {}

    /// A number as it was written.
    record Num(int line, int column, String text) implements Json {
        Num(int value) {
            this(0, 0, Integer.toString(value));
        }
    }

    /// `true`, `false` or `null`.
    record Literal(int line, int column, String text) implements Json {}

    /// For messages: `a string`, `an object`.
    default String kind() {
        return switch (this) {
            case Obj o -> "an object";
            case Arr a -> "an array";
            case Text t -> "a string";
            case Num n -> "a number";
            case Literal l -> l.text();
        };
    }

    /// Compact JSON as json-c writes it, without a newline at the end.
    default void write(StringBuilder out) {
        switch (this) {
            case Obj object -> {
                out.append('{');
                for (int i = 0; i < object.members.size(); i++) {
                    if (i > 0) {
                        out.append(',');
                    }
                    quote(object.members.get(i).key, out);
                    out.append(':');
                    object.members.get(i).value.write(out);
                }
                out.append('}');
            }
            case Arr array -> {
                out.append('[');
                for (int i = 0; i < array.values.size(); i++) {
                    if (i > 0) {
                        out.append(',');
                    }
                    array.values.get(i).write(out);
                }
                out.append(']');
            }
            case Text text -> quote(text.text, out);
            case Num number -> out.append(number.text);
            case Literal literal -> out.append(literal.text);
        }
    }

    /// As json-c writes it with JSON_C_TO_STRING_PRETTY: two blanks a level, no blank behind a colon, no newline at the end.
    ///
    /// @param level how deep the value stands, 0 for the root
    default void writePretty(StringBuilder out, int level) {
        switch (this) {
            case Obj object -> {
                out.append("{\n");
                for (int i = 0; i < object.members.size(); i++) {
                    out.append(i > 0 ? ",\n" : "").repeat("  ", level + 1);
                    quote(object.members.get(i).key, out);
                    out.append(':');
                    object.members.get(i).value.writePretty(out, level + 1);
                }
                out.append(object.members.isEmpty() ? "" : "\n").repeat("  ", level).append('}');
            }
            case Arr array -> {
                out.append("[\n");
                for (int i = 0; i < array.values.size(); i++) {
                    out.append(i > 0 ? ",\n" : "").repeat("  ", level + 1);
                    array.values.get(i).writePretty(out, level + 1);
                }
                out.append(array.values.isEmpty() ? "" : "\n").repeat("  ", level).append(']');
            }
            case Text text -> write(out);
            case Num number -> write(out);
            case Literal literal -> write(out);
        }
    }

    private static void quote(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (c < ' ' || Character.isSurrogate(c)) {
                        hex(c, out);
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private static void hex(char c, StringBuilder out) {
        out.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            out.append(Character.forDigit(c >> shift & 0xF, 16));
        }
    }
}
