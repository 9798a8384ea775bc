package io.nubicast.proxy.dialect;

import java.util.ArrayList;
import java.util.List;

/// `getopt_long` of glibc as the original's commands use it: clusters (`-AP`), values attached or following (`-m1.2.3.4`,
/// `-m 1.2.3.4`, `--multiip=1.2.3.4`), long names shortened while they stay unambiguous, options and operands in any order, and
/// `--`. One difference: `-help`, which the manual documents and the original rejects, is `-H`.
final class Getopt {
    static final int END = -1;
    /// A wrong option: [#message()] says what is wrong, in glibc's words.
    static final int WRONG = '?';

    /// @param letter what [#next()] returns for it
    record LongOption(String name, boolean hasValue, char letter) {}

    private final String argv0;
    private final String[] args;
    private final String letters;
    private final LongOption[] longOptions;
    private final List<String> operands = new ArrayList<>();
    private int at;
    private int inCluster;
    private boolean onlyOperands;
    private String value = "";
    private String message = "";

    /// @param letters as for getopt: a colon after each letter that takes a value
    Getopt(String argv0, String[] args, String letters, LongOption... longOptions) {
        this.argv0 = argv0;
        this.args = args.clone();
        this.letters = letters;
        this.longOptions = longOptions;
    }

    /// The next option's letter, [#WRONG] or [#END].
    int next() {
        value = "";
        if (inCluster > 0) {
            return cluster();
        }
        while (at < args.length) {
            String arg = args[at];
            if (onlyOperands || arg.length() < 2 || arg.charAt(0) != '-') {
                operands.add(arg);
                at++;
            } else if (arg.equals("--")) {
                onlyOperands = true;
                at++;
            } else if (arg.equals("-help")) {
                at++;
                return 'H';
            } else if (arg.charAt(1) == '-') {
                at++;
                return longOption(arg);
            } else {
                inCluster = 1;
                return cluster();
            }
        }
        return END;
    }

    private int cluster() {
        String arg = args[at];
        char letter = arg.charAt(inCluster++);
        boolean last = inCluster == arg.length();
        if (last) {
            at++;
            inCluster = 0;
        }
        int known = letter == ':' ? -1 : letters.indexOf(letter);
        if (known < 0) {
            message = argv0 + ": invalid option -- '" + letter + "'";
            return WRONG;
        }
        if (known + 1 < letters.length() && letters.charAt(known + 1) == ':') {
            if (!last) {
                value = arg.substring(inCluster);
                at++;
                inCluster = 0;
            } else if (at < args.length) {
                value = args[at++];
            } else {
                message = argv0 + ": option requires an argument -- '" + letter + "'";
                return WRONG;
            }
        }
        return letter;
    }

    private int longOption(String arg) {
        int equals = arg.indexOf('=');
        String name = equals < 0 ? arg.substring(2) : arg.substring(2, equals);
        LongOption found = null;
        boolean ambiguous = false;
        for (LongOption option : longOptions) {
            if (option.name.equals(name)) {
                found = option;
                ambiguous = false;
                break;
            }
            if (option.name.startsWith(name)) {
                ambiguous |= found != null;
                found = found == null ? option : found;
            }
        }
        if (ambiguous) {
            StringBuilder text = new StringBuilder(argv0).append(": option '").append(arg)
                    .append("' is ambiguous; possibilities:");
            for (LongOption option : longOptions) {
                if (option.name.startsWith(name)) {
                    text.append(" '--").append(option.name).append('\'');
                }
            }
            message = text.toString();
            return WRONG;
        }
        if (found == null) {
            message = argv0 + ": unrecognized option '" + arg + "'";
            return WRONG;
        }
        if (found.hasValue) {
            if (equals >= 0) {
                value = arg.substring(equals + 1);
            } else if (at < args.length) {
                value = args[at++];
            } else {
                message = argv0 + ": option '--" + found.name + "' requires an argument";
                return WRONG;
            }
        } else if (equals >= 0) {
            message = argv0 + ": option '--" + found.name + "' doesn't allow an argument";
            return WRONG;
        }
        return found.letter;
    }

    /// The value of the option that [#next()] returned.
    String value() {
        return value;
    }

    String message() {
        return message;
    }

    /// What is no option, after [#END].
    List<String> operands() {
        return operands;
    }
}
