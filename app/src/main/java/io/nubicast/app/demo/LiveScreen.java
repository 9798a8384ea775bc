package io.nubicast.app.demo;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A terminal: the table is drawn on the alternate screen, in place, and the result on the usual one.
final class LiveScreen implements Screen {
    private static final String ALTERNATE = "\u001b[?1049h\u001b[?25l\u001b[2J";
    private static final String USUAL = "\u001b[?25h\u001b[?1049l";
    private static final String HOME = "\u001b[H";
    private static final String CLEAR_LINE = "\u001b[K";
    private static final String CLEAR_BELOW = "\u001b[J";
    private static final int ASK_SIZE_EVERY = 4;
    private static final int ROOMY_ROWS = 28;

    private final PrintStream out;
    private final Style style;
    private Terminal.Size size = Terminal.size();
    private String lastSaid = "";
    private int frames;
    private boolean open;
    private boolean closed;

    LiveScreen(PrintStream out) {
        this.out = out;
        this.style = new Style(System.getenv("NO_COLOR") == null, out.charset().newEncoder());
    }

    @Override
    public synchronized void open(List<String> introduction) {
        if (closed) {
            return;
        }
        open = true;
        out.print(ALTERNATE);
        List<String> lines = new ArrayList<>(List.of(title(), ""));
        lines.addAll(introduction);
        draw(lines);
    }

    private String title() {
        return style.title("nubicast demo proxy") + "  multicast across a network that carries none";
    }

    @Override
    public synchronized void show(Frame frame) {
        if (!open) {
            return;
        }
        if (frames++ % ASK_SIZE_EVERY == 0) {
            size = Terminal.size();
        }
        boolean roomy = size.rows() >= ROOMY_ROWS;
        List<String> lines = new ArrayList<>();
        lines.add(title());
        lines.add(style.title(frame.act()));
        lines.add("");
        lines.addAll(new Table(style, size.columns()).live(frame, roomy));
        lines.add("");
        if (roomy && !lastSaid.isEmpty()) {
            lines.add(style
                    .dim(lastSaid.length() < size.columns() ? lastSaid : lastSaid.substring(0, size.columns() - 1)));
        }
        lines.add(bar(frame));
        if (roomy) {
            lines.add(
                    style.dim("lost: sent a second ago and not here.  jitter: of the stream's clock references, 99 %"));
        }
        draw(lines);
    }

    private String bar(Frame frame) {
        int width = Math.clamp(size.columns() - 40, 20, 50);
        int done = Math.clamp(Math.round(width * frame.elapsedSeconds() / frame.seconds()), 0, width);
        return style.bar("█".repeat(done)) + style.dim("░".repeat(width - done))
                + String.format(Locale.ROOT, "  %2.0f of %d s", frame.elapsedSeconds(), frame.seconds())
                + style.dim("   Ctrl-C ends");
    }

    /// All in one write, so that it does not flicker.
    private void draw(List<String> lines) {
        StringBuilder text = new StringBuilder(HOME);
        for (int i = 0; i < lines.size() && i < size.rows(); i++) {
            text.append(i == 0 ? "" : "\r\n").append(lines.get(i)).append(CLEAR_LINE);
        }
        out.print(style.line(text.append(CLEAR_BELOW).toString()));
        out.flush();
    }

    @Override
    public synchronized void say(String line) {
        lastSaid = line;
    }

    @Override
    public synchronized void close() {
        if (open) {
            out.print(USUAL);
            out.flush();
        }
        open = false;
        closed = true;
    }

    @Override
    public synchronized void result(String proof, List<String> serving, Frame last,
            List<Scene.Comparison> comparisons, List<String> complaints) {
        Result.print(out, style, size.columns(), proof, serving, last, comparisons, complaints);
    }
}
