package io.nubicast.app.cli;

import io.nubicast.app.ExitCode;
import io.nubicast.app.Version;
import io.nubicast.app.demo.DemoCommand;
import io.nubicast.app.router.shell.ShellCommand;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/// `nubicast`, with everything below it.
@Command(name = "nubicast", description = {"Multicast for networks that have none.", ""}, subcommands = {
        ProxyCommand.class, SendCommand.class, ReceiveCommand.class,
        RouterCommand.class, ShellCommand.class, DemoCommand.class}, versionProvider = Cli.Versions.class, footer = {"",
                "Manuals: docs/man, for example man -l docs/man/nubicast-proxy.8"})
public final class Cli extends Group {
    /// Prints what `--version` prints.
    static final class Versions implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[]{Version.line()};
        }
    }

    @SuppressWarnings("unused") // picocli acts on it
    @CommandLine.Option(names = {"-V", "--version"}, versionHelp = true, description = "Print the version and end.")
    private boolean version;

    Cli() {}

    /// Runs a command line and gives its exit code.
    public static int run(List<String> args) {
        return commandLine().execute(args.toArray(String[]::new));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Cli());
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setUsageHelpAutoWidth(false);
        line.setUsageHelpWidth(110);
        line.setExpandAtFiles(false);
        line.setAbbreviatedOptionsAllowed(false);
        line.setParameterExceptionHandler((e, wrong) -> {
            e.getCommandLine().getErr().println("nubicast: " + e.getMessage() + "\nSee: "
                    + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
            return ExitCode.USAGE;
        });
        line.setExecutionExceptionHandler((e, command, result) -> {
            if (e instanceof CommandFailed failed) {
                command.getErr().println("nubicast: " + failed.getMessage());
                return failed.exitCode();
            }
            command.getErr().println("nubicast: a fault of the program, please report it:");
            e.printStackTrace(command.getErr());
            return ExitCode.SOFTWARE;
        });
        return line;
    }
}
