package io.nubicast.proxy.config;

/// Something wrong with a configuration file, and the change that repairs it.
///
/// @param file as the user named it
/// @param line from 1; 0 when the fault has no place in the text, such as a file that is not there
/// @param column from 1, in characters; 0 as above
/// @param what is wrong, one clause
/// @param change to make, one clause; may be empty
public record Fault(Severity severity, String file, int line, int column, String what, String change) {
    public Fault {
        what = printable(what);
    }

    /// `text` without anything that could move a terminal's cursor or break a log line.
    static String printable(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean control = c < ' ' || c >= 0x7F && c < 0xA0 || c == 0x2028 || c == 0x2029
                    || Character.isSurrogate(c);
            shown.append(control ? '?' : c);
        }
        return shown.toString();
    }

    /// Whether the file can be used all the same.
    public enum Severity {
        /// The file is refused.
        ERROR,
        /// The file is used as the text says.
        WARNING;

        /// As it stands in lines for people and in JSON.
        public String label() {
            return this == ERROR ? "error" : "warning";
        }
    }

    public boolean isError() {
        return severity == Severity.ERROR;
    }

    /// One line for logs and terminals: `server_cfg.json.txt:3:20: error: member "10.1" is not …; write 10.0.0.1`.
    public String text() {
        StringBuilder line = new StringBuilder(160).append(file).append(':');
        if (this.line > 0) {
            line.append(this.line).append(':').append(column).append(':');
        }
        line.append(' ').append(severity.label()).append(": ").append(what);
        if (!change.isEmpty()) {
            line.append("; ").append(change);
        }
        return line.toString();
    }
}
