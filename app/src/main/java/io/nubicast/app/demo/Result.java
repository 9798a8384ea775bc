package io.nubicast.app.demo;

import java.io.PrintStream;
import java.util.List;

/// The end of a demo in words and numbers.
final class Result {
    private Result() {}

    static void print(PrintStream out, Style style, int width, String proof, List<String> serving, Frame last,
            List<Scene.Comparison> comparisons, List<String> complaints) {
        StringBuilder text = new StringBuilder();
        if (!proof.isEmpty()) {
            text.append(proof).append(".\n");
        }
        serving.forEach(line -> text.append(line).append('\n'));
        new Table(style, width).last(last, comparisons).forEach(line -> text.append(line).append('\n'));
        text.append('\n');
        if (complaints.isEmpty()) {
            text.append(style.good("✓ Every member received every packet, unchanged and in order.")).append('\n');
        } else {
            text.append(style.bad("✗ Not every member received every packet unchanged:")).append('\n');
            complaints.forEach(line -> text.append("  ").append(line).append('\n'));
        }
        out.print(style.line(text.toString()));
        out.flush();
    }
}
