package io.nubicast.app.demo;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// No terminal: a line a second, for a log.
final class PlainScreen implements Screen {
    private final PrintStream out;
    private final Style style;
    private String act = "";
    private double lastSeconds = -1;
    private boolean closed;

    PlainScreen(PrintStream out) {
        this.out = out;
        this.style = new Style(false, out.charset().newEncoder());
    }

    private void print(String line) {
        out.println(style.line(line));
    }

    @Override
    public synchronized void open(List<String> introduction) {
        introduction.forEach(this::print);
    }

    @Override
    public synchronized void show(Frame frame) {
        if (closed) {
            return;
        }
        if (!frame.act().equals(act)) {
            act = frame.act();
            print(act);
            lastSeconds = frame.elapsedSeconds();
            return;
        }
        if (frame.elapsedSeconds() - lastSeconds < 1) {
            return;
        }
        lastSeconds = frame.elapsedSeconds();
        List<String> pictures = new ArrayList<>();
        for (Frame.Part part : frame.parts()) {
            List<String> cells = new ArrayList<>();
            for (Frame.Row row : part.rows()) {
                switch (row.hop().role()) {
                    case SOURCE -> cells.add("sent " + Math.max(0, row.reading().packets()));
                    case MEMBER -> cells.add(row.hop().place() + " " + row.reading().packets()
                            + (row.lost() > 0 ? " (lost " + row.lost() + ")" : "")
                            + (row.reading().well() ? "" : " (" + row.reading().health() + ")"));
                    case CONTROL -> cells.add("control " + row.reading().packets());
                    case PROXY, BLOCKED -> {}
                }
            }
            pictures.add(String.join("  ", cells));
        }
        print(String.format(Locale.ROOT, "%4.0f s  ", frame.elapsedSeconds()) + String.join("  |  ", pictures));
    }

    @Override
    public synchronized void say(String line) {
        if (!closed) {
            print("  " + line);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
    }

    @Override
    public synchronized void result(String proof, List<String> serving, Frame last,
            List<Scene.Comparison> comparisons, List<String> complaints) {
        // The lines of the way there have been printed already.
        Result.print(out, style, 100, "", List.of(), last, comparisons, complaints);
    }
}
