package io.nubicast.app.cli;

import io.nubicast.app.ExitCode;
import io.nubicast.app.daemon.Role;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `nubicast proxy status`, for help and for wrong command lines; see [Status].
@Command(name = "status", description = {
        "Shows what the daemons of this host do: groups, members, rates, errors, drops, faults of the file. Exits with 69 when",
        "none is running.", ""})
final class StatusCommand extends WithHelp {
    @Parameters(arity = "0..2", paramLabel = "server|client", description = "Only this one; default both.")
    private List<String> roles = new ArrayList<>();

    @Option(names = "--json", description = "One line of JSON a daemon.")
    private boolean json;

    @Option(names = "--watch", description = "Again every second, until Ctrl-C.")
    private boolean watch;

    @Option(names = "--members", paramLabel = "N", defaultValue = ""
            + Status.MEMBERS_SHOWN, description = "Show at most so"
                    + " many members of a group; default ${DEFAULT-VALUE}.")
    private int members;

    @Option(names = "--control", paramLabel = "SOCKET", description = "Ask the daemon at this socket.")
    private @Nullable Path control;

    StatusCommand() {}

    @Override
    public Integer call() throws CommandFailed {
        List<Role> asked = new ArrayList<>();
        for (String role : roles) {
            asked.add(switch (role) {
                case "server" -> Role.SERVER;
                case "client" -> Role.CLIENT;
                default -> throw new CommandFailed(ExitCode.USAGE, "'" + role + "' is neither server nor client");
            });
        }
        return new Status(asked.isEmpty() ? List.of(Role.SERVER, Role.CLIENT) : asked, json, watch,
                Math.max(0, members),
                Optional.ofNullable(control)).run(System.out, System.err);
    }
}
