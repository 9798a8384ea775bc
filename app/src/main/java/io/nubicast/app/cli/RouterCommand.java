package io.nubicast.app.cli;

import io.nubicast.app.router.RouterDaemon;
import io.nubicast.proxy.management.ControlSocket;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `nubicast router`.
@Command(name = "router", description = {
        "The virtual multicast router: GRE tunnels, IGMP and PIM, configured in the IOS language. Runs in the foreground;",
        "SIGTERM ends it, SIGHUP reads the file again. Talk to it with 'nubicast shell'.", ""})
final class RouterCommand extends WithHelp {
    @Option(names = "--config", paramLabel = "FILE", description = "The start-up configuration, which 'write memory'"
            + " replaces; default /etc/nubicast/router.cfg. None there: nothing is configured.")
    private Path config = Path.of("/etc/nubicast/router.cfg");

    @Option(names = "--control", paramLabel = "SOCKET", description = "The Unix socket for 'nubicast shell'; default"
            + " /run/nubicast/router.sock.")
    private @Nullable Path control;

    @Option(names = "--log", paramLabel = "FILE", description = "The log file; default /var/log/nubicast-router.log.")
    private Path log = Path.of("/var/log/nubicast-router.log");

    RouterCommand() {}

    @Override
    public Integer call() {
        return RouterDaemon.run(new RouterDaemon.Settings(config,
                control == null ? ControlSocket.path("router", System.getenv()) : control, log));
    }
}
