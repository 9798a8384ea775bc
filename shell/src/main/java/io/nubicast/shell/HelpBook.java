package io.nubicast.shell;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What `?` says of words. A line of the book is a path of keywords and `<parameters>`, two blanks or more, and the text:
///
///     show            Show running system information
///     ip mroute       IP multicast routing table
///     <group>         Group address
///
/// A word in a command is looked up by the longest end of its path that the book has, so that `ip mroute` also tells what
/// `clear ip mroute` is about. Immutable.
final class HelpBook {
    private final Map<String, String> texts;

    HelpBook(List<String> pages) {
        Map<String, String> collected = new HashMap<>();
        for (String page : pages) {
            page.lines().filter(line -> !line.isBlank()).forEach(line -> {
                int gap = line.indexOf("  ");
                if (gap <= 0) {
                    throw new IllegalArgumentException("no help in \"" + line + "\"");
                }
                collected.put(line.substring(0, gap), line.substring(gap).strip());
            });
        }
        texts = Map.copyOf(collected);
    }

    /// The help for the last word of a path; empty when the book does not have it.
    String find(List<String> path) {
        for (int from = 0; from < path.size(); from++) {
            String text = texts.get(String.join(" ", path.subList(from, path.size())));
            if (text != null) {
                return text;
            }
        }
        return "";
    }
}
