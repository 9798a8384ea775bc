package io.nubicast.app.demo;

import io.nubicast.app.demo.Hop.Role;
import io.nubicast.app.demo.Scene.Comparison;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The lines of the hop-by-hop table, for a width of 80 columns or more.
final class Table {
    /// All columns but `what` and the last.
    private static final int FIXED = 44;
    private static final int LEAST_WIDTH = 80;
    private static final int MOST_WIDTH = 110;

    private final Style style;
    private final int what;
    private final int last;

    Table(Style style, int width) {
        this.style = style;
        int free = Math.clamp(width, LEAST_WIDTH, MOST_WIDTH) - 1 - FIXED;
        this.last = Math.max(17, free / 2 - 4);
        this.what = free - last;
    }

    /// The table while it runs.
    List<String> live(Frame frame, boolean roomy) {
        List<String> lines = new ArrayList<>();
        boolean first = true;
        for (Frame.Part part : frame.parts()) {
            if (!first) {
                lines.add("");
            }
            lines.add(style.picture(part.picture().title())
                    + (roomy ? "" : style.dim("   " + part.picture().way())));
            if (roomy) {
                lines.add(style.dim("  " + part.picture().path()));
            }
            if (first || roomy) {
                lines.add(style.dim(header("stream")));
            }
            first = false;
            for (Frame.Row row : part.rows()) {
                lines.add(row(row, health(row)));
            }
        }
        return lines;
    }

    /// The table at the end: the last column says whether a member got everything.
    List<String> last(Frame frame, List<Comparison> comparisons) {
        List<String> lines = new ArrayList<>();
        for (Frame.Part part : frame.parts()) {
            lines.add("");
            lines.add(style.picture(part.picture().title()));
            lines.add(style.dim("  " + part.picture().path()));
            lines.add(style.dim(header("result")));
            for (Frame.Row row : part.rows()) {
                lines.add(row(row, result(row, comparisons)));
            }
        }
        return lines;
    }

    private String header(String lastTitle) {
        return "  " + fit("where", 5) + " " + fit("what", what) + right("packets", 9) + right("pkt/s", 7)
                + right("Mbit/s", 8) + right("lost", 6) + "  " + lastTitle;
    }

    private String row(Frame.Row row, String lastCell) {
        Hop hop = row.hop();
        String lost = row.lost() < 0
                ? right("", 6)
                : row.lost() == 0 ? style.good(right("0", 6)) : style.bad(right(Long.toString(row.lost()), 6));
        return "  " + fit(hop.place(), 5) + " " + fit(hop.what(), what) + right(count(row.reading().packets()), 9)
                + right(number(row.packetsPerSecond(), "%.0f"), 7)
                + right(number(row.bitsPerSecond() / 1e6, "%.2f"), 8) + lost + "  " + lastCell;
    }

    private String health(Frame.Row row) {
        String text = row.reading().health();
        if (text.isEmpty()) {
            return "";
        }
        return row.reading().well()
                ? style.good("✓") + " " + fit(text, last - 2).stripTrailing()
                : style.bad("✗ " + fit(text, last - 2).stripTrailing());
    }

    private String result(Frame.Row row, List<Comparison> comparisons) {
        if (row.hop().role() != Role.MEMBER) {
            return health(row);
        }
        return comparisons.stream().filter(comparison -> row.hop().place().equals(comparison.member())
                || row.hop().what().startsWith(comparison.member() + " ")).findFirst()
                .map(comparison -> comparison.unchanged() && comparison.sent() == comparison.received()
                        ? style.good("✓ unchanged")
                        : style.bad(comparison.sent() == comparison.received() ? "✗ changed" : "✗ incomplete"))
                .orElse("");
    }

    private static String count(long packets) {
        return packets < 0 ? "–" : Long.toString(packets);
    }

    private static String number(double value, String format) {
        return value < 0 ? "–" : String.format(Locale.ROOT, format, value);
    }

    private static String fit(String text, int width) {
        return text.length() > width ? text.substring(0, width) : text + " ".repeat(width - text.length());
    }

    private static String right(String text, int width) {
        return " ".repeat(Math.max(0, width - text.length())) + text;
    }
}
