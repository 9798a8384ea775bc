package io.nubicast.shell;

import java.util.ArrayList;
import java.util.List;

/// A word of a command line and the column, counted from 0, where it starts.
///
/// @param text without blanks
public record Word(String text, int column) {
    /// The words of a line, at blanks and tabs.
    public static List<Word> split(String line) {
        return split(line, 0);
    }

    static List<Word> split(String line, int from) {
        List<Word> words = new ArrayList<>();
        int at = from;
        while (at < line.length()) {
            if (isBlank(line.charAt(at))) {
                at++;
                continue;
            }
            int start = at;
            while (at < line.length() && !isBlank(line.charAt(at))) {
                at++;
            }
            words.add(new Word(line.substring(start, at), start));
        }
        return words;
    }

    /// Blank, tab, and the blanks that word processors put in their place: no-break and ideographic space.
    static boolean isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\u00A0' || c == '\u3000';
    }
}
