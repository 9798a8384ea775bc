package io.nubicast.app.cli;

import io.nubicast.app.ExitCode;
import io.nubicast.app.daemon.ProxyDaemon;
import io.nubicast.app.daemon.Role;
import io.nubicast.wire.Address;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `nubicast proxy client`.
@Command(name = "client", description = {
        "Turns unicast copies of configured servers back into multicast, for applications here and for the LAN. Runs in the",
        "foreground; SIGTERM ends it, SIGHUP reads the file again.", ""})
final class ClientCommand extends WithHelp {
    @Mixin
    private final DaemonOptions options = new DaemonOptions();

    @Option(names = "--address", paramLabel = "ADDRESS", defaultValue = "0.0.0.0", description = "The address of this host"
            + " to which copies must be sent; default every one.")
    private String address = "0.0.0.0";

    ClientCommand() {}

    @Override
    public Integer call() throws CommandFailed {
        Address local = Address.parseIpv4(address).orElseThrow(() -> new CommandFailed(ExitCode.USAGE,
                "--address " + address + " is not an IPv4 address"));
        return ProxyDaemon.run(options.settings(Role.CLIENT, local));
    }
}
