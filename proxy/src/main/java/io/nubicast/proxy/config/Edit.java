package io.nubicast.proxy.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One change of one file under its lock: read, change the tree, write in the original's form (compact on one line, or pretty;
/// no newline at the end, known keys in the original's order, unknown keys after them).
final class Edit {
    private final String arrayKey;
    private final List<String> keyOrder;
    private final boolean pretty;

    Edit(String arrayKey, List<String> keyOrder, boolean pretty) {
        this.arrayKey = arrayKey;
        this.keyOrder = keyOrder;
        this.pretty = pretty;
    }

    /// Changes the entries; tells what came of it.
    interface Change {
        EditResult apply(Json.Arr entries);
    }

    /// The entries of the file as they are, without the lock; null when it has none, with `faults` saying why.
    Json.@Nullable Arr entries(Path file, Faults faults) {
        if (isBlank(file)) {
            return null;
        }
        Json root = JsonText.read(file, faults);
        if (faults.anyError()) {
            return null;
        }
        return root instanceof Json.Obj object && object.get(arrayKey) instanceof Json.Arr array ? array : null;
    }

    /// @param create whether a file, or an array, that is not there is made; otherwise it is [EditResult.Outcome#NO_FILE]
    EditResult change(Path file, boolean create, Change change) throws IOException {
        if (!create && isBlank(file)) {
            return EditResult.noFile(file);
        }
        Path directory = file.toAbsolutePath().getParent();
        if (create && directory != null) {
            Files.createDirectories(directory);
        }
        return ConfigFiles.locked(file, () -> changeLocked(file, create, change));
    }

    /// Takes the array away, with its key.
    EditResult drop(Path file) throws IOException {
        return ConfigFiles.locked(file, () -> {
            Faults faults = new Faults(file.toString());
            Json.Obj root = root(file, faults);
            if (root == null) {
                return EditResult.badFile(faults);
            }
            root.members().removeIf(member -> member.key().equals(arrayKey));
            write(file, root);
            return EditResult.CHANGED;
        });
    }

    /// The root object, a new one for a blank file; null when the file cannot be understood, with `faults` saying why.
    private Json.@Nullable Obj root(Path file, Faults faults) {
        if (isBlank(file)) {
            return Json.Obj.made();
        }
        Json read = JsonText.read(file, faults);
        if (!faults.anyError() && !(read instanceof Json.Obj) && read != null) {
            faults.error(read, "the file holds " + read.kind() + " instead of an object",
                    "write {\"" + arrayKey + "\":[…]}");
        }
        return faults.anyError() || !(read instanceof Json.Obj object) ? null : object;
    }

    private void write(Path file, Json.Obj root) throws IOException {
        ConfigFiles.replace(file, text(root));
    }

    /// As it is written.
    String text(Json.Obj root) {
        StringBuilder text = new StringBuilder(256);
        if (pretty) {
            root.writePretty(text, 0);
        } else {
            root.write(text);
        }
        return text.toString();
    }

    /// As [#change(Path, boolean, Change)], for callers that hold the lock.
    EditResult changeLocked(Path file, boolean create, Change change) throws IOException {
        if (!create && isBlank(file)) {
            return EditResult.noFile(file);
        }
        Faults wrong = new Faults(file.toString());
        Json.Obj root = root(file, wrong);
        if (root == null) {
            return EditResult.badFile(wrong);
        }
        Json value = root.get(arrayKey);
        Json.Arr entries;
        boolean made = false;
        if (value instanceof Json.Arr array) {
            entries = array;
        } else if (value == null && create) {
            entries = Json.Arr.made();
            root.put(arrayKey, entries);
            made = true;
        } else {
            Faults faults = new Faults(file.toString());
            faults.error(value == null ? root : value,
                    "\"" + arrayKey + "\" is " + (value == null ? "missing" : "no array"),
                    "write \"" + arrayKey + "\":[]");
            return EditResult.badFile(faults);
        }
        EditResult result = change.apply(entries);
        if (made && result.isDone()) {
            result = EditResult.CHANGED;
        }
        if (result.outcome() == EditResult.Outcome.CHANGED) {
            for (int i = 0; i < entries.values().size(); i++) {
                if (entries.values().get(i) instanceof Json.Obj entry) {
                    entries.values().set(i, ordered(entry));
                }
            }
            write(file, root);
        }
        return result;
    }

    private Json.Obj ordered(Json.Obj entry) {
        Json.Obj result = new Json.Obj(entry.line(), entry.column());
        result.close(entry.end(), entry.lastLine());
        for (String key : keyOrder) {
            for (Json.Member member : entry.members()) {
                if (member.key().equals(key)) {
                    result.put(key, member.value());
                }
            }
        }
        for (Json.Member member : entry.members()) {
            if (!keyOrder.contains(member.key())) {
                result.put(member.key(), member.value());
            }
        }
        return result;
    }

    /// Whether there is nothing in it, or no such file.
    static boolean isBlank(Path file) {
        try {
            if (Files.size(file) > 64) {
                return false;
            }
            for (byte b : Files.readAllBytes(file)) {
                if (b < 0 || b > ' ') {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            return Files.notExists(file);
        }
    }

    /// The text of a key that is a string or a number, as json-c's `json_object_get_string`; empty otherwise.
    static String text(Json.Obj entry, String key) {
        Json value = entry.get(key);
        return switch (value) {
            case null -> "";
            case Json.Text text -> text.text();
            case Json.Num number -> number.text();
            case Json.Obj o -> "";
            case Json.Arr a -> "";
            case Json.Literal l -> l.text();
        };
    }

    /// The whole number of a key; `absent` when there is none.
    static int number(Json.Obj entry, String key, int absent) {
        String text = text(entry, key);
        if (text.isEmpty() || text.length() > 9) {
            return absent;
        }
        int value = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return absent;
            }
            value = value * 10 + (c - '0');
        }
        return value;
    }
}
