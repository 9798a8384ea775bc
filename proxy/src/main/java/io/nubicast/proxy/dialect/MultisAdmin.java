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
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// `multis_admin`: groups and members of the server, and the server itself (`-R`).
public final class MultisAdmin {
    /// What the original's `return -1` from main is for a shell.
    static final int FAILED = 255;

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

    private final Environment env;
    private final Path file;
    private char command;
    private @Nullable Address group;
    private @Nullable List<String> join;
    private @Nullable List<String> quit;
    private int port = Arguments.BAD;

    private MultisAdmin(Environment env) {
        this.env = env;
        this.file = env.directory().resolve(ConfigFiles.SERVER_FILE);
    }

    /// Runs one command line; `args` without the command's name. Returns the exit code.
    public static int run(String[] args, Environment env) {
        int exit = new MultisAdmin(env).run(args);
        env.flush();
        return exit;
    }

    private int run(String[] args) {
        if (args.length == 0) {
            usage();
            return 0;
        }
        Getopt options = new Getopt(env.argv0(), args, "ADCPLSRHm:j:q:p:", LONG_OPTIONS);
        int option = options.next();
        while (option != Getopt.END) {
            if (option == 'H') {
                usage();
                return 0;
            }
            if (option == Getopt.WRONG) {
                env.err().print(options.message() + "\n");
                usage();
                return FAILED;
            }
            if (!take((char) option, options.value())) {
                return FAILED;
            }
            option = options.next();
        }
        if (command == 0) {
            usage();
            return FAILED;
        }
        if (command == 'R') {
            env.flush();
            int exit = env.daemon().run(env.directory());
            return env.originalExitCodes() ? 0 : exit;
        }
        if (Arguments.complainOfOperands(env, options.operands()) || complainOfMask()) {
            return FAILED;
        }
        try {
            return execute();
        } catch (IOException e) {
            env.complain("cannot change " + file + ": " + ConfigFiles.reason(e));
            return FAILED;
        }
    }

    private boolean take(char option, String value) {
        switch (option) {
            case 'm' -> {
                return takeGroup(value);
            }
            case 'j' -> {
                if (join != null) {
                    env.out().print("error: option -j repeated\n");
                    return false;
                }
                join = Arguments.list(value);
            }
            case 'q' -> {
                if (quit != null) {
                    env.complain("option -q repeated; write one list: -q 10.0.0.1,10.0.0.2");
                    return false;
                }
                quit = Arguments.list(value);
            }
            case 'p' -> {
                if (port != Arguments.BAD) {
                    env.out().print("error: option -p repeated.\n");
                    return false;
                }
                port = Arguments.port(env, 'p', value, "interger", "");
                return port != Arguments.BAD;
            }
            default -> command = option;
        }
        return true;
    }

    private boolean takeGroup(String value) {
        if (group != null) {
            env.out().print("error: option -m repeated\n");
            return false;
        }
        Address address = AddressRules.parse(value).orElse(null);
        if (address == null) {
            env.out().print("error: ip " + value + " is invalid!\n");
            return false;
        }
        if (!address.isMulticast()) {
            env.out().print("error: ip " + value + " is not a multicast ip!\n\n");
            return false;
        }
        group = address;
        return true;
    }

    /// The original ends without a word where options do not fit the command.
    private boolean complainOfMask() {
        boolean list = join != null || quit != null;
        String fits = switch (command) {
            case 'A' -> group == null || join != null && quit != null || port != Arguments.BAD && join == null
                    ? "-A takes -m and one of -j [-p] and -q"
                    : "";
            case 'D',
                    'L' ->
                group == null || list || port != Arguments.BAD
                        ? "-" + command + " takes -m and nothing else"
                        : "";
            case 'P' -> list || port != Arguments.BAD ? "-P takes nothing, or -m" : "";
            default -> group != null || list || port != Arguments.BAD ? "-" + command + " takes no other option" : "";
        };
        if (fits.isEmpty()) {
            return false;
        }
        env.complain(fits + "; see " + env.argv0() + " -H");
        return true;
    }

    private int execute() throws IOException {
        Address named = group;
        return switch (command) {
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

    private int edited(EditResult result) {
        return switch (result.outcome()) {
            case CHANGED, UNCHANGED -> {
                warnOfFile();
                reload();
                yield 0;
            }
            case NO_GROUP, NO_FILE -> {
                if (command == 'D') {
                    yield 0; // there is nothing to delete
                }
                env.out().print(command == 'A' ? "multicast group ip does not exist\n" : "");
                yield refused(result.text());
            }
            case REFUSED -> refused(env.argv0() + ": " + result.text());
            case BAD_FILE -> refused(result.text() + env.argv0() + ": the file is left as it is\n");
        };
    }

    private int refused(String lines) {
        env.err().print(lines);
        return FAILED;
    }

    /// An edit may leave faults that were there before; the daemon would then keep its last good configuration.
    private void warnOfFile() {
        boolean faulty = false;
        for (Fault fault : ServerFile.read(file, AddressRules.anywhere()).faults()) {
            if (fault.isError()) {
                faulty = true;
                env.err().print(fault.text() + "\n");
            }
        }
        if (faulty) {
            env.complain("the file was changed, but the server takes it only when these are repaired");
        }
    }

    private void reload() {
        try (ManagementCall call = ManagementCall.open(env.directory(), ManagementPort.SERVER)) {
            call.send("reload");
        } catch (IOException e) {
            env.out().print("socket connect error\n");
        }
    }

    private int stats() {
        try (ManagementCall call = ManagementCall.open(env.directory(), ManagementPort.SERVER)) {
            long[] numbers = call.list(4);
            env.out().print("rx packets:" + numbers[0] + "\ntx packages:" + numbers[3] + "\ndx packets:" + numbers[1]
                    + "\n");
            return 0;
        } catch (IOException e) {
            env.complain("the multicast server does not answer on 127.0.0.1 port "
                    + ManagementPort.SERVER.of(env.directory()) + "; start it with " + env.argv0() + " -R");
            return FAILED;
        }
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

    private void usage() {
        env.out().print(env.argv0());
        env.out().print(USAGE);
    }
}
