package io.nubicast.proxy.dialect;

import io.nubicast.proxy.config.ConfigFiles;
import java.io.IOException;
import java.nio.file.Path;

/// How the original's admin commands, of either dialect, read their command line: options in any order, the last command letter
/// wins, a wrong option prints the usage. What an option means, and what a command does, is each one's own.
abstract class AdminCommand {
    /// What the original's `return -1` from main is for a shell.
    static final int FAILED = 255;

    final Environment env;
    final Path file;
    private final String letters;
    private final Getopt.LongOption[] longOptions;
    private char command;

    /// @param file that it edits
    /// @param letters as for [Getopt]
    AdminCommand(Environment env, Path file, String letters, Getopt.LongOption... longOptions) {
        this.env = env;
        this.file = file;
        this.letters = letters;
        this.longOptions = longOptions;
    }

    /// Takes an option that has a value, or that is no command's letter.
    ///
    /// @return 0, or the exit code after a complaint
    abstract int take(char option, String value);

    /// True when the options do not fit the command; complains of it.
    abstract boolean complainOfMask();

    /// Does what the command line says, and returns the exit code.
    abstract int execute() throws IOException;

    /// The usage without the command's name, which stands before it.
    abstract String usage();

    /// The exit code of a call without arguments.
    abstract int withoutArguments();

    /// False for a letter that the original's getopt takes and that then gets the usage.
    boolean knows(char letter) {
        return true;
    }

    /// The command's letter, 0 as long as there was none.
    final char command() {
        return command;
    }

    /// Runs one command line, `args` without the command's name, and returns the exit code.
    final int run(String[] args) {
        int exit = parsed(args);
        env.flush();
        return exit;
    }

    private int parsed(String[] args) {
        if (args.length == 0) {
            printUsage();
            return withoutArguments();
        }
        Getopt options = new Getopt(env.argv0(), args, letters, longOptions);
        for (int option = options.next(); option != Getopt.END; option = options.next()) {
            if (option == 'H') {
                printUsage();
                return 0;
            }
            if (option == Getopt.WRONG || !knows((char) option)) {
                env.err().print(option == Getopt.WRONG ? options.message() + "\n" : "");
                printUsage();
                return FAILED;
            }
            if (isCommand((char) option)) {
                command = (char) option;
                continue;
            }
            int refused = take((char) option, options.value());
            if (refused != 0) {
                return refused;
            }
        }
        if (command == 0) {
            printUsage();
            return FAILED;
        }
        if (command == 'R') {
            env.flush();
            int exit = env.daemon().run(env.directory());
            return env.originalExitCodes() ? 0 : exit;
        }
        if (Arguments.complainOfOperands(env, options.operands()) || complainOfMask()) {
            return FAILED;
        }
        try {
            return execute();
        } catch (IOException e) {
            env.complain("cannot change " + file + ": " + ConfigFiles.reason(e));
            return FAILED;
        }
    }

    /// Commands are capital letters, options small ones.
    private static boolean isCommand(char letter) {
        return letter >= 'A' && letter <= 'Z';
    }

    private void printUsage() {
        env.out().print(env.argv0());
        env.out().print(usage());
    }

    /// The line that the original prints behind many of its messages, and a blank one.
    final String tryHelp() {
        return "Try '" + env.argv0() + " --help' for more information.\n\n";
    }

    /// Whether the options of a client's command do not fit it, which is said then.
    ///
    /// @param all what -A takes, and `pair` what -D takes, as people read it
    /// @param hasAll whether those and no others were given; likewise for the others
    final boolean complainOfMask(String all, boolean hasAll, String pair, boolean hasPair, boolean hasNone) {
        boolean fits = switch (command()) {
            case 'A' -> hasAll;
            case 'D' -> hasPair;
            case 'P' -> hasNone || hasPair;
            default -> hasNone;
        };
        if (!fits) {
            env.out().print("option error.\n" + tryHelp());
            env.complain(switch (command()) {
                case 'A' -> "-A takes " + all + ", all of them";
                case 'D' -> "-D takes " + pair;
                case 'P' -> "-P takes nothing, or " + pair;
                default -> "-" + command() + " takes no other option";
            });
        }
        return !fits;
    }

    /// Prints the original's message, which goes to standard output.
    ///
    /// @return [#FAILED]
    final int error(String text) {
        env.out().print(text);
        return FAILED;
    }
}
