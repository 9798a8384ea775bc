package io.nubicast.bench;

import io.nubicast.bench.Load.Shape;
import io.nubicast.bench.Results.Case;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;

/// The curve as SVG: on the left how many datagrams a frame carries at which rate, on the right how long they take. Shapes of
/// traffic differ by colour and by mark; light or dark follows the reader's setting.
final class Plot {
    static final String FILE = "fanout-curve.svg";

    private static final int WIDTH = 860;
    private static final int HEIGHT = 360;
    private static final int PANEL_WIDTH = 330;
    private static final int PANEL_HEIGHT = 220;
    private static final int TOP = 84;
    private static final String STYLE = """
            <style>
              .ground { fill: #ffffff } text { fill: #24292f; font: 13px system-ui, sans-serif }
              .title { font-weight: 600; font-size: 14px } .axis { stroke: #57606a } .grid { stroke: #d8dee4 }
              .line { fill: none; stroke-width: 2 } .second { stroke-dasharray: 7 4 }
              .reference { stroke-width: 1.2; stroke-dasharray: 2 3 }
              .even { stroke: #0969da } .poisson { stroke: #bc4c00 } .bursts { stroke: #1a7f37 }
              .even.mark { fill: #0969da } .poisson.mark { fill: #bc4c00 } .bursts.mark { fill: #1a7f37 }
              @media (prefers-color-scheme: dark) {
                .ground { fill: #0d1117 } text { fill: #e6edf3 } .axis { stroke: #8d96a0 } .grid { stroke: #30363d }
                .even { stroke: #58a6ff } .poisson { stroke: #f0883e } .bursts { stroke: #3fb950 }
                .even.mark { fill: #58a6ff } .poisson.mark { fill: #f0883e } .bursts.mark { fill: #3fb950 }
              }
            </style>
            """;

    private final Summary summary;
    private final Variant variant;
    private final double highestRate;
    private final StringBuilder svg = new StringBuilder();
    private int left;
    private DoubleUnaryOperator height = value -> 0;

    private Plot(Summary summary, Variant variant) {
        this.summary = summary;
        this.variant = variant;
        highestRate = summary.cases(Phase.CURVE).stream().mapToInt(place -> place.load().datagramsPerSecond()).max()
                .orElse(0);
    }

    /// Writes the plot, if the curve was measured.
    static void write(Summary summary, Path file) throws IOException {
        List<Variant> variants = summary.variants(Phase.CURVE);
        Variant shown = variants.contains(Variant.PACKET) ? Variant.PACKET : Variant.C_GSO64;
        if (variants.contains(shown)) {
            Files.writeString(file, new Plot(summary, shown).draw());
        }
    }

    private String draw() {
        svg.append(String.format(Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\">%n"
                        + "<title>Mean burst and latency of %s by offered rate</title>%n%s"
                        + "<rect class=\"ground\" width=\"%d\" height=\"%d\"/>%n",
                WIDTH, HEIGHT, WIDTH, HEIGHT, summary.label(variant), STYLE, WIDTH, HEIGHT));
        legend();

        left = 60;
        double most = niceAbove(largest("meanBurst", List.of(variant, Variant.C_GSO64)));
        height = value -> value / most;
        text(left - 40, TOP - 14, "title", "datagrams a frame");
        key(left + 118, "", summary.label(variant));
        if (variant != Variant.C_GSO64) {
            key(left + 236, " reference", "C gso 64");
        }
        for (int i = 0; i <= 4; i++) {
            grid(most * i / 4, most % 4 == 0 ? "%.0f" : "%.1f");
        }
        axis();
        for (Shape shape : Shape.values()) {
            line(variant, shape, "meanBurst", "");
        }
        if (variant != Variant.C_GSO64) {
            for (Shape shape : Shape.values()) {
                line(Variant.C_GSO64, shape, "meanBurst", " reference");
            }
        }

        left = 60 + PANEL_WIDTH + 110;
        int decades = (int) Math.ceil(Math.log10(Math.max(1000, largest("p99Us", List.of(variant)))));
        height = value -> (Math.log10(Math.max(10, value)) - 1) / (decades - 1);
        text(left - 40, TOP - 14, "title", "latency of " + summary.label(variant) + ", µs");
        key(left + 170, "", "p50");
        key(left + 250, " second", "p99");
        for (int decade = 1; decade <= decades; decade++) {
            grid(Math.pow(10, decade), "%.0f");
        }
        axis();
        for (Shape shape : Shape.values()) {
            line(variant, shape, "p50Us", "");
            line(variant, shape, "p99Us", " second");
        }
        return svg.append("</svg>\n").toString();
    }

