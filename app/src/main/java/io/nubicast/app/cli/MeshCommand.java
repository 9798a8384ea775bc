package io.nubicast.app.cli;

import io.nubicast.app.ExitCode;
import io.nubicast.app.daemon.Places;
import io.nubicast.app.daemon.Role;
import io.nubicast.proxy.config.ConfigFiles;
import io.nubicast.proxy.config.Dialect;
import io.nubicast.proxy.config.EditResult;
import io.nubicast.proxy.config.KernelFiles;
import io.nubicast.proxy.config.OwnAddresses;
import io.nubicast.proxy.mesh.MeshFiles;
import io.nubicast.proxy.mesh.MeshList;
import io.nubicast.wire.Address;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `nubicast proxy mesh`.
@Command(name = "mesh", description = {
        "Makes this host's server and client files of a full mesh, in which every host sends to all the others. The list is the",
        "same on all hosts: its first line is 'GROUP PORT', each further one the address of a host; lines with # are left out.",
        "What the files hold already stays.", ""})
final class MeshCommand extends WithHelp {
    @Parameters(paramLabel = "IPLIST", description = "The file with the list.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path list;

    @Option(names = "--self", paramLabel = "ADDRESS", description = "The address that is left out; default every address of"
            + " this host. Repeatable.")
    private List<String> self = new ArrayList<>();

    @Option(names = "--dialect", paramLabel = "user-space|kernel", defaultValue = "user-space", description = "kernel: the"
            + " running files of the kernel module; restart the services multis and multic then. Default ${DEFAULT-VALUE}.")
    private String dialectName = "user-space";

    @Option(names = "--directory", paramLabel = "DIR", description = "Where the two files are; default /etc/multicast, or the"
            + " directory named by NUBICAST_MULTICAST_DIR; of the kernel dialect /usr/local/etc, or that named by"
            + " NUBICAST_KERNEL_DIR.")
    private @Nullable Path directory;

    @Option(names = "--print", description = "Print the two files instead, as they would be on a host that has none.")
    private boolean print;

    MeshCommand() {}

    @Override
    public Integer call() throws CommandFailed {
        MeshList.Reading reading = MeshList.read(list);
        reading.warnings().forEach(System.err::println);
        reading.errors().forEach(System.err::println);
        if (reading.list().isEmpty()) {
            return ExitCode.CONFIGURATION;
        }
        MeshFiles files = new MeshFiles(reading.list().get(), own());
        if (!files.isMember()) {
            System.err.println("nubicast: no address of this host is in " + list
                    + ", so it will send to all and receive from all, but they not from it; name its address with --self");
        }
        boolean kernel = DaemonOptions.dialect(dialectName) == Dialect.KERNEL;
        if (print) {
            System.out.println(kernel ? files.kernelServerText() : files.serverText());
            System.out.println(kernel ? files.kernelClientText() : files.clientText());
            return ExitCode.OK;
        }
        Places places = Places.ofThisProcess();
        if (kernel) {
            return kernel(files, directory == null ? places.kernelDirectory() : directory);
        }
        Path server = file(places.configuration(Role.SERVER));
        Path client = file(places.configuration(Role.CLIENT));
        try {
            Path parent = server.toAbsolutePath().getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            int code = tell(server, files.addToServer(server));
            return code == ExitCode.OK ? tell(client, files.addToClient(client)) : code;
        } catch (IOException e) {
            throw new CommandFailed(ExitCode.UNAVAILABLE, "cannot write: " + e.getMessage());
        }
    }

    /// Only a restart makes the daemons take what is written here, as with the original's scripts.
    private static int kernel(MeshFiles files, Path directory) throws CommandFailed {
        Path server = KernelFiles.SERVER.running(directory);
        Path client = KernelFiles.CLIENT.running(directory);
        try {
            System.err.print(KernelFiles.SERVER.prepare(directory).text());
            System.err.print(KernelFiles.CLIENT.prepare(directory).text());
            int code = tell(server, files.addToKernelServer(server));
            if (code == ExitCode.OK) {
                System.out.println("server config auto make ok, please run <service multis restart>");
                code = tell(client, files.addToKernelClient(client));
            }
            if (code == ExitCode.OK) {
                System.out.println("client config auto make ok, please run <service multic restart>");
            }
            return code;
        } catch (IOException e) {
            throw new CommandFailed(ExitCode.UNAVAILABLE, "cannot write: " + ConfigFiles.reason(e));
        }
    }

    private static int tell(Path file, EditResult result) {
        System.err.print(result.text());
        if (!result.isDone()) {
            return ExitCode.CONFIGURATION;
        }
        System.out.println(file + (result.outcome() == EditResult.Outcome.CHANGED ? ": written" : ": unchanged"));
        return ExitCode.OK;
    }

    private Path file(Path usual) {
        return directory == null ? usual : directory.resolve(usual.getFileName());
    }

    private OwnAddresses own() throws CommandFailed {
        if (self.isEmpty()) {
            return OwnAddresses.ofThisHost();
        }
        Set<Address> addresses = new HashSet<>();
        for (String text : self) {
            addresses.add(Address.parseIpv4(text).orElseThrow(() -> new CommandFailed(ExitCode.USAGE,
                    "--self " + text + " is not an IPv4 address")));
        }
        return OwnAddresses.of(addresses, Set.of());
    }
}
