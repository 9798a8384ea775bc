package io.nubicast.app.cli;

import io.nubicast.app.ExitCode;
import io.nubicast.app.daemon.Places;
import io.nubicast.app.daemon.Role;
import io.nubicast.app.daemon.Signals;
import io.nubicast.proxy.management.ControlClient;
import io.nubicast.proxy.status.ControlAnswer;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// `nubicast proxy status`: asks the daemons of this host and prints what they say. Starts without picocli.
///
/// @param roles asked; one that is not running matters only when none is
/// @param json as one line of JSON a daemon, instead of a table
/// @param watch again and again, every second, until Ctrl-C
/// @param members of each group that the table shows at most
/// @param control socket of one daemon, instead of the usual ones
record Status(List<Role> roles, boolean json, boolean watch, int members, Optional<Path> control) {
    static final int MEMBERS_SHOWN = 20;
    /// A million members take a busy machine some seconds.
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long AGAIN_MILLIS = 1000;

    Status {
        roles = List.copyOf(roles);
    }

    /// From the command line after `proxy status`; empty when it is not as simple as that, and picocli shall judge.
    static Optional<Status> parse(List<String> args) {
        List<Role> roles = new ArrayList<>();
        boolean json = false;
        boolean watch = false;
        Path control = null;
        for (int i = 0; i < args.size(); i++) {
            switch (args.get(i)) {
                case "server" -> roles.add(Role.SERVER);
                case "client" -> roles.add(Role.CLIENT);
                case "--json" -> json = true;
                case "--watch" -> watch = true;
                case "--control" -> {
                    if (++i == args.size()) {
                        return Optional.empty();
                    }
                    control = Path.of(args.get(i));
                }
                default -> {
                    return Optional.empty();
                }
            }
        }
        return Optional
                .of(new Status(roles.isEmpty() ? List.of(Role.SERVER, Role.CLIENT) : roles, json, watch, MEMBERS_SHOWN,
                        Optional.ofNullable(control)));
    }

    int run(PrintStream out, PrintStream err) {
        if (!watch) {
            return once(out, err, "");
        }
        CountDownLatch interrupted = new CountDownLatch(1);
        Signals.on("INT", interrupted::countDown);
        Signals.on("TERM", interrupted::countDown);
        boolean terminal = !json && onTerminal();
        try {
            do {
                int code = once(out, err, terminal ? "\u001b[H" : "");
                if (code != ExitCode.OK) {
                    return code;
                }
            } while (!interrupted.await(AGAIN_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return ExitCode.OK;
    }

    /// Which provider of consoles a JDK has, and so whether this is null without a terminal, differs from release to release.
    @SuppressWarnings("SystemConsoleNull")
    private static boolean onTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    /// @param home what takes the cursor to the top of the screen; empty without a terminal
    private int once(PrintStream out, PrintStream err, String home) {
        List<String> answers = new ArrayList<>();
        List<String> silent = new ArrayList<>();
        for (Path socket : sockets()) {
            try {
                String answer = ControlClient.ask(socket, json ? "status" : "status text " + members, PATIENCE);
                OptionalInt failed = complaint(answer, err);
                if (failed.isPresent()) {
                    return failed.getAsInt();
                }
                answers.add(json ? answer + "\n" : ControlAnswer.string(answer, "text").orElse(answer));
            } catch (ControlClient.NotRunning e) {
                silent.add(e.getMessage());
            } catch (IOException e) {
                err.println("nubicast: " + e.getMessage());
                return ExitCode.UNAVAILABLE;
            }
        }
        if (roles.contains(Role.SERVER) && control.isEmpty() && !silent.isEmpty()) {
            KeptCopies.tell(err);
        }
        if (answers.isEmpty()) {
            silent.forEach(line -> err.println("nubicast: " + line));
            return ExitCode.UNAVAILABLE;
        }
        String text = String.join(json ? "" : "\n", answers);
        if (!home.isEmpty()) {
            // Each line clears what stood behind it, so nothing flickers; long lines are cut at the edge, not wrapped.
            text = home + "\u001b[?7l" + text.replace("\n", "\u001b[K\n") + "\u001b[J\u001b[?7h";
        }
        out.print(text);
        out.flush();
        return ExitCode.OK;
    }

    private static OptionalInt complaint(String answer, PrintStream err) {
        Optional<String> error = ControlAnswer.string(answer, "error");
        error.ifPresent(text -> err.println("nubicast: " + text));
        return error.isPresent() ? OptionalInt.of(ExitCode.UNAVAILABLE) : OptionalInt.empty();
    }

    private List<Path> sockets() {
        if (control.isPresent()) {
            return List.of(control.get());
        }
        Places places = Places.ofThisProcess();
        return roles.stream().map(places::control).toList();
    }
}