    private void legend() {
        int x = 20;
        for (Shape shape : Shape.values()) {
            svg.append(String.format(Locale.ROOT, "<path class=\"line %s\" d=\"M%d 22h34\"/>%n", css(shape), x));
            mark(shape, x + 17, 22);
            text(x + 42, 27, "", shape.label());
            x += 60 + 8 * shape.label().length();
        }
    }

    private void key(int x, String style, String label) {
        svg.append(String.format(Locale.ROOT, "<path class=\"line axis%s\" d=\"M%d %dh30\"/>%n", style, x, TOP - 19));
        text(x + 37, TOP - 14, "", label);
    }

    private double largest(String name, List<Variant> variants) {
        double largest = 1;
        for (Case place : summary.cases(Phase.CURVE)) {
            for (Variant each : variants) {
                double value = summary.value(Phase.CURVE, place, each, name);
                largest = Math.max(largest, shown(place, each) ? value : 0);
            }
        }
        return largest;
    }

    private boolean shown(Case place, Variant each) {
        return summary.value(Phase.CURVE, place, each, "overloaded") == 0;
    }

    private static double niceAbove(double value) {
        for (double nice : new double[]{4, 8, 12, 16, 20, 24, 32, 48}) {
            if (value <= nice) {
                return nice;
            }
        }
        return 64;
    }

    private void grid(double value, String format) {
        double y = y(value);
        svg.append(String.format(Locale.ROOT, "<path class=\"grid\" d=\"M%d %.1fh%d\"/>%n", left, y, PANEL_WIDTH));
        svg.append(String.format(Locale.ROOT, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">" + format + "</text>%n",
                left - 8, y + 4.5, value));
    }

    private void axis() {
        int bottom = TOP + PANEL_HEIGHT;
        svg.append(String.format(Locale.ROOT,
                "<path class=\"line axis\" style=\"stroke-width:1\" d=\"M%d %dv%dh%d\"/>%n", left,
                TOP, PANEL_HEIGHT, PANEL_WIDTH));
        summary.cases(Phase.CURVE).stream().mapToInt(place -> place.load().datagramsPerSecond()).distinct()
                .forEach(rate -> svg.append(String.format(Locale.ROOT,
                        "<path class=\"axis\" d=\"M%.1f %dv5\"/>%n<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>%n",
                        x(rate), bottom, x(rate), bottom + 20,
                        rate % 1000 == 0
                                ? Integer.toString(rate / 1000)
                                : String.format(Locale.ROOT, "%.1f", rate / 1e3))));
        svg.append(String.format(Locale.ROOT,
                "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">offered to each of 64 members: 1,000 datagrams/s</text>%n",
                left + PANEL_WIDTH / 2, bottom + 44));
    }

    private void line(Variant each, Shape shape, String name, String style) {
        List<Case> cases = new ArrayList<>();
        for (Case place : summary.cases(Phase.CURVE)) {
            if (place.load().shape() == shape && shown(place, each)
                    && !Double.isNaN(summary.value(Phase.CURVE, place, each, name))) {
                cases.add(place);
            }
        }
        if (cases.isEmpty()) {
            return;
        }
        StringBuilder path = new StringBuilder();
        for (Case place : cases) {
            path.append(String.format(Locale.ROOT, "%s%.1f %.1f", path.isEmpty() ? "M" : " L",
                    x(place.load().datagramsPerSecond()), y(summary.value(Phase.CURVE, place, each, name))));
        }
        svg.append(String.format(Locale.ROOT, "<path class=\"line %s%s\" d=\"%s\"/>%n", css(shape), style, path));
        for (Case place : cases) {
            if (style.isEmpty() || style.equals(" second")) {
                mark(shape, x(place.load().datagramsPerSecond()), y(summary.value(Phase.CURVE, place, each, name)));
            }
        }
    }

    private double x(double rate) {
        return left + PANEL_WIDTH * rate / (highestRate * 1.04);
    }

    private double y(double value) {
        return TOP + PANEL_HEIGHT * (1 - Math.min(1, height.applyAsDouble(value)));
    }

    private void mark(Shape shape, double x, double y) {
        String path = switch (shape) {
            case EVEN -> "m-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0";
            case POISSON -> "m-4 -4h8v8h-8z";
            case BURSTS -> "m0 -5.5l5 9h-10z";
        };
        svg.append(
                String.format(Locale.ROOT, "<path class=\"%s mark\" d=\"M%.1f %.1f%s\"/>%n", css(shape), x, y, path));
    }

    private void text(int x, int y, String style, String words) {
        svg.append(String.format(Locale.ROOT, "<text x=\"%d\" y=\"%d\" class=\"%s\">%s</text>%n", x, y, style, words));
    }

    private static String css(Shape shape) {
        return shape.name().toLowerCase(Locale.ROOT);
    }
}
