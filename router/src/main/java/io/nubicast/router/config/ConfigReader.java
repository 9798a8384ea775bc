package io.nubicast.router.config;

import io.nubicast.shell.Fault;
import io.nubicast.shell.Mode;
import io.nubicast.shell.Outcome;
import io.nubicast.shell.Outcome.Faulty;
import io.nubicast.shell.Outcome.Matched;
import io.nubicast.shell.Refused;
import io.nubicast.shell.Remarks;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/// Reads the text of a whole configuration, as `show running-config` prints it, as people write it, or as they paste it from a
/// document: leading blanks mean nothing, remarks behind `//` are left out with a notice. All its faults are found at once.
public final class ConfigReader {
    /// What came of a text.
    ///
    /// @param tree its lines
    /// @param config what they mean; only to be used when [#isValid()]
    /// @param problems faults and notices, by line
    public record Read(ConfigTree tree, RouterConfig config, List<Problem> problems) {
        public Read {
            problems = List.copyOf(problems);
        }

        /// Whether it may take force.
        public boolean isValid() {
            return problems.stream().noneMatch(Problem::fault);
        }

        /// All problems as a person reads them.
        ///
        /// @param source the file's name
        public String report(String source) {
            StringBuilder report = new StringBuilder();
            problems.forEach(problem -> report.append(problem.text(source)));
            return report.toString();
        }
    }

    private static final int MOST_PROBLEMS = 1000;
    private static final int MOST_CHARACTERS = 4096;
    /// What IOS prints around a configuration.
    private static final Pattern AROUND = Pattern.compile(
            "Building configuration\\.\\.\\.|Current configuration *:.*|Using \\d+ out of .*",
            Pattern.CASE_INSENSITIVE);

    private final Draft draft = new Draft();
    private final List<Problem> problems = new ArrayList<>();
    private Mode mode = Modes.GLOBAL;
    private String place = "";
    private boolean skipping;

    private ConfigReader() {}

    /// Reads a text of any origin; never throws.
    public static Read read(String text) {
        return new ConfigReader().all(text);
    }

    private Read all(String text) {
        int number = 0;
        for (String raw : text.lines().toList()) {
            number++;
            if (problems.size() < MOST_PROBLEMS) {
                line(number, raw.stripTrailing());
            }
        }
        ConfigTree tree = draft.tree();
        Meaning.Meant meant = Meaning.of(tree);
        problems.addAll(meant.problems());
        problems.sort(Comparator.comparingInt(Problem::line));
        return new Read(tree, meant.config(), problems);
    }

    private void line(int number, String raw) {
        String stripped = raw.strip();
        if (stripped.isEmpty() || stripped.startsWith("!") || AROUND.matcher(stripped).matches()) {
            return;
        }
        if (raw.length() > MOST_CHARACTERS) {
            problems.add(
                    new Problem(true, number, -1, "", "a line has at most " + MOST_CHARACTERS + " characters", ""));
            return;
        }
        boolean indented = Character.isWhitespace(raw.charAt(0));
        if (skipping && indented) {
            return; // of a block whose first line is wrong
        }
        skipping = false;
        Outcome outcome = Statements.GRAMMAR.read(mode, raw);
        String plain = Remarks.strip(raw);
        boolean remark = plain.length() < raw.length() && !isText(outcome);
        if (remark) {
            problems.add(new Problem(false, number, plain.length(), raw, "the remark behind // is left out", ""));
            if (plain.isBlank()) {
                return;
            }
            outcome = Statements.GRAMMAR.read(mode, plain);
        }
        if (!leaves(plain.strip())) {
            switch (outcome) {
                case Matched matched -> apply(matched, new Line.Origin(number, raw));
                case Faulty faulty -> {
                    problems.add(problem(faulty.fault(), number, raw));
                    skipping = !indented;
                }
            }
        }
    }

    private static boolean isText(Outcome outcome) {
        return outcome instanceof Matched matched && matched.command().pattern().endsWith(":line>");
    }

    private boolean leaves(String word) {
        if (!word.equals("end") && !word.equals("exit")) {
            return false;
        }
        mode = Modes.GLOBAL;
        place = "";
        return true;
    }

    private void apply(Matched matched, Line.Origin origin) {
        Statement statement = Statements.of(matched.command());
        try {
            String opened = draft.apply(place, statement, matched.form(), matched.arguments(), origin);
            Mode block = statement.opens();
            if (!opened.isEmpty() && block != null) {
                mode = block;
                place = opened;
            } else if (statement.mode().equals(Modes.GLOBAL)) {
                mode = Modes.GLOBAL;
                place = "";
            }
        } catch (Refused e) {
            problems.add(new Problem(true, origin.number(), -1, origin.raw(), String.valueOf(e.getMessage()), ""));
        }
    }

    private static Problem problem(Fault fault, int number, String raw) {
        String message = switch (fault.kind()) {
            case INVALID, UNKNOWN -> "invalid input";
            case INCOMPLETE -> "the line is incomplete";
            case AMBIGUOUS -> "an abbreviation of several commands";
            case REFUSED -> fault.message();
        };
        return new Problem(true, number, fault.column(), raw, message,
                fault.advice().startsWith("% ") ? fault.advice().substring(2) : fault.advice());
    }
}
