package io.nubicast.app.cli;

import picocli.CommandLine.Command;

/// `nubicast proxy`.
@Command(name = "proxy", description = {"The multicast proxy: multicast to unicast copies, and back.",
        ""}, subcommands = {
                ServerCommand.class, ClientCommand.class, StatusCommand.class, CheckCommand.class, MeshCommand.class,
                ReleaseCommand.class})
final class ProxyCommand extends Group {
    ProxyCommand() {}
}
