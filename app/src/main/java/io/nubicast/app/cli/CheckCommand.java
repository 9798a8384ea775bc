package io.nubicast.app.cli;

import io.nubicast.app.ExitCode;
import io.nubicast.proxy.config.AddressRules;
import io.nubicast.proxy.config.ClientFile;
import io.nubicast.proxy.config.OwnAddresses;
import io.nubicast.proxy.config.Reading;
import io.nubicast.proxy.config.ServerFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `nubicast proxy check`.
@Command(name = "check", description = {
        "Says what is wrong with a server's or client's file, with line, column and the change to make, as the daemons do. Exits",
        "with 78 when it cannot be used.", ""})
final class CheckCommand extends WithHelp {
    @Parameters(paramLabel = "FILE", description = "server_cfg.json.txt or client_cfg.json.txt, or any other name.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path file;

    @Option(names = "--elsewhere", description = "The file is for another host: this host's own addresses may be members.")
    private boolean elsewhere;

    @Option(names = "--dialect", paramLabel = "user-space|kernel", defaultValue = "user-space", description = "Of the file;"
            + " kernel for a running or startup file of the kernel module. Default ${DEFAULT-VALUE}.")
    private String dialect = "user-space";

    CheckCommand() {}

    @Override
    public Integer call() throws CommandFailed {
        AddressRules rules = new AddressRules(elsewhere ? OwnAddresses.NONE : OwnAddresses.ofThisHost(), false,
                DaemonOptions.dialect(dialect));
        boolean client = isClientFile();
        Reading<?> reading = client ? ClientFile.read(file, rules) : ServerFile.read(file, rules);
        System.out.print(reading.text());
        if (reading.config().isEmpty()) {
            return ExitCode.CONFIGURATION;
        }
        System.out.println(file + ": good, " + (client ? "for a proxy client" : "for a proxy server")
                + (reading.faults().isEmpty() ? "" : ", see the warnings above"));
        return ExitCode.OK;
    }

    /// By the key that only a client's file has; else by the name. A file that cannot be read is the reader's to report.
    private boolean isClientFile() {
        try {
            String text = Files.readString(file, StandardCharsets.ISO_8859_1);
            if (text.contains(ClientFile.ARRAY) != text.contains(ServerFile.ARRAY)) {
                return text.contains(ClientFile.ARRAY);
            }
        } catch (IOException e) {
            // Reported below, as every fault.
        }
        return String.valueOf(file.getFileName()).startsWith("client");
    }
}
