package io.nubicast.shell;

import java.util.Map;

/// What a command answers: the text that IOS prints, and the same facts for `--json`. Immutable; any thread.
///
/// @param text lines, each ended by a line feed; empty for a command that says nothing
/// @param json maps with string keys in the order of printing, lists, strings, numbers and booleans; an empty map for a command
///     that has nothing to tell
public record Answer(String text, Object json) {
    public static final Answer NOTHING = new Answer("", Map.of());
}
