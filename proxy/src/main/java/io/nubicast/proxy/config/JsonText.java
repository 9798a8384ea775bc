package io.nubicast.proxy.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;

/// Reads JSON as json-c does in its default mode (trailing commas, comments, single quotes, leading zeros, control characters
/// inside strings, and anything after the root) into a [Json] tree. Stops at the first fault of the syntax, and gives what
/// stood before it, so that its other faults are reported as well.
final class JsonText {
    /// 1,024 groups of 1,024 members, generously indented, are 40 MB.
    static final int MOST_BYTES = 64 << 20;
    /// json-c allows 32.
    private static final int MOST_DEPTH = 64;

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
            .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
            .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES)
            .enable(JsonReadFeature.ALLOW_LEADING_ZEROS_FOR_NUMBERS)
            .enable(JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MOST_DEPTH)
                    .maxStringLength(1 << 16)
                    .maxNameLength(1 << 12)
                    .maxNumberLength(1000)
                    .build())
            .build();

    private final char[] text;
    private final int length;
    private final Faults faults;
    private final Deque<Json> open = new ArrayDeque<>();
    private @Nullable Json root;
    private String key = "";
    private int keyLine;
    private int keyColumn;
    private boolean trailingComma;

    private JsonText(char[] text, int length, Faults faults) {
        this.text = text;
        this.length = length;
        this.faults = faults;
    }

    /// The root value, or as much of it as could be read; null when there is none, with an error among the faults.
    static @Nullable Json read(Path file, Faults faults) {
        byte[] bytes = bytes(file, faults);
        return bytes == null ? null : parse(bytes, faults);
    }

    /// What the file holds, as far as [#parse(byte[], Faults)] needs it; null when it cannot be read, with an error among the faults.
    static byte @Nullable [] bytes(Path file, Faults faults) {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(MOST_BYTES + 1);
        } catch (NoSuchFileException e) {
            faults.error(0, 0, "the file does not exist", "create it, or name another with --config");
        } catch (IOException e) {
            faults.error(0, 0, "the file cannot be read (" + reason(e) + ")", "check its type and permissions");
        }
        return null;
    }

    private static String reason(IOException e) {
        return e instanceof java.nio.file.AccessDeniedException ? "permission denied" : String.valueOf(e.getMessage());
    }

    /// As [#read(Path, Faults)], from bytes in UTF-8, with or without a byte order mark.
    static @Nullable Json parse(byte[] bytes, Faults faults) {
        if (bytes.length > MOST_BYTES) {
            faults.error(0, 0, "the file is larger than " + (MOST_BYTES >> 20) + " MiB",
                    "this many groups and members are beyond the limits");
            return null;
        }
        if (bytes.length >= 2 && (bytes[0] == (byte) 0xFF && bytes[1] == (byte) 0xFE
                || bytes[0] == (byte) 0xFE && bytes[1] == (byte) 0xFF)) {
            faults.error(1, 1, "the file is encoded in UTF-16", "save it as UTF-8");
            return null;
        }
        boolean mark = bytes.length >= 3 && bytes[0] == (byte) 0xEF && bytes[1] == (byte) 0xBB
                && bytes[2] == (byte) 0xBF;
        int start = mark ? 3 : 0;
        char[] text = new String(bytes, start, bytes.length - start, StandardCharsets.UTF_8).toCharArray();
        int length = text.length;
        while (length > 0 && text[length - 1] == 0) {
            length--; // left by a crash while the file grew; json-c stops at the first one
        }
        return new JsonText(text, length, faults).parse();
    }

    private @Nullable Json parse() {
        if (blank(0)) {
            faults.error(1, 1, "the file is empty", "write {\"multi_group_array\":[]} for a server, or"
                    + " {\"multi_server_info_array\":[]} for a client");
            return null;
        }
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text, 0, length)) {
            do {
                JsonToken token = parser.nextToken();
                if (token == null) {
                    break;
                }
                take(parser, token);
            } while (!open.isEmpty());
            checkRest(parser.currentLocation());
        } catch (JacksonException e) {
            syntaxFault(e);
        }
        return root;
    }

    private void take(JsonParser parser, JsonToken token) {
        TokenStreamLocation at = parser.currentTokenLocation();
        int line = at.getLineNr();
        int column = at.getColumnNr();
        switch (token) {
            case PROPERTY_NAME -> {
                key = parser.currentName();
                keyLine = line;
                keyColumn = column;
            }
            case START_OBJECT -> push(new Json.Obj(line, column, (int) at.getCharOffset()));
            case START_ARRAY -> push(new Json.Arr(line, column, (int) at.getCharOffset()));
            case END_OBJECT, END_ARRAY -> pop(at);
            case VALUE_STRING -> add(new Json.Text(line, column, parser.getString()));
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> add(new Json.Num(line, column, parser.getString()));
            case VALUE_TRUE, VALUE_FALSE, VALUE_NULL -> add(new Json.Literal(line, column, token.asString()));
            case VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE -> throw new AssertionError(token);
        }
    }

    private void push(Json container) {
        add(container);
        open.push(container);
    }

    private void pop(TokenStreamLocation at) {
        switch (open.pop()) {
            case Json.Obj object -> object.close((int) at.getCharOffset() + 1, at.getLineNr());
            case Json.Arr array -> array.close((int) at.getCharOffset() + 1);
            case Json.Text t -> throw new AssertionError();
            case Json.Num n -> throw new AssertionError();
            case Json.Literal l -> throw new AssertionError();
        }
        int before = (int) at.getCharOffset() - 1;
        while (before >= 0 && text[before] <= ' ') {
            before--;
        }
        if (before >= 0 && text[before] == ',' && !trailingComma) {
            trailingComma = true;
            faults.warning(at.getLineNr(), at.getColumnNr(),
                    "a comma before " + (text[(int) at.getCharOffset()] == ']' ? "]" : "}")
                            + " is not JSON, though it is understood",
                    "take the comma away");
        }
    }

    private void add(Json value) {
        switch (open.peek()) {
            case null -> root = value;
            case Json.Obj object -> object.members().add(new Json.Member(key, keyLine, keyColumn, value));
            case Json.Arr array -> array.values().add(value);
            case Json.Text t -> throw new AssertionError();
            case Json.Num n -> throw new AssertionError();
            case Json.Literal l -> throw new AssertionError();
        }
    }

    private boolean blank(int from) {
        for (int i = from; i < length; i++) {
            if (text[i] > ' ') {
                return false;
            }
        }
        return true;
    }

    private void checkRest(TokenStreamLocation end) {
        if (root != null && !blank((int) end.getCharOffset())) {
            faults.warning(end.getLineNr(), end.getColumnNr(), "the text after the end of the root object is ignored",
                    "take it away, or move it inside");
        }
    }

    /// Jackson's message, in the words of somebody who edits the file.
    private void syntaxFault(JacksonException e) {
        TokenStreamLocation at = e.getLocation();
        int line = at == null ? 0 : Math.max(at.getLineNr(), 0);
        int column = at == null ? 0 : Math.max(at.getColumnNr(), 0);
        String message = String.valueOf(e.getOriginalMessage());
        int newline = message.indexOf('\n');
        if (newline >= 0) {
            message = message.substring(0, newline);
        }
        if (message.startsWith("Unexpected end-of-input")) {
            Json inside = open.peek();
            if (inside == null) {
                faults.error(line, column, "the file ends before its root object", "write the whole file");
            } else {
                faults.error(line, column, "the file ends inside " + inside.kind() + " that begins at line "
                        + inside.line() + ", column " + inside.column(),
                        inside instanceof Json.Arr ? "close it with ]" : "close it with }");
            }
            return;
        }
        String change = message.contains("was expecting comma")
                ? "put a comma between two entries, or close the last one"
                : message.contains("was expecting double-quote to start property name")
                        ? "put the key between double quotes"
                        : message.contains("was expecting a colon")
                                ? "put a colon between key and value"
                                : message.contains("nesting depth")
                                        ? "write the groups without further nesting"
                                        : message.contains("Unrecognized token")
                                                ? "put a string between double quotes"
                                                : "make it JSON";
        faults.error(line, column, message, change);
    }
}
