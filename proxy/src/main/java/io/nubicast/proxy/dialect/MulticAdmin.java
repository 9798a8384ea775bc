package io.nubicast.proxy.dialect;

import io.nubicast.proxy.config.AddressRules;
import io.nubicast.proxy.config.ClientEdit;
import io.nubicast.proxy.config.ClientFile;
import io.nubicast.proxy.config.ConfigFiles;
import io.nubicast.proxy.config.Fault;
import io.nubicast.proxy.management.ManagementPort;
import io.nubicast.wire.Address;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `multic_admin`: the servers and ports whose copies become multicast again, and the client itself (`-R`).
public final class MulticAdmin extends UserSpaceCommand {
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

    private @Nullable Address group;
    private @Nullable Address server;
    private int groupPort = Arguments.BAD;
    private int serverPort = Arguments.BAD;

    private MulticAdmin(Environment env) {
        super(env, ConfigFiles.CLIENT_FILE, ManagementPort.CLIENT, "client", "ADCPLSRHm:i:g:s:", LONG_OPTIONS);
    }

    /// Runs one command line; `args` without the command's name. Returns the exit code.
    public static int run(String[] args, Environment env) {
        return new MulticAdmin(env).run(args);
    }

    @Override
    String usage() {
        return USAGE;
    }

    @Override
    int withoutArguments() {
        return FAILED;
    }

    @Override
    boolean knows(char letter) {
        return letter != 'S';
    }

    @Override
    int take(char option, String value) {
        return switch (option) {
            case 'm' -> takeGroup(value);
            case 'i' -> takeServer(value);
            case 'g' -> groupPort == Arguments.BAD
                    ? (groupPort = Arguments.port(env, 'g', value, "integer", "")) == Arguments.BAD ? FAILED : 0
                    : error("error: option -g repeated.\n" + tryHelp());
            default -> serverPort == Arguments.BAD
                    ? (serverPort = Arguments.port(env, 's', value, "integer", " ")) == Arguments.BAD ? FAILED : 0
                    : error("error: option -s repeated. \n Try '" + env.argv0() + " --help' for more information\n\n");
        };
    }

    private int takeGroup(String value) {
        if (group != null) {
            return error("error: option -m repeated\n\n");
        }
        group = address(value);
        if (group != null && !group.isMulticast()) {
            return error("error: ip " + value + " is not a multicast ip!\n\n");
        }
        return group == null ? FAILED : 0;
    }

    private int takeServer(String value) {
        if (server != null) {
            return error("error: option -i repeated\n\n");
        }
        server = address(value);
        return server == null ? FAILED : 0;
    }

    private @Nullable Address address(String value) {
        Address address = AddressRules.parse(value).orElse(null);
        if (address == null) {
            env.out().print("error: ip " + value + " is invalid!\n\n");
        }
        return address;
    }

    @Override
    boolean complainOfMask() {
        boolean ports = groupPort != Arguments.BAD || serverPort != Arguments.BAD;
        boolean none = group == null && server == null && !ports;
        boolean pair = group == null && server != null && groupPort != Arguments.BAD && serverPort == Arguments.BAD;
        boolean all = group != null && server != null && groupPort != Arguments.BAD && serverPort != Arguments.BAD;
        return complainOfMask("-i, -g, -s and -m", all, "-i and -g", pair, none);
    }

    @Override
    int execute() throws IOException {
        Address from = server;
        Address to = group;
        return switch (command()) {
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

    @Override
    List<Fault> faults() {
        return ClientFile.read(file, AddressRules.anywhere()).faults();
    }

    /// The original says nothing here: the file is right, and a client that starts later reads it.
    @Override
    void noDaemon() {}

    private int stats() {
        long[] numbers = counters(3).orElse(null);
        if (numbers == null) {
            return FAILED;
        }
        env.out().print("rx packets:" + numbers[0] + "\ntx packages:" + numbers[2] + "\n");
        return 0;
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
}
