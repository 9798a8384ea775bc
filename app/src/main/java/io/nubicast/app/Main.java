package io.nubicast.app;

import io.nubicast.app.cli.Cli;
import io.nubicast.app.cli.QuickCommands;
import java.util.List;
import java.util.OptionalInt;

/// The program. What must answer at once is dispatched by hand ([QuickCommands]); everything else goes through picocli ([Cli]).
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        int code = run(List.of(args));
        System.out.flush();
        // Not a return: threads of a library must not keep a finished command alive.
        System.exit(code);
    }

    static int run(List<String> args) {
        OptionalInt quick = QuickCommands.run(args);
        return quick.isPresent() ? quick.getAsInt() : Cli.run(args);
    }
}
