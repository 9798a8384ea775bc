package io.nubicast.app.cli;

import io.nubicast.app.ExitCode;
import io.nubicast.proxy.config.ConfigFiles;
import io.nubicast.proxy.config.KernelFiles;
import io.nubicast.proxy.dialect.ClientReloadList;
import io.nubicast.proxy.dialect.ConfigAdmin;
import io.nubicast.proxy.dialect.Environment;
import io.nubicast.proxy.dialect.KernelMulticAdmin;
import io.nubicast.proxy.dialect.KernelMultisAdmin;
import io.nubicast.proxy.dialect.MulticAdmin;
import io.nubicast.proxy.dialect.MultisAdmin;
import io.nubicast.proxy.dialect.ServerReloadList;
import io.nubicast.proxy.management.ControlServer;
import io.nubicast.proxy.management.ControlSocket;
import io.nubicast.proxy.management.ManagementPort;
import io.nubicast.proxy.management.TcpManagement;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;

/// The training run of the launcher's ahead-of-time cache (JEP 514): does what commands do, in a directory of its own, so that
/// their classes are in it. Only loopback sockets of its own are used.
final class Training {
    private Training() {}

    static OptionalInt run() {
        try {
            Path directory = Files.createTempDirectory("nubicast-train");
            try {
                commands(directory);
            } finally {
                try (Stream<Path> files = Files.walk(directory)) {
                    for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                        Files.delete(file);
                    }
                }
            }
        } catch (IOException e) {
            System.err.println("nubicast: training: " + e.getMessage());
            return OptionalInt.of(ExitCode.FAILED);
        }
        return OptionalInt.of(ExitCode.OK);
    }

    private static void commands(Path directory) throws IOException {
        QuickCommands.run(List.of("--version"));
        oldCommands(directory);
        kernelCommands(directory.resolve("kernel"));
        status(directory.resolve("control.sock"));
        String file = directory.resolve(ConfigFiles.SERVER_FILE).toString();
        for (List<String> words : List.of(List.of("--help"), List.of("proxy", "--help"),
                List.of("proxy", "server", "--help"),
                List.of("proxy", "client", "--help"), List.of("proxy", "check", file), List.of("send", "--help"),
                List.of("receive", "--help"))) {
            Cli.run(words);
        }
    }

    private static void status(Path socket) throws IOException {
        try (ControlServer server = ControlServer.open(socket,
                request -> request.equals("status") ? "{}" : "{\"text\":\"GROUP\\n\"}")) {
            for (String line : List.of("proxy status --control ", "proxy status --json --control ")) {
                QuickCommands.run(List.of((line + server.path()).split(" ", -1)));
            }
        }
    }

    private static void oldCommands(Path directory) throws IOException {
        TcpManagement.Handler handler = new TcpManagement.Handler() {
            @Override
            public void reload() {
                // There is nothing to reload here.
            }

            @Override
            public long[] list() {
                return new long[]{1, 2, 3, 4};
            }
        };
        try (TcpManagement server = TcpManagement.open(ManagementPort.SERVER, 0, handler);
                TcpManagement client = TcpManagement.open(ManagementPort.CLIENT, 0, handler)) {
            Files.writeString(directory.resolve(ManagementPort.SERVER.fileName()), server.port() + "\n");
            Files.writeString(directory.resolve(ManagementPort.CLIENT.fileName()), client.port() + "\n");
            for (String line : List.of("", "-H", "-A -m 239.1.1.1 -j 10.0.0.1,10.0.0.2 -p 6000",
                    "-A -m 239.1.1.1 -q 10.0.0.2",
                    "-S", "-L -m 239.1.1.1", "-P", "-help")) {
                MultisAdmin.run(words(line), environment("multis_admin", directory));
            }
            for (String line : List.of("", "-A -i 10.0.0.1 -g 5000 -s 6000 -m 239.1.1.1", "-L", "-P",
                    "-D -i 10.0.0.1 -g 5000")) {
                MulticAdmin.run(words(line), environment("multic_admin", directory));
            }
            ServerReloadList.run(new String[0], environment("server_reload_list", directory));
            ClientReloadList.run(new String[0], environment("client_reload_list", directory));
        }
    }

    /// A daemon's part is played by a socket that answers everything with zeros.
    private static void kernelCommands(Path directory) throws IOException {
        Map<String, String> variables = Map.of(KernelFiles.DIRECTORY_VARIABLE, directory.toString());
        try (ControlServer server = ControlServer.open(ControlSocket.kernelPath("proxy-server", variables),
                request -> "0 1 2 3 4 5 6");
                ControlServer client = ControlServer.open(ControlSocket.kernelPath("proxy-client", variables),
                        request -> "0 10.0.0.1 5000 239.1.1.1")) {
            Environment multis = environment("multis_admin", directory, variables);
            for (String line : List.of("-H", "-A -m 239.1.1.1 -j 10.0.0.1,10.0.0.2", "-A -m 239.1.1.1 -q 10.0.0.2",
                    "-S",
                    "-L -m 239.1.1.1", "-P", "-P -m 239.1.1.1", "-D -m 239.1.1.1", "-C")) {
                KernelMultisAdmin.run(words(line), multis);
            }
            Environment multic = environment("multic_admin", directory, variables);
            for (String line : List.of("-A -i 10.0.0.1 -p 5000 -m 239.1.1.1", "-L", "-P", "-D -i 10.0.0.1 -p 5000")) {
                KernelMulticAdmin.run(words(line), multic);
            }
            KernelFiles.SERVER.save(directory);
            ConfigAdmin.run(words("-R"), environment("multis_config_admin", directory, variables), KernelFiles.SERVER);
            QuickCommands.run(List.of("proxy", "status", "--control", server.path().toString()));
            QuickCommands.run(List.of("proxy", "status", "--control", client.path().toString()));
        }
    }

    private static String[] words(String line) {
        return line.isEmpty() ? new String[0] : line.split(" ", -1);
    }

    private static Environment environment(String argv0, Path directory) {
        return environment(argv0, directory, Map.of());
    }

    private static Environment environment(String argv0, Path directory, Map<String, String> variables) {
        PrintStream nowhere = new PrintStream(java.io.OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        return new Environment(argv0, new ByteArrayInputStream("reload\nlist\n".getBytes(StandardCharsets.UTF_8)),
                nowhere,
                nowhere, directory, variables, ignored -> ExitCode.OK);
    }
}
