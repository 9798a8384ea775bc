package io.nubicast.app.cli;

import io.nubicast.app.ExitCode;
import io.nubicast.app.daemon.DaemonSettings;
import io.nubicast.app.daemon.Places;
import io.nubicast.app.daemon.PlaneWish;
import io.nubicast.app.daemon.Role;
import io.nubicast.forwarding.Capability;
import io.nubicast.proxy.config.Dialect;
import io.nubicast.proxy.config.Marker;
import io.nubicast.wire.Address;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The options that both daemons have.
final class DaemonOptions {
    @Option(names = "--config", paramLabel = "FILE", description = "The configuration file; default server_cfg.json.txt or client_cfg.json.txt"
            + " in /etc/multicast or in the directory named by NUBICAST_MULTICAST_DIR.")
    private @Nullable Path config;

    @Option(names = "--dialect", paramLabel = "user-space|kernel", defaultValue = "user-space", description = "kernel, for"
            + " the commands multis_admin and multic_admin in sbin: the file is the kernel module's running file in"
            + " /usr/local/etc, or in the directory named by NUBICAST_KERNEL_DIR; ports are kept, changes come over the control"
            + " socket, and a clean stop saves them. Default ${DEFAULT-VALUE}.")
    private String dialectName = "user-space";

    @Mixin
    private final PlaneChoice plane = new PlaneChoice();

    @Option(names = "--interface", paramLabel = "NAME", description = "Server: where to capture; default every interface"
            + " that is up and multicast-capable. Client: where to restore; default where the copy arrived. Repeatable.")
    private List<String> interfaces = new ArrayList<>();

    @Option(names = "--ttl", paramLabel = "N", description = "TTL 1..255; server: of the copies, default 64; client: of"
            + " the restored multicast, default 1.")
    private int ttl;

    @Option(names = "--marker", paramLabel = "none|dscp", defaultValue = "none", description = "dscp, for hosts that run"
            + " the original kernel module: the server sets type of service 0xE0 in every copy, the client accepts only"
            + " copies that carry it. Default ${DEFAULT-VALUE}: the application's DSCP is kept.")
    private String marker = "none";

    @Option(names = "--log", paramLabel = "FILE", description = "The log file; default server_log.txt or client_log.txt"
            + " in the same directory.")
    private @Nullable Path log;

    @Option(names = "--control", paramLabel = "SOCKET", description = "The Unix socket on which the daemon answers"
            + " 'proxy status'; default /run/nubicast/proxy-server.sock or proxy-client.sock.")
    private @Nullable Path control;

    @Option(names = "--metrics", paramLabel = "[ADDRESS:]PORT", description = "Answer Prometheus there, on 127.0.0.1 when"
            + " no address is given. Off by default.")
    private @Nullable String metrics;

    @Option(names = "--management", paramLabel = "[ADDRESS:]PORT|off", description = "Where 'reload' and 'list' of the"
            + " original are answered over TCP; default 127.0.0.1 and the port in server_port.txt or"
            + " client_port.txt, else 65000 or 65001; off with --dialect kernel.")
    private @Nullable String management;

    @Option(names = "--allow-loopback", hidden = true, description = "Members within 127.0.0.0/8 are allowed: for a demo on"
            + " one host.")
    private boolean allowLoopback;

    DaemonSettings settings(Role role, Address localAddress) throws CommandFailed {
        Places places = Places.ofThisProcess();
        Dialect dialect = dialect(dialectName);
        boolean kernel = dialect == Dialect.KERNEL;
        Path directory = places.kernelDirectory();
        if (ttl < 0 || ttl > 255) {
            throw usage("--ttl " + ttl + " is not within 1..255");
        }
        for (String name : interfaces) {
            if (name.isBlank() || name.indexOf('/') >= 0) {
                throw usage("--interface " + name + " is not the name of an interface; see: ip link");
            }
        }
        Marker chosen = Marker.named(marker)
                .orElseThrow(() -> usage("--marker " + marker + ": there is none of that name; take none or dscp"));
        List<PlaneWish> wishes = new ArrayList<>(plane.wishes());
        if (chosen != Marker.NONE) {
            wishes.add(new PlaneWish("--marker " + marker, Capability.MARKS_COPIES));
        }
        Path usual = kernel ? role.kernelFiles().running(directory) : places.configuration(role);
        Path usualLog = kernel ? places.kernelLog(role) : places.log(role);
        Path usualControl = kernel ? places.kernelControl(role) : places.control(role);
        return new DaemonSettings(role, dialect, kernel && config == null ? Optional.of(directory) : Optional.empty(),
                config == null ? usual : config, plane.name(role),
                plane.options(), wishes, interfaces,
                ttl != 0 ? ttl : role == Role.SERVER ? 64 : 1, chosen, log == null ? usualLog : log,
                control == null ? usualControl : control,
                metrics == null ? Optional.empty() : Optional.of(endpoint("--metrics", metrics)),
                kernel && management == null ? Optional.empty() : management(role, places),
                localAddress, allowLoopback);
    }

    /// @param name as the command line writes it
    static Dialect dialect(String name) throws CommandFailed {
        return switch (name) {
            case "user-space" -> Dialect.USER_SPACE;
            case "kernel" -> Dialect.KERNEL;
            default -> throw usage("--dialect " + name + ": there is none of that name; take user-space or kernel");
        };
    }

    private Optional<InetSocketAddress> management(Role role, Places places) throws CommandFailed {
        if (management != null) {
            return management.equals("off") ? Optional.empty() : Optional.of(endpoint("--management", management));
        }
        int port = role.managementPort();
        Path file = places.portFile(role);
        if (Files.exists(file)) {
            String text;
            try {
                text = Files.readString(file).strip();
            } catch (IOException e) {
                throw new CommandFailed(ExitCode.CONFIGURATION, "cannot read " + file + ": " + e.getMessage());
            }
            port = port(text, 1).orElseThrow(() -> new CommandFailed(ExitCode.CONFIGURATION,
                    file + ": \"" + text + "\" is not a port; write a number 1..65535, or take the file away for "
                            + role.managementPort()));
        }
        return Optional.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    private static InetSocketAddress endpoint(String option, String text) throws CommandFailed {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "127.0.0.1" : text.substring(0, colon).replaceAll("^\\[(.*)]$", "$1");
        int port = port(text.substring(colon + 1), 0).orElseThrow(() -> usage(
                option + " " + text + " does not end in a port 0..65535; write for example 127.0.0.1:9100"));
        try {
            return new InetSocketAddress(InetAddress.getByName(host), port);
        } catch (UnknownHostException e) {
            throw usage(option + " " + text + ": there is no address " + host);
        }
    }

    private static Optional<Integer> port(String text, int least) {
        try {
            int port = Integer.parseInt(text);
            return port >= least && port <= 65535 ? Optional.of(port) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static CommandFailed usage(String message) {
        return new CommandFailed(ExitCode.USAGE, message);
    }
}
