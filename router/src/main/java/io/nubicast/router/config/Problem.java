package io.nubicast.router.config;

/// Something about a configuration: a fault, which keeps it from taking force, or a notice, which does not.
///
/// @param fault whether it is a fault
/// @param line number of the line in its text, from 1; 0 for the prompt or the whole
/// @param column of the first wrong character, from 0; -1 for the whole line
/// @param raw the line as it was typed; may be empty
/// @param message what is wrong, or worth knowing
/// @param advice what to change; may be empty
public record Problem(boolean fault, int line, int column, String raw, String message, String advice) {
    /// As a person reads it: place, line, caret, message, advice.
    ///
    /// @param source the file's name; empty for the prompt
    public String text(String source) {
        StringBuilder text = new StringBuilder();
        if (line > 0) {
            text.append(source).append(source.isEmpty() ? "line " : ":").append(line);
            if (column >= 0) {
                text.append(':').append(column + 1);
            }
            text.append(": ");
        }
        text.append(fault ? "" : "notice: ").append(message).append('\n');
        if (line > 0 && !raw.isEmpty()) {
            text.append("    ").append(raw).append('\n');
            if (column >= 0) {
                text.append("    ").append(blanks()).append("^\n");
            }
        }
        if (!advice.isEmpty()) {
            text.append("    ").append(advice).append('\n');
        }
        return text.toString();
    }

    /// Blanks as wide as what stands before the column; tabs stay, so that the caret is under its character.
    private String blanks() {
        StringBuilder blanks = new StringBuilder();
        for (int i = 0; i < column; i++) {
            blanks.append(i < raw.length() && raw.charAt(i) == '\t' ? '\t' : ' ');
        }
        return blanks.toString();
    }
}
