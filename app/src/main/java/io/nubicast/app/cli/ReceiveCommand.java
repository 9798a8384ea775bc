package io.nubicast.app.cli;

import io.nubicast.app.ExitCode;
import io.nubicast.tools.traffic.Interfaces;
import io.nubicast.tools.traffic.Receive;
import io.nubicast.tools.traffic.ReceiveOptions;
import io.nubicast.tools.traffic.SendOptions;
import io.nubicast.tools.traffic.TrafficException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `nubicast receive`.
@Command(name = "receive", sortOptions = false, description = {
        "Receives a group, and unicast copies of it, and shows rate, loss, duplicates, order and latency; with --ts the health",
        "of a transport stream.", ""})
final class ReceiveCommand extends WithHelp {
    @Option(names = "--group", paramLabel = "ADDRESS", defaultValue = SendOptions.DEFAULT_GROUP, description = "The group;"
            + " default ${DEFAULT-VALUE}.")
    private String group = SendOptions.DEFAULT_GROUP;

    @Option(names = "--no-group", description = "Join nothing: receive unicast only.")
    private boolean noGroup;

    @Option(names = "--port", paramLabel = "N", defaultValue = ""
            + SendOptions.DEFAULT_PORT, description = "The port; default"
                    + " ${DEFAULT-VALUE}.")
    private int port;

    @Option(names = "--interface", paramLabel = "NAME", description = "Join on this interface (name, index or address); default"
            + " every one that can do multicast. Repeatable.")
    private List<String> interfaces = new ArrayList<>();

    @Option(names = "--source", paramLabel = "ADDRESS", description = "Only what this address sends (a source-specific join).")
    private @Nullable String source;

    @Option(names = "--bind", paramLabel = "ADDRESS", description = "The local address; default any, so that unicast copies"
            + " arrive too. The group's address gives multicast only.")
    private @Nullable String bind;

    @Option(names = "--seconds", paramLabel = "N", description = "End after so long.")
    private double seconds;

    @Option(names = "--count", paramLabel = "N", description = "End after so many datagrams.")
    private long count;

    @Option(names = "--wait", paramLabel = "SECONDS", defaultValue = "30", description = "Give up when nothing arrives in so"
            + " long, 0: never; default ${DEFAULT-VALUE}.")
    private double waitSeconds;

    @Option(names = "--min", paramLabel = "N", description = "Fewer datagrams than this are a failure (exit code 3).")
    private long min;

    @Option(names = "--expect", paramLabel = "N", description = "Exactly so many must arrive, none twice, none out of order.")
    private long expect;

    @Option(names = "--ts", description = "Judge the payloads as an MPEG transport stream: continuity counters, PCR, sync.")
    private boolean ts;

    @Option(names = "--output", paramLabel = "FILE", description = "Write the payloads to this file.")
    private @Nullable Path output;

    @Option(names = "--json", description = "A JSON object a line instead of text.")
    private boolean json;

    ReceiveCommand() {}

    @Override
    public Integer call() throws CommandFailed {
        ReceiveOptions options;
        try {
            Optional<InetAddress> joined = noGroup ? Optional.empty() : Optional.of(Interfaces.address(group));
            options = new ReceiveOptions(joined, port, interfaces, address(source), address(bind), seconds, count,
                    waitSeconds,
                    min, expect, ts, Optional.ofNullable(output), json);
        } catch (TrafficException e) {
            throw new CommandFailed(ExitCode.USAGE, String.valueOf(e.getMessage()));
        }
        return Receive.run(options, System.out, System.err, Interruption.asStop());
    }

    private static Optional<InetAddress> address(@Nullable String text) {
        return text == null ? Optional.empty() : Optional.of(Interfaces.address(text));
    }
}
