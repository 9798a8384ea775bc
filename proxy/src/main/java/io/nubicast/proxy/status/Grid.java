package io.nubicast.proxy.status;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/// Rows under a heading, each column as wide as its widest cell. A remark stands behind its row while both fit a terminal of the
/// usual width, else on a line of its own below.
final class Grid {
    private static final int TERMINAL = 80;
    private static final String BELOW = "    ";
    private static final String SPACES = " ".repeat(64);

    private final int[] widths;
    private final boolean[] toTheLeft;
    private final List<List<String>> rows = new ArrayList<>();

    /// @param heading one word a column
    /// @param leftColumns those that are aligned to the left, in ascending order
    Grid(List<String> heading, int... leftColumns) {
        widths = new int[heading.size()];
        toTheLeft = new boolean[heading.size()];
        for (int column : leftColumns) {
            toTheLeft[column] = true;
        }
        row(heading, "");
    }

    void row(List<String> cells, String remark) {
        for (int column = 0; column < widths.length; column++) {
            widths[column] = Math.max(widths[column], cells.get(column).length());
        }
        List<String> row = new ArrayList<>(cells);
        row.add(remark);
        rows.add(row);
    }

    /// A line between the rows that keeps to no column.
    void line(String text) {
        rows.add(List.of(text));
    }

    void render(Consumer<String> lines) {
        for (List<String> row : rows) {
            if (row.size() == 1) {
                lines.accept(row.getFirst());
            } else {
                render(text(row), row.getLast(), lines);
            }
        }
    }

    private static void render(String cells, String remark, Consumer<String> lines) {
        if (remark.isEmpty()) {
            lines.accept(cells);
        } else if (cells.length() + 2 + remark.length() <= TERMINAL) {
            lines.accept(cells + "  " + remark);
        } else {
            lines.accept(cells);
            lines.accept(BELOW + remark);
        }
    }

    private String text(List<String> row) {
        StringBuilder text = new StringBuilder(Arrays.stream(widths).sum() + 3 * widths.length);
        for (int column = 0; column < widths.length; column++) {
            String cell = row.get(column);
            String fill = fill(widths[column] - cell.length());
            text.append(column == 0 ? "" : column == widths.length - 1 ? "  " : " ");
            text.append(toTheLeft[column] ? cell : fill).append(toTheLeft[column] ? fill : cell);
        }
        return text.toString();
    }

    private static String fill(int width) {
        return width <= SPACES.length() ? SPACES.substring(0, width) : " ".repeat(width);
    }
}
