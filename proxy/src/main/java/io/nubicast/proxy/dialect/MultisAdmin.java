package io.nubicast.proxy.dialect;

import io.nubicast.proxy.config.AddressRules;
import io.nubicast.proxy.config.ConfigFiles;
import io.nubicast.proxy.config.EditResult;
import io.nubicast.proxy.config.Fault;
import io.nubicast.proxy.config.ServerEdit;
import io.nubicast.proxy.config.ServerFile;
import io.nubicast.proxy.management.ManagementPort;
import io.nubicast.wire.Address;
import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// `multis_admin`: groups and members of the server, and the server itself (`-R`).
public final class MultisAdmin extends UserSpaceCommand {
    private static final String USAGE = """
             -- This command can be used to configure multicast server.
            Usage:
                multis_admin  -A -m {multi_ip} -j {ip1,ip2,ip3...} -p port
                multis_admin  -A -m {multi_ip} -q {ip1,ip2,ip3...}
                multis_admin  -D -m {multi_ip}\s
                multis_admin  -C\s
                multis_admin  -P -m {multi_ip}
                multis_admin  -L -m {multi_ip}\s
                multis_admin  -S\s
                multis_admin  -H\s
                multis_admin  -R
            Options:
                -A/--add      add multicast group
                -D/--delete   del multicast group
                -C/--clear    clear multicast group
                -P/--stats    packets statistic
                -S/--show     show multicast group
                -L/--list     list multicast group member
                -R/--run      run the multicast server to transmit packages
                -H/--help     help info
                -j/--join     vm join multicast group
                -q/--quit     vm quit multicast group
                -m/--multiip  multicast ip
                -p/--port     server port
            """;

    private static final Getopt.LongOption[] LONG_OPTIONS = {
            new Getopt.LongOption("add", false, 'A'), new Getopt.LongOption("delete", false, 'D'),
            new Getopt.LongOption("clear", false, 'C'), new Getopt.LongOption("stats", false, 'P'),
            new Getopt.LongOption("list", false, 'L'), new Getopt.LongOption("show", false, 'S'),
            new Getopt.LongOption("help", false, 'H'), new Getopt.LongOption("run", false, 'R'),
            new Getopt.LongOption("multiip", true, 'm'), new Getopt.LongOption("join", true, 'j'),
            new Getopt.LongOption("quit", true, 'q'), new Getopt.LongOption("port", true, 'p')};

    private @Nullable Address group;
    private @Nullable List<String> join;
    private @Nullable List<String> quit;
    private int port = Arguments.BAD;

    private MultisAdmin(Environment env) {
        super(env, ConfigFiles.SERVER_FILE, ManagementPort.SERVER, "server", "ADCPLSRHm:j:q:p:", LONG_OPTIONS);
    }

    /// Runs one command line; `args` without the command's name. Returns the exit code.
    public static int run(String[] args, Environment env) {
        return new MultisAdmin(env).run(args);
    }

    @Override
    String usage() {
        return USAGE;
    }

    @Override
    int withoutArguments() {
        return 0;
    }

    @Override
    int take(char option, String value) {
        switch (option) {
            case 'm' -> {
                return takeGroup(value);
            }
            case 'j' -> {
                if (join != null) {
                    return error("error: option -j repeated\n");
                }
                join = Arguments.list(value);
            }
            case 'q' -> {
                if (quit != null) {
                    env.complain("option -q repeated; write one list: -q 10.0.0.1,10.0.0.2");
                    return FAILED;
                }
                quit = Arguments.list(value);
            }
            default -> {
                if (port != Arguments.BAD) {
                    return error("error: option -p repeated.\n");
                }
                port = Arguments.port(env, 'p', value, "interger", "");
                return port == Arguments.BAD ? FAILED : 0;
            }
        }
        return 0;
    }

