package io.nubicast.app.router.shell;

import io.nubicast.app.ExitCode;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Iterator;

/// Lines that no person types: of `-c`, or of the standard input.
final class ShellScript {
    private final ShellClient client;
    private final boolean json;
    private final PrintStream out;
    private final PrintStream err;

    /// @param json whether answers are printed as JSON, one line each
    ShellScript(ShellClient client, boolean json, PrintStream out, PrintStream err) {
        this.client = client;
        this.json = json;
        this.out = out;
        this.err = err;
    }

    /// Carries all lines out in one session; those after a refused one, too, as when they are pasted.
    ///
    /// @return [ExitCode#FAILED] when a line was refused
    int run(Iterator<String> lines) throws IOException {
        int code = ExitCode.OK;
        while (lines.hasNext()) {
            String line = lines.next();
            String prompt = client.prompt();
            ShellClient.Reply reply = client.run(line);
            if (!reply.ok()) {
                code = ExitCode.FAILED;
                err.print(prompt + line + "\n" + reply.text());
            }
            if (json) {
                out.println(reply.json());
            } else if (reply.ok()) {
                out.print(reply.text());
            }
            out.flush();
            if (reply.closed()) {
                break;
            }
        }
        return code;
    }
}
