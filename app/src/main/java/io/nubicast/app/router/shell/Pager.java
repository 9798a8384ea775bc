package io.nubicast.app.router.shell;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;

/// Shows a text page by page, as IOS does: a blank for the next page, Enter for the next line, anything else to stop.
final class Pager {
    private static final String MORE = " --More-- ";
    private static final String WIPE = "\r" + " ".repeat(MORE.length()) + "\r";

    /// The keys that are pressed.
    @FunctionalInterface
    interface Keys {
        /// The next key; negative when there is none any more.
        int read() throws IOException;
    }

    private Pager() {}

    /// @param length lines of a page, 0 for all at once
    static void show(String text, int length, PrintWriter out, Keys keys) throws IOException {
        List<String> lines = text.lines().toList();
        int room = length <= 1 ? Integer.MAX_VALUE : length - 1;
        for (int i = 0; i < lines.size(); i++) {
            if (room == 0) {
                out.print(MORE);
                out.flush();
                int key = keys.read();
                out.print(WIPE);
                room = switch (key) {
                    case ' ' -> length - 1;
                    case '\r', '\n' -> 1;
                    default -> 0;
                };
                if (room == 0) {
                    break;
                }
            }
            out.println(lines.get(i));
            room--;
        }
        out.flush();
    }
}
