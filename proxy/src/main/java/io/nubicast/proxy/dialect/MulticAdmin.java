package io.nubicast.proxy.dialect;

import io.nubicast.proxy.config.AddressRules;
import io.nubicast.proxy.config.ClientEdit;
import io.nubicast.proxy.config.ClientFile;
import io.nubicast.proxy.config.ConfigFiles;
import io.nubicast.proxy.config.EditResult;
import io.nubicast.proxy.config.Fault;
import io.nubicast.proxy.management.ManagementPort;
import io.nubicast.wire.Address;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `multic_admin`: the servers and ports whose copies become multicast again, and the client itself (`-R`).
public final class MulticAdmin {
    private static final int FAILED = MultisAdmin.FAILED;

    private static final String USAGE = """
             -- This command can be used to configure multicast client.
            Usage:
                multic_admin  -A -i {ip} -g {gourpport} -s {serverport} -m {multi_ip}
                multic_admin  -D -i {ip} -g {groupport}\s
                multic_admin  -C\s
                multic_admin  -P -i {ip} -g {groupport}\s
                multic_admin  -L
                multic_admin  -H\s
            Options:
                -A/--add                add multicast server ip and port
                -D/--delete             del multicast server ip and port
                -C/--clear              clear multicast server information
                -P/--stats              recv packets statistic
                -L/--list               list all multicast server ip and port
                -H/--help               help info
                -i/--ip                 multicast server ip, the ip of multicast provider
                -g/--gport              udp port, the multicast port
                -s/--sport              server port
                -m/--multi_ip           multicast ip
            """;

    private static final Getopt.LongOption[] LONG_OPTIONS = {
            new Getopt.LongOption("add", false, 'A'), new Getopt.LongOption("delete", false, 'D'),
            new Getopt.LongOption("clear", false, 'C'), new Getopt.LongOption("stats", false, 'P'),
            new Getopt.LongOption("list", false, 'L'), new Getopt.LongOption("run", false, 'R'),
            new Getopt.LongOption("help", false, 'H'), new Getopt.LongOption("multiip", true, 'm'),
            // Only the usage of the original knows this name.
            new Getopt.LongOption("multi_ip", true, 'm'), new Getopt.LongOption("ip", true, 'i'),
            new Getopt.LongOption("gport", true, 'g'), new Getopt.LongOption("sport", true, 's')};

    private final Environment env;
    private final Path file;
    private char command;
    private @Nullable Address group;
    private @Nullable Address server;
    private int groupPort = Arguments.BAD;
    private int serverPort = Arguments.BAD;

    private MulticAdmin(Environment env) {
        this.env = env;
        this.file = env.directory().resolve(ConfigFiles.CLIENT_FILE);
    }

    /// Runs one command line; `args` without the command's name. Returns the exit code.
    public static int run(String[] args, Environment env) {
        int exit = new MulticAdmin(env).run(args);
        env.flush();
        return exit;
    }

    private int run(String[] args) {
        if (args.length == 0) {
            usage();
            return FAILED;
        }
        Getopt options = new Getopt(env.argv0(), args, "ADCPLSRHm:i:g:s:", LONG_OPTIONS);
        int option = options.next();
        while (option != Getopt.END) {
            if (option == 'H') {
                usage();
                return 0;
            }
            if (option == Getopt.WRONG || option == 'S') {
                env.err().print(option == 'S' ? "" : options.message() + "\n");
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
                if (group != null) {
                    env.out().print("error: option -m repeated\n\n");
                    return false;
                }
                group = address(value);
                if (group != null && !group.isMulticast()) {
                    env.out().print("error: ip " + value + " is not a multicast ip!\n\n");
                    return false;
                }
                return group != null;
            }
            case 'i' -> {
                if (server != null) {
                    env.out().print("error: option -i repeated\n\n");
                    return false;
                }
                server = address(value);
                return server != null;
            }
            case 'g' -> {
                if (groupPort != Arguments.BAD) {
                    env.out().print("error: option -g repeated.\nTry '" + env.argv0()
                            + " --help' for more information.\n\n");
                    return false;
                }
                groupPort = Arguments.port(env, 'g', value, "integer", "");
                return groupPort != Arguments.BAD;
            }
            case 's' -> {
                if (serverPort != Arguments.BAD) {
                    env.out().print("error: option -s repeated. \n Try '" + env.argv0()
                            + " --help' for more information\n\n");
                    return false;
                }
                serverPort = Arguments.port(env, 's', value, "integer", " ");
                return serverPort != Arguments.BAD;
            }
            default -> command = option;
        }
        return true;
    }

