package io.nubicast.app.cli;

import io.nubicast.app.ExitCode;
import java.util.List;
import java.util.OptionalInt;

/// The training run of the launcher's ahead-of-time cache (JEP 514): does what commands do, so that their classes are in it.
final class Training {
    private Training() {}

    static OptionalInt run() {
        QuickCommands.run(List.of("--version"));
        Cli.run(List.of("--help"));
        Cli.run(List.of("proxy", "--help"));
        Cli.run(List.of("proxy", "server", "--help"));
        Cli.run(List.of("proxy", "status", "--control", "/nonexistent/nubicast.sock"));
        return OptionalInt.of(ExitCode.OK);
    }
}
