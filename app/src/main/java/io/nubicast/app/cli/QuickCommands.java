package io.nubicast.app.cli;

import io.nubicast.app.ExitCode;
import io.nubicast.app.Version;
import java.util.List;
import java.util.OptionalInt;

/// Commands that scripts call often and that therefore start without picocli.
public final class QuickCommands {
    private QuickCommands() {}

    /// The exit code, or nothing when picocli shall have a look.
    public static OptionalInt run(List<String> args) {
        if (args.isEmpty()) {
            return OptionalInt.empty();
        }
        return switch (args.getFirst()) {
            case "--version", "-V" -> args.size() == 1 ? version() : OptionalInt.empty();
            case "--train" -> Training.run();
            default -> OptionalInt.empty();
        };
    }

    private static OptionalInt version() {
        System.out.println(Version.line());
        return OptionalInt.of(ExitCode.OK);
    }
}