    private @Nullable Address address(String value) {
        Address address = AddressRules.parse(value).orElse(null);
        if (address == null) {
            env.out().print("error: ip " + value + " is invalid!\n\n");
        }
        return address;
    }

    private boolean complainOfMask() {
        boolean ports = groupPort != Arguments.BAD || serverPort != Arguments.BAD;
        boolean none = group == null && server == null && !ports;
        boolean pair = group == null && server != null && groupPort != Arguments.BAD && serverPort == Arguments.BAD;
        boolean fits = switch (command) {
            case 'A' -> group != null && server != null && groupPort != Arguments.BAD && serverPort != Arguments.BAD;
            case 'D' -> pair;
            case 'P' -> none || pair;
            default -> none;
        };
        if (!fits) {
            env.out().print("option error.\nTry '" + env.argv0() + " --help' for more information.\n\n");
            env.complain(switch (command) {
                case 'A' -> "-A takes -i, -g, -s and -m, all of them";
                case 'D' -> "-D takes -i and -g";
                case 'P' -> "-P takes nothing, or -i and -g";
                default -> "-" + command + " takes no other option";
            });
        }
        return !fits;
    }

    private int execute() throws IOException {
        Address from = server;
        Address to = group;
        return switch (command) {
            case 'A' -> from != null && to != null ? add(from, to) : FAILED;
            case 'D' -> from != null ? edited(ClientEdit.delete(file, from, groupPort)) : FAILED;
            case 'C' -> edited(ClientEdit.clear(file));
            case 'P' -> stats();
            default -> list();
        };
    }

    private int add(Address from, Address to) throws IOException {
        AddressRules.Objection objection = AddressRules.anywhere().objectionToUnicast("server", from).orElse(null);
        if (objection != null) {
            env.complain("-i: " + objection.what() + "; " + objection.change());
            return FAILED;
        }
        return edited(ClientEdit.add(file, from, serverPort, groupPort, to));
    }

    private int edited(EditResult result) {
        return switch (result.outcome()) {
            case CHANGED, UNCHANGED -> {
                warnOfFile();
                reload();
                yield 0;
            }
            case NO_GROUP -> 0; // as the original: there is nothing to delete
            case NO_FILE -> command == 'D' ? 0 : refused(result.text());
            case REFUSED -> refused(env.argv0() + ": " + result.text());
            case BAD_FILE -> refused(result.text() + env.argv0() + ": the file is left as it is\n");
        };
    }

    private int refused(String lines) {
        env.err().print(lines);
        return FAILED;
    }

    private void warnOfFile() {
        boolean faulty = false;
        for (Fault fault : ClientFile.read(file, AddressRules.anywhere()).faults()) {
            if (fault.isError()) {
                faulty = true;
                env.err().print(fault.text() + "\n");
            }
        }
        if (faulty) {
            env.complain("the file was changed, but the client takes it only when these are repaired");
        }
    }

    /// Without a daemon the original says nothing here.
    private void reload() {
        try (ManagementCall call = ManagementCall.open(env.directory(), ManagementPort.CLIENT)) {
            call.send("reload");
        } catch (IOException e) {
            // Neither here: the file is right, and a client that starts later reads it.
        }
    }

    private int stats() {
        try (ManagementCall call = ManagementCall.open(env.directory(), ManagementPort.CLIENT)) {
            long[] numbers = call.list(3);
            env.out().print("rx packets:" + numbers[0] + "\ntx packages:" + numbers[2] + "\n");
            return 0;
        } catch (IOException e) {
            env.complain("the multicast client does not answer on 127.0.0.1 port "
                    + ManagementPort.CLIENT.of(env.directory()) + "; start it with " + env.argv0() + " -R");
            return FAILED;
        }
    }

    private int list() {
        List<ClientEdit.Written> entries = ClientEdit.written(file).orElse(null);
        if (entries == null) {
            env.complain(file + " is not there, or is no client file");
            return FAILED;
        }
        if (entries.isEmpty()) {
            env.out().print("Not configure multicast server ip and port!\n");
        }
        int number = 0;
        for (ClientEdit.Written entry : entries) {
            env.out().print("Configure Multicast Server " + ++number + ":\nServer IP:  " + entry.server()
                    + "\nUDP Port:  " + entry.groupPort() + "\nMulticast  IP:  " + entry.group() + "\n\n\n");
        }
        return 0;
    }

    private void usage() {
        env.out().print(env.argv0());
        env.out().print(USAGE);
    }
}
