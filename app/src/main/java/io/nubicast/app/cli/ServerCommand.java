package io.nubicast.app.cli;

import io.nubicast.app.daemon.ProxyDaemon;
import io.nubicast.app.daemon.Role;
import io.nubicast.wire.Address;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `nubicast proxy server`.
@Command(name = "server", description = {
        "Catches what local applications send to a group, and sends each member a unicast copy. Runs in the foreground;",
        "SIGTERM ends it, SIGHUP reads the file again.", ""})
final class ServerCommand extends WithHelp {
    @Mixin
    private final DaemonOptions options = new DaemonOptions();

    ServerCommand() {}

    @Override
    public Integer call() throws CommandFailed {
        return ProxyDaemon.run(options.settings(Role.SERVER, Address.ANY_IPV4));
    }
}
