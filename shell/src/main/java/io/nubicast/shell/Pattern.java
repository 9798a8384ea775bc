package io.nubicast.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The form of a command, compiled: `show ip mroute [<group:group> [<source:address>]] [count|summary]`.
///
/// - a word in small letters is a keyword;
/// - `<name:type>` is a parameter, the type being one of [ParameterTypes]; `<word>` is short for `<word:word>`;
/// - `[…]` may be left out, `(a|b)` and `[a|b]` are alternatives.
final class Pattern {
    /// A place in a pattern: what may follow, and whether a line may end here.
    record Node(List<Edge> edges, boolean end) {
        private static final Node END = new Node(List.of(), true);
    }

    /// One thing that may follow.
    record Edge(Step step, Node to) {}

    private final String text;
    private final ParameterTypes types;
    private int at;

    private Pattern(String text, ParameterTypes types) {
        this.text = text;
        this.types = types;
    }

    /// The start of the compiled pattern.
    ///
    /// @throws IllegalArgumentException when the pattern is malformed, a fault of the program
    static Node compile(String text, ParameterTypes types) {
        Pattern pattern = new Pattern(text, types);
        List<Part> alternatives = pattern.alternatives();
        if (pattern.at < text.length()) {
            throw pattern.fault("a bracket that nothing opened");
        }
        return new Choice(alternatives, false).before(Node.END);
    }

    private sealed interface Part {
        /// The place where this part stands, when `next` is what follows it.
        Node before(Node next);
    }

    private record One(Step step) implements Part {
        @Override
        public Node before(Node next) {
            return new Node(List.of(new Edge(step, next)), false);
        }
    }

    private record Sequence(List<Part> parts) implements Part {
        @Override
        public Node before(Node next) {
            Node node = next;
            for (Part part : parts.reversed()) {
                node = part.before(node);
            }
            return node;
        }
    }

    private record Choice(List<Part> alternatives, boolean optional) implements Part {
        @Override
        public Node before(Node next) {
            List<Edge> edges = new ArrayList<>();
            boolean end = false;
            for (Part alternative : alternatives) {
                Node node = alternative.before(next);
                edges.addAll(node.edges());
                end |= node.end();
            }
            if (optional) {
                edges.addAll(next.edges());
                end |= next.end();
            }
            return new Node(List.copyOf(edges), end);
        }
    }

    private List<Part> alternatives() {
        List<Part> alternatives = new ArrayList<>();
        List<Part> sequence = new ArrayList<>();
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == ' ') {
                at++;
            } else if (c == '|') {
                at++;
                alternatives.add(new Sequence(List.copyOf(sequence)));
                sequence.clear();
            } else if (c == '[' || c == '(') {
                at++;
                List<Part> inner = alternatives();
                if (at >= text.length() || text.charAt(at) != (c == '[' ? ']' : ')')) {
                    throw fault("a bracket that is not closed");
                }
                at++;
                sequence.add(new Choice(inner, c == '['));
            } else if (c == ']' || c == ')') {
                break;
            } else if (c == '<') {
                sequence.add(new One(parameter()));
            } else {
                sequence.add(new One(keyword()));
            }
        }
        alternatives.add(new Sequence(List.copyOf(sequence)));
        return alternatives;
    }

    private Step parameter() {
        int close = text.indexOf('>', at);
        if (close < 0) {
            throw fault("a parameter without >");
        }
        String inside = text.substring(at + 1, close);
        at = close + 1;
        int colon = inside.indexOf(':');
        String name = colon < 0 ? inside : inside.substring(0, colon);
        String type = colon < 0 ? inside : inside.substring(colon + 1);
        return new Step.Parameter(name, types.find(type)
                .orElseThrow(() -> fault("no type '" + type + "', there are " + types.names())));
    }

    private Step keyword() {
        int start = at;
        while (at < text.length() && " |[]()<".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return new Step.Keyword(text.substring(start, at).toLowerCase(Locale.ROOT));
    }

    private IllegalArgumentException fault(String what) {
        return new IllegalArgumentException("pattern \"" + text + "\" at " + at + ": " + what);
    }
}
