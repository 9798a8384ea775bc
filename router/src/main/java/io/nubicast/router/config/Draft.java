package io.nubicast.router.config;

import io.nubicast.shell.Arguments;
import io.nubicast.shell.Command.Form;
import io.nubicast.shell.Refused;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A configuration that is being changed. For one thread.
final class Draft {
    private static final long SEQUENCE_STEP = 10;

    private static final class Node {
        private Line line;
        private final Map<String, Line> children = new LinkedHashMap<>();

        private Node(Line line) {
            this.line = line;
        }
    }

    private final Map<String, Node> nodes = new LinkedHashMap<>();

    /// A draft that starts with these lines.
    static Draft of(ConfigTree tree) {
        Draft draft = new Draft();
        for (ConfigTree.Entry entry : tree.entries()) {
            Node node = new Node(entry.line());
            entry.children().forEach(child -> node.children.put(child.key(), child));
            draft.nodes.put(entry.line().key(), node);
        }
        return draft;
    }

    ConfigTree tree() {
        List<ConfigTree.Entry> entries = new ArrayList<>();
        nodes.values()
                .forEach(node -> entries.add(new ConfigTree.Entry(node.line, List.copyOf(node.children.values()))));
        return new ConfigTree(entries);
    }

    /// Puts or takes away a line.
    ///
    /// @param place key of the block for lines of one; ignored for global lines
    /// @return the block that the line opened; empty for other lines
    /// @throws Refused when the block is no longer there, or there is no such line to take away
    String apply(String place, Statement statement, Form form, Arguments arguments, Line.Origin origin) throws Refused {
        if (!statement.mode().equals(Modes.GLOBAL)) {
            Node node = nodes.get(place);
            if (node == null) {
                throw new Refused("'" + place + "' is no longer configured: enter it again");
            }
            change(node.children, statement, form, arguments, origin);
            return "";
        }
        String key = statement.keyOf(arguments);
        if (form == Form.SET && statement.opens() != null) {
            Node node = nodes.get(key);
            Line header = line(statement, arguments, key, arguments.text(), false, origin);
            if (node == null) {
                nodes.put(key, new Node(header));
            } else {
                node.line = header;
            }
            return key;
        }
        changeGlobal(statement, form, arguments, origin, key);
        return "";
    }

    private static Line line(Statement statement, Arguments arguments, String key, String text, boolean negated,
            Line.Origin origin) {
        return new Line(statement, arguments, key, text, negated, origin);
    }

    /// A global line.
    private void changeGlobal(Statement statement, Form form, Arguments arguments, Line.Origin origin, String key) {
        Line line = wanted(statement, form, arguments, origin, key);
        if (line != null) {
            Node node = nodes.get(key);
            if (node == null) {
                nodes.put(key, new Node(line));
            } else {
                node.line = line;
            }
            return;
        }
        nodes.remove(key);
        if (statement.doesRemoveAll()) {
            nodes.keySet().removeIf(other -> other.startsWith(key + " "));
        }
    }

    /// A line of a block.
    private static void change(Map<String, Line> lines, Statement statement, Form form, Arguments arguments,
            Line.Origin origin) throws Refused {
        if (statement.isNumbered()) {
            changeNumbered(lines, statement, form, arguments, origin);
            return;
        }
        String key = statement.keyOf(arguments);
        Line line = wanted(statement, form, arguments, origin, key);
        if (line != null) {
            lines.put(key, line);
            return;
        }
        lines.remove(key);
        if (statement.doesRemoveAll()) {
            lines.keySet().removeIf(other -> other.startsWith(key + " "));
        }
    }

    /// The line that shall be kept; null when it is to go.
    private static @Nullable Line wanted(Statement statement, Form form, Arguments arguments, Line.Origin origin,
            String key) {
        String text = arguments.text();
        return switch (form) {
            case SET -> statement.isOnByDefault() && text.equals(key) || statement.isDefault(text)
                    ? null
                    : line(statement, arguments, key, text, false, origin);
            case NO -> statement.isOnByDefault() && (text.equals(key) || statement.isDefault(text))
                    ? line(statement, arguments, key, "no " + key, true, origin)
                    : null;
            case DEFAULT -> null;
        };
    }

    private static void changeNumbered(Map<String, Line> lines, Statement statement, Form form, Arguments arguments,
            Line.Origin origin) throws Refused {
        boolean numbered = arguments.column("seq") >= 0;
        String rest = numbered ? withoutFirst(arguments.text()) : arguments.text();
        if (form != Form.SET) {
            boolean removed = numbered
                    ? lines.remove(arguments.canonical("seq")) != null
                    : lines.values().removeIf(line -> withoutFirst(line.text()).equals(rest));
            if (!removed) {
                throw new Refused("there is no such entry in this list");
            }
            return;
        }
        if (lines.values().stream().anyMatch(line -> withoutFirst(line.text()).equals(rest))) {
            return; // as IOS, an entry is in a list once
        }
        long last = lines.values().stream().mapToLong(Line::sequence).max().orElse(0);
        String number = numbered ? arguments.canonical("seq") : Long.toString(last + SEQUENCE_STEP);
        lines.put(number, line(statement, arguments, number, number + " " + rest, false, origin));
    }

    private static String withoutFirst(String text) {
        return text.substring(text.indexOf(' ') + 1);
    }
}
