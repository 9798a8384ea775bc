package io.nubicast.app.router.shell;

import io.nubicast.app.ExitCode;
import io.nubicast.proxy.management.ControlClient;
import io.nubicast.proxy.management.ControlSocket;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `nubicast shell`: attaches to a running router.
@Command(name = "shell", description = {
        "Attaches to the router that runs on this host: show, configure, ping, in the IOS language. Tab completes, ? helps. Exits with 1",
        "when a line of -c or of the standard input was refused, with 69 when no router answers.", ""})
public final class ShellCommand implements Callable<Integer> {
    @Option(names = "--control", paramLabel = "SOCKET", description = "The router's control socket.")
    private @Nullable Path control;

    @Option(names = "-c", paramLabel = "LINE", description = "Carry out this line and end; several in one session.")
    private List<String> lines = new ArrayList<>();

    @Option(names = "--json", description = "Answers as JSON, one line each.")
    private boolean json;

    @SuppressWarnings("unused") // picocli acts on it
    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help and end.")
    private boolean help;

    /// For picocli.
    public ShellCommand() {}

    @Override
    public Integer call() {
        Path socket = control == null ? ControlSocket.path("router", System.getenv()) : control;
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        try (ShellClient client = ShellClient.open(socket)) {
            if (!lines.isEmpty()) {
                return new ShellScript(client, json, out, System.err).run(lines.iterator());
            }
            if (json || !isTerminal()) {
                return new ShellScript(client, json, out, System.err).run(new BufferedReader(
                        new InputStreamReader(System.in, StandardCharsets.UTF_8)).lines().iterator());
            }
            InteractiveShell.run(client);
            return ExitCode.OK;
        } catch (ControlClient.NotRunning e) {
            System.err.println("nubicast: " + e.getMessage());
            return ExitCode.UNAVAILABLE;
        } catch (IOException e) {
            System.err.println("nubicast: " + e.getMessage());
            return ExitCode.FAILED;
        }
    }

    @SuppressWarnings("SystemConsoleNull") // it does again in JDK 25, which went back to the built-in console
    private static boolean isTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }
}
