package io.nubicast.app.cli;

import io.nubicast.app.ExitCode;
import io.nubicast.dataplane.ebpf.KeptForwarding;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;

/// `nubicast proxy release`.
@Command(name = "release", description = {
        "Ends the copies that the kernel goes on to make after a server with --keep-forwarding has ended. Those of a server",
        "that runs are not touched: end that first.", ""})
final class ReleaseCommand extends WithHelp {
    ReleaseCommand() {}

    @Override
    public Integer call() throws CommandFailed {
        List<KeptForwarding.Kept> ended;
        try {
            ended = KeptForwarding.end();
        } catch (IOException e) {
            throw new CommandFailed(ExitCode.UNAVAILABLE, "cannot end copies in the kernel: " + e.getMessage());
        }
        System.out.println(ended.isEmpty()
                ? "no copies go on in the kernel without a server"
                : "ended the copies on " + KeptCopies.names(ended));
        return ExitCode.OK;
    }
}
