package io.nubicast.app.demo;

import java.nio.charset.CharsetEncoder;

/// How text looks: colours where there is a terminal, and only characters that it can show.
final class Style {
    private static final String RESET = "\u001b[0m";
    private static final String[][] PLAIN = {{"→", "->"}, {"▶", ">"}, {"█", "#"}, {"░", "."}, {"─", "-"}, {"✓", "+"},
            {"✗", "!"}, {"·", "-"}, {"–", "-"}, {"×", "x"}, {"µ", "u"}};

    private final boolean colours;
    private final boolean unicode;

    /// For an output: what its encoder does not know is replaced by ASCII.
    Style(boolean colours, CharsetEncoder encoder) {
        this.colours = colours;
        this.unicode = encoder.canEncode('█') && encoder.canEncode('→') && encoder.canEncode('✓');
    }

    private String with(String code, String text) {
        return colours ? "\u001b[" + code + "m" + text + RESET : text;
    }

    String title(String text) {
        return with("1", text);
    }

    String picture(String text) {
        return with("1;36", text);
    }

    String good(String text) {
        return with("32", text);
    }

    String bad(String text) {
        return with("1;31", text);
    }

    String dim(String text) {
        return with("2", text);
    }

    String bar(String text) {
        return with("36", text);
    }

    /// For the terminal's characters.
    String line(String text) {
        if (unicode) {
            return text;
        }
        String plain = text;
        for (String[] pair : PLAIN) {
            plain = plain.replace(pair[0], pair[1]);
        }
        return plain;
    }
}
