package io.nubicast.app.demo;

import java.io.Console;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/// The terminal that standard output is, if it is one.
final class Terminal {
    /// Columns and rows.
    record Size(int columns, int rows) {
        static final Size USUAL = new Size(80, 24);
    }

    private Terminal() {}

    @SuppressWarnings("SystemConsoleNull") // it still may, where its provider is missing
    static boolean present() {
        Console console = System.console();
        String kind = System.getenv("TERM");
        return console != null && console.isTerminal() && kind != null && !kind.equals("dumb");
    }

    /// Asked of `stty`, which is where a terminal is; 80×24 when it does not say.
    static Size size() {
        try {
            Process stty = new ProcessBuilder("stty", "size").redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start();
            String text = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            if (stty.waitFor(1, TimeUnit.SECONDS) && text.matches("[0-9]{1,4} [0-9]{1,4}")) {
                int blank = text.indexOf(' ');
                int rows = Integer.parseInt(text.substring(0, blank));
                int columns = Integer.parseInt(text.substring(blank + 1));
                return rows > 0 && columns > 0 ? new Size(columns, rows) : Size.USUAL;
            }
        } catch (IOException e) {
            // No stty or no terminal: the usual size.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Size.USUAL;
    }
}
