package io.nubicast.app.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Option;

/// A command with `--help`.
abstract class WithHelp implements Callable<Integer> {
    @SuppressWarnings("unused") // picocli acts on it
    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Print this help and end.")
    private boolean help;

    WithHelp() {}
}
