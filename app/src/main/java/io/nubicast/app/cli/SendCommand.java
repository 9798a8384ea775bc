package io.nubicast.app.cli;

import io.nubicast.app.ExitCode;
import io.nubicast.tools.traffic.Interfaces;
import io.nubicast.tools.traffic.Send;
import io.nubicast.tools.traffic.SendOptions;
import io.nubicast.tools.traffic.TrafficException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `nubicast send`.
@Command(name = "send", sortOptions = false, description = {
        "Sends numbered datagrams to a group, or a transport stream at its own speed, and shows the rate. 'nubicast receive'",
        "on another host tells what arrived.", ""})
final class SendCommand extends WithHelp {
    @Option(names = "--group", paramLabel = "ADDRESS", defaultValue = SendOptions.DEFAULT_GROUP, description = "The group, or"
            + " a unicast address; default ${DEFAULT-VALUE}.")
    private String group = SendOptions.DEFAULT_GROUP;

    @Option(names = "--port", paramLabel = "N", defaultValue = ""
            + SendOptions.DEFAULT_PORT, description = "Destination port;"
                    + " default ${DEFAULT-VALUE}.")
    private int port;

    @Option(names = "--interface", paramLabel = "NAME", description = "Leave by this interface (name, index or address);"
            + " default where the routes lead.")
    private @Nullable String networkInterface;

    @Option(names = "--rate", paramLabel = "N", defaultValue = "100", description = "Datagrams a second; default"
            + " ${DEFAULT-VALUE}. Not with --ts.")
    private double rate;

    @Option(names = "--size", paramLabel = "BYTES", defaultValue = ""
            + SendOptions.DEFAULT_SIZE, description = "Payload of a"
                    + " datagram, 24..65507; default ${DEFAULT-VALUE}. Not with --ts.")
    private int size;

    @Option(names = "--count", paramLabel = "N", description = "End after so many datagrams.")
    private long count;

    @Option(names = "--seconds", paramLabel = "N", description = "End after so long.")
    private double seconds;

    @Option(names = "--ttl", paramLabel = "N", defaultValue = "1", description = "TTL of multicast, 0..255; default"
            + " ${DEFAULT-VALUE}: does not leave the network.")
    private int ttl;

    @Option(names = "--dscp", paramLabel = "N", description = "DSCP, 0..63; default 0.")
    private int dscp;

    @Option(names = "--source-port", paramLabel = "N", description = "Send from this port; default any.")
    private int sourcePort;

    @Option(names = "--no-loop", description = "Switch multicast loop off: applications on this host, and so a proxy server,"
            + " do not get it.")
    private boolean noLoop;

    @Option(names = "--ts", paramLabel = "FILE", description = "Send this MPEG transport stream at its own speed, again and"
            + " again; 'sample' is the one that ships with the project.")
    private @Nullable Path ts;

    @Option(names = "--pkt-size", paramLabel = "BYTES", defaultValue = ""
            + SendOptions.DEFAULT_PACKET_SIZE, description = "With"
                    + " --ts: bytes of the stream in a datagram, 1..65507, need not be a multiple of 188; default ${DEFAULT-VALUE}.")
    private int packetSize;

    @Option(names = "--json", description = "A JSON object a line instead of text.")
    private boolean json;

    SendCommand() {}

    @Override
    public Integer call() throws CommandFailed {
        SendOptions options;
        try {
            options = new SendOptions(Interfaces.address(group), port, Optional.ofNullable(networkInterface), rate,
                    size, count,
                    seconds, ttl, dscp, sourcePort, !noLoop, Optional.ofNullable(ts), packetSize, json);
        } catch (TrafficException e) {
            throw new CommandFailed(ExitCode.USAGE, String.valueOf(e.getMessage()));
        }
        return Send.run(options, System.out, System.err, Interruption.asStop());
    }
}