    private int takeGroup(String value) {
        if (group != null) {
            return error("error: option -m repeated\n");
        }
        Address address = AddressRules.parse(value).orElse(null);
        if (address == null) {
            return error("error: ip " + value + " is invalid!\n");
        }
        if (!address.isMulticast()) {
            return error("error: ip " + value + " is not a multicast ip!\n\n");
        }
        group = address;
        return 0;
    }

    /// The original ends without a word where options do not fit the command.
    @Override
    boolean complainOfMask() {
        boolean list = join != null || quit != null;
        String fits = switch (command()) {
            case 'A' -> group == null || join != null && quit != null || port != Arguments.BAD && join == null
                    ? "-A takes -m and one of -j [-p] and -q"
                    : "";
            case 'D',
                    'L' ->
                group == null || list || port != Arguments.BAD
                        ? "-" + command() + " takes -m and nothing else"
                        : "";
            case 'P' -> list || port != Arguments.BAD ? "-P takes nothing, or -m" : "";
            default -> group != null || list || port != Arguments.BAD ? "-" + command() + " takes no other option" : "";
        };
        if (fits.isEmpty()) {
            return false;
        }
        env.complain(fits + "; see " + env.argv0() + " -H");
        return true;
    }

    @Override
    int execute() throws IOException {
        Address named = group;
        return switch (command()) {
            case 'A' -> join != null && named != null ? join(named, join) : named != null ? quit(named) : FAILED;
            case 'D' -> named != null ? edited(ServerEdit.delete(file, named)) : FAILED;
            case 'C' -> edited(ServerEdit.clear(file));
            case 'P' -> stats();
            case 'L' -> named != null ? list(named.toString()) : FAILED;
            default -> show();
        };
    }

    private int join(Address named, List<String> entries) throws IOException {
        List<Address> members = Arguments.members(env, entries);
        if (members.isEmpty()) {
            return FAILED;
        }
        for (String entry : entries) {
            env.out().print(entry + "\n");
        }
        return edited(ServerEdit.join(file, named, members,
                port == Arguments.BAD ? OptionalInt.empty() : OptionalInt.of(port)));
    }

    private int quit(Address named) throws IOException {
        return edited(ServerEdit.quit(file, named, quit == null ? List.of() : quit));
    }

    @Override
    int nothingThere(EditResult result) {
        if (command() == 'A') {
            env.out().print("multicast group ip does not exist\n");
        }
        return super.nothingThere(result);
    }

    @Override
    List<Fault> faults() {
        return ServerFile.read(file, AddressRules.anywhere()).faults();
    }

    @Override
    void noDaemon() {
        env.out().print("socket connect error\n");
    }

    private int stats() {
        long[] numbers = counters(4).orElse(null);
        if (numbers == null) {
            return FAILED;
        }
        env.out().print(
                "rx packets:" + numbers[0] + "\ntx packages:" + numbers[3] + "\ndx packets:" + numbers[1] + "\n");
        return 0;
    }

    private int show() {
        List<ServerEdit.Written> groups = ServerEdit.written(file).orElse(null);
        if (groups == null) {
            return noGroups();
        }
        env.out().print("Multicast Group IP: \n");
        for (ServerEdit.Written written : groups) {
            env.out().print(written.group() + "\n");
        }
        return listed();
    }

    private int list(String named) {
        List<ServerEdit.Written> groups = ServerEdit.written(file).orElse(null);
        if (groups == null) {
            return noGroups();
        }
        boolean found = false;
        for (ServerEdit.Written written : groups) {
            if (written.group().equals(named)) {
                found = true;
                env.out().print("Multicast IP:  " + named + "\nVM IP List:  \n");
                for (String member : written.members()) {
                    env.out().print("    " + member + "\n");
                }
            }
        }
        if (!found) {
            env.complain("group " + named + " is not in " + file);
            return 1;
        }
        return listed();
    }

    private int noGroups() {
        env.out().print("have no multicast group\n");
        return FAILED;
    }

    /// The original's -S and -L return 1 when all is well.
    private int listed() {
        return env.originalExitCodes() ? 1 : 0;
    }
}
