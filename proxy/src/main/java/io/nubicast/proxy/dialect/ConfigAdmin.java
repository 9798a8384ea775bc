package io.nubicast.proxy.dialect;

import io.nubicast.proxy.config.AddressRules;
import io.nubicast.proxy.config.ClientConfig;
import io.nubicast.proxy.config.ClientFile;
import io.nubicast.proxy.config.ConfigFiles;
import io.nubicast.proxy.config.Dialect;
import io.nubicast.proxy.config.EditResult;
import io.nubicast.proxy.config.KernelClientEdit;
import io.nubicast.proxy.config.KernelCode;
import io.nubicast.proxy.config.KernelFiles;
import io.nubicast.proxy.config.KernelServerEdit;
import io.nubicast.proxy.config.OwnAddresses;
import io.nubicast.proxy.config.Reading;
import io.nubicast.proxy.config.ServerConfig;
import io.nubicast.proxy.config.ServerFile;
import io.nubicast.wire.Address;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

/// `multis_config_admin` and `multic_config_admin`: takes up the startup file, group by group, as if somebody typed the admin
/// command for each. What is in the running file already stays.
public final class ConfigAdmin {
    private static final Getopt.LongOption[] LONG_OPTIONS =
            {new Getopt.LongOption("recover", false, 'R'), new Getopt.LongOption("help", false, 'H')};

    private final Environment env;
    private final KernelFiles files;
    private final KernelDaemon daemon;
    private boolean silent;

    private ConfigAdmin(Environment env, KernelFiles files) {
        this.env = env;
        this.files = files;
        this.daemon = new KernelDaemon(env, files);
    }

    /// Runs one command line; `args` without the command's name. Returns the exit code.
    public static int run(String[] args, Environment env, KernelFiles files) {
        int exit = new ConfigAdmin(env, files).run(args);
        env.flush();
        return exit;
    }

    private int run(String[] args) {
        Getopt options = new Getopt(env.argv0(), args, "RH", LONG_OPTIONS);
        boolean recover = false;
        for (int option = options.next(); option != Getopt.END; option = options.next()) {
            if (option != 'R') {
                env.err().print(option == Getopt.WRONG ? options.message() + "\n" : "");
                return usage();
            }
            recover = true;
        }
        return recover ? recover() : usage();
    }

    private int usage() {
        String word = files == KernelFiles.SERVER ? "server" : "client";
        String name = files == KernelFiles.SERVER ? "multis_config_admin" : "multic_config_admin";
        env.out().print(env.argv0() + " -- This command can be used to multicast " + word + " configure.\nUsage:\n    "
                + name + "  -R\n    " + name + "  -H \nOptions:\n    -R/--recover\t    recover configure\n"
                + "    -H/--help           help info\n");
        return 0;
    }

    /// The original returns -1 where there is no startup file, or no array in it, and says nothing.
    private int recover() {
        Path startup = files.startup(env.directory());
        if (!Files.exists(startup)) {
            env.complain("there is no " + startup + ": nothing to recover");
            return AdminCommand.FAILED;
        }
        try {
            EditResult prepared = files.prepare(env.directory());
            AddressRules rules = new AddressRules(OwnAddresses.ofThisHost(), false, Dialect.KERNEL);
            if (!prepared.isDone()) {
                env.err().print(prepared.text());
                return AdminCommand.FAILED;
            }
            return files == KernelFiles.SERVER
                    ? groups(ServerFile.read(startup, rules))
                    : entries(ClientFile.read(startup, rules));
        } catch (IOException e) {
            env.complain("cannot change " + files.running(env.directory()) + ": " + ConfigFiles.reason(e));
            return AdminCommand.FAILED;
        }
    }

    private int groups(Reading<ServerConfig> reading) throws IOException {
        env.err().print(reading.text());
        if (reading.config().isEmpty()) {
            return AdminCommand.FAILED;
        }
        Path file = files.running(env.directory());
        for (ServerConfig.Group group : reading.config().get().groups()) {
            String members = group.members().stream().map(Address::toString).collect(Collectors.joining(","));
            report(KernelServerEdit.join(file, group.address(), group.members()));
            tell("join " + group.address() + (members.isEmpty() ? "" : " " + members));
        }
        return 0;
    }

    private int entries(Reading<ClientConfig> reading) throws IOException {
        env.err().print(reading.text());
        if (reading.config().isEmpty()) {
            return AdminCommand.FAILED;
        }
        Path file = files.running(env.directory());
        for (ClientConfig.Entry entry : reading.config().get().entries()) {
            report(KernelClientEdit.add(file, entry.server(), entry.serverPort(), entry.group()));
            tell("add " + entry.server() + " " + entry.serverPort() + " " + entry.group());
        }
        return 0;
    }

    private void report(EditResult result) {
        if (!result.isDone() && !result.text().equals(KernelCode.EXISTS.text() + "\n")) {
            env.err().print(result.text());
        }
    }

    /// A daemon that runs takes it up at once; one that starts later finds it in the running file.
    private void tell(String request) {
        if (silent) {
            return;
        }
        try {
            int number = KernelDaemon.number(daemon.ask(request));
            for (KernelCode code : KernelCode.values()) {
                if (code.number() == number && number > KernelCode.EXISTS.number()) {
                    env.complain(request + ": " + code.text());
                    return;
                }
            }
        } catch (IOException e) {
            silent = true;
        }
    }
}
