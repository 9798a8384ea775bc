package io.nubicast.app.demo;

import io.nubicast.app.ExitCode;
import io.nubicast.tools.lab.LabException;
import io.nubicast.tools.lab.NetworkLab;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `nubicast demo [proxy]`.
@Command(name = "demo", description = {
        "Shows the multicast proxy at work, on this machine alone: a VPC that carries no multicast is built from network",
        "namespaces, and a video stream crosses it to every member. Exits with 0 only if every member received every packet",
        "unchanged. Touches no network of this machine; works without root where user namespaces are allowed.", ""})
public final class DemoCommand implements Callable<Integer> {
    private static final int LEAST_SECONDS = 6;
    private static final int MOST_SECONDS = 86_400;

    @SuppressWarnings("unused") // picocli acts on it
    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Print this help and end.")
    private boolean help;

    @Parameters(index = "0", arity = "0..1", paramLabel = "proxy", defaultValue = "proxy", description = "What to show; proxy"
            + " is the only one so far.")
    private String what = "proxy";

    @Option(names = "--seconds", paramLabel = "N", defaultValue = "20", description = "How long it runs, 6..86400 s; default"
            + " 20.")
    private int seconds = 20;

    @Option(names = "--plain", description = "Plain lines, as without a terminal.")
    private boolean plain;

    @Option(names = "--loopback", description = "On the loopback interface with the portable data plane, also where namespaces"
            + " can be had.")
    private boolean loopback;

    @Option(names = "--user-namespace", hidden = true, description = "As without root, also as root.")
    private boolean userNamespace;

    @Override
    public Integer call() {
        if (!what.equals("proxy")) {
            System.err.println("nubicast: there is no demo '" + what + "'; there is: nubicast demo proxy");
            return ExitCode.USAGE;
        }
        if (seconds < LEAST_SECONDS || seconds > MOST_SECONDS) {
            System.err.println("nubicast: --seconds is " + LEAST_SECONDS + " to " + MOST_SECONDS + ", not " + seconds);
            return ExitCode.USAGE;
        }
        long startNs = System.nanoTime();
        try {
            Optional<String> missing = loopback
                    ? Optional.of("--loopback was given")
                    : userNamespace && System.getenv(UserNamespace.MARK) == null
                            ? Optional.of("--user-namespace was given")
                            : NetworkLab.missing();
            if (missing.isPresent() && !loopback && NetworkLab.hasIproute()) {
                Optional<String> noUserNamespace = UserNamespace.missing();
                if (noUserNamespace.isEmpty()) {
                    return UserNamespace.run(arguments());
                }
                missing = Optional.of(missing.get() + "; " + noUserNamespace.get());
            }
            Optional<String> why = missing;
            return new Stage(why.isPresent() ? new LoopbackScene(why.get()) : LabScene.open(), screen(), startNs,
                    seconds).run();
        } catch (DemoException | LabException e) {
            System.err.println("nubicast demo: " + e.getMessage());
            return ExitCode.FAILED;
        }
    }

    private List<String> arguments() {
        List<String> words = new ArrayList<>(List.of("demo", "proxy", "--seconds", Integer.toString(seconds)));
        if (plain) {
            words.add("--plain");
        }
        return words;
    }

    private Screen screen() {
        PrintStream out = System.out;
        return plain || !Terminal.present() ? new PlainScreen(out) : new LiveScreen(out);
    }
}
