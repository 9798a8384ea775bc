package io.nubicast.bench;

import io.nubicast.bench.Results.Case;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The results of a run, one row for each phase, case and variant: what tables and plots show, and what is written as JSON,
/// one result a line.
///
/// @param run what is known of the run as a whole, such as the date
record Summary(Map<String, String> run, List<Row> rows) {
    private static final Pattern FIELD = Pattern.compile("\"(\\w+)\":(?:\"([^\"]*)\"|(-?[\\d.][\\d.eE+-]*))");

    /// What one variant reached in one case.
    record Row(Phase phase, Variant variant, Case place, Map<String, Double> values) {}

    /// The value of that name; NaN where it was not measured.
    double value(Phase phase, Case place, Variant variant, String name) {
        for (Row row : rows) {
            if (row.phase() == phase && row.variant() == variant && row.place().equals(place)) {
                return row.values().getOrDefault(name, Double.NaN);
            }
        }
        return Double.NaN;
    }

    double sum(String name) {
        ToDoubleFunction<Row> value = row -> row.values().getOrDefault(name, 0.0);
        return rows.stream().mapToDouble(value).sum();
    }

    /// In the order in which they were measured.
    List<Case> cases(Phase phase) {
        return rows.stream().filter(row -> row.phase() == phase).map(Row::place).distinct().toList();
    }

    /// In the order of the tables.
    List<Variant> variants(Phase phase) {
        return rows.stream().filter(row -> row.phase() == phase).map(Row::variant).distinct().sorted().toList();
    }

    boolean has(Phase phase) {
        return rows.stream().anyMatch(row -> row.phase() == phase);
    }

    String label(Variant variant) {
        return variant.label(Integer.parseInt(run.getOrDefault("burst", "16")));
    }

    void write(Path file) throws IOException {
        StringBuilder json = new StringBuilder("{");
        run.forEach((name, value) -> json.append('"').append(name).append("\":\"").append(value).append("\","));
        json.append("\n\"results\":[");
        String separator = "\n";
        for (Row row : rows) {
            json.append(separator).append(String.format(Locale.ROOT,
                    "{\"phase\":\"%s\",\"variant\":\"%s\",\"members\":%d,\"bytes\":%d", lower(row.phase()),
                    lower(row.variant()), row.place().cell().members(), row.place().cell().payloadBytes()));
            Load load = row.place().load();
            if (!load.equals(Load.SATURATED)) {
                json.append(String.format(Locale.ROOT, ",\"rate\":%d,\"shape\":\"%s\"", load.datagramsPerSecond(),
                        load.argument()));
            }
            row.values().forEach((name, value) -> {
                if (Double.isFinite(value)) {
                    json.append(String.format(Locale.ROOT, ",\"%s\":%s", name, number(value)));
                }
            });
            json.append('}');
            separator = ",\n";
        }
        json.append("\n]}\n");
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        Files.writeString(file, json);
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : String.format(Locale.ROOT, "%.6g", value);
    }

    /// Reads what [#write] wrote.
    static Summary read(Path file) throws IOException {
        Map<String, String> run = new LinkedHashMap<>();
        List<Row> rows = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            Map<String, String> fields = new LinkedHashMap<>();
            Matcher field = FIELD.matcher(line);
            while (field.find()) {
                fields.put(field.group(1), field.group(2) != null ? field.group(2) : field.group(3));
            }
            if (fields.containsKey("phase")) {
                rows.add(row(fields));
            } else {
                run.putAll(fields);
            }
        }
        return new Summary(run, rows);
    }

    private static Row row(Map<String, String> fields) {
        Map<String, String> left = new LinkedHashMap<>(fields);
        Phase phase = Phase.valueOf(upper(left, "phase"));
        Variant variant = Variant.valueOf(upper(left, "variant"));
        Cell cell = new Cell(Integer.parseInt(take(left, "members")), Integer.parseInt(take(left, "bytes")));
        Load load = left.containsKey("rate")
                ? new Load(Integer.parseInt(take(left, "rate")), Load.Shape.valueOf(upper(left, "shape")))
                : Load.SATURATED;
        Map<String, Double> values = new LinkedHashMap<>();
        left.forEach((name, value) -> values.put(name, Double.valueOf(value)));
        return new Row(phase, variant, new Case(cell, load), values);
    }

    private static String upper(Map<String, String> fields, String name) {
        return take(fields, name).toUpperCase(Locale.ROOT);
    }

    private static String take(Map<String, String> fields, String name) {
        String value = fields.remove(name);
        if (value == null) {
            throw new IllegalArgumentException("a result has no " + name);
        }
        return value;
    }
}
