package io.nubicast.proxy.dialect;

import io.nubicast.proxy.config.AddressRules;
import io.nubicast.proxy.config.Dialect;
import io.nubicast.proxy.config.KernelClientEdit;
import io.nubicast.proxy.config.KernelCode;
import io.nubicast.proxy.config.KernelFiles;
import io.nubicast.proxy.config.OwnAddresses;
import io.nubicast.wire.Address;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// `multic_admin` of the kernel dialect: the servers and ports whose copies become multicast again, ports kept.
public final class KernelMulticAdmin extends KernelCommand {
    private static final String USAGE = """
             -- This command can be used to configure multicast client.
            Usage:
                multic_admin  -A -i {ip} -p {port} -m {multi_ip}
                multic_admin  -D -i {ip} -p {port}\s
                multic_admin  -C\s
                multic_admin  -P -i {ip} -p {port}\s
                multic_admin  -L
                multic_admin  -H\s
            Options:
                -A/--add\t\tadd multicast server ip and port
                -D/--delete\t\tdel multicast server ip and port
                -C/--clear\t\tclear multicast server information
                -P/--stats\t\trecv packets statistic
                -L/--list\t\tlist all multicast server ip and port
                -H/--help           help info
                -i/--ip             multicast server ip, the ip of multicast provider
                -p/--port           udp port, the multicast port
                -m/--multi_ip       multicast ip
            """;

    private static final Getopt.LongOption[] LONG_OPTIONS = {
            new Getopt.LongOption("add", false, 'A'), new Getopt.LongOption("delete", false, 'D'),
            new Getopt.LongOption("clear", false, 'C'), new Getopt.LongOption("stats", false, 'P'),
            new Getopt.LongOption("list", false, 'L'), new Getopt.LongOption("help", false, 'H'),
            new Getopt.LongOption("multiip", true, 'm'),
            // Only the usage of the original knows this name.
            new Getopt.LongOption("multi_ip", true, 'm'), new Getopt.LongOption("ip", true, 'i'),
            new Getopt.LongOption("port", true, 'p')};

    private @Nullable Address group;
    private @Nullable Address server;
    private int port = Arguments.BAD;

    private KernelMulticAdmin(Environment env) {
        super(env, KernelFiles.CLIENT, "ADCPLSHm:i:p:", LONG_OPTIONS);
    }

    /// Runs one command line; `args` without the command's name. Returns the exit code.
    public static int run(String[] args, Environment env) {
        return new KernelMulticAdmin(env).run(args);
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
        if (option == 'p') {
            if (port != Arguments.BAD) {
                return error("error: option -p repeated.\n" + tryHelp());
            }
            port = Arguments.port(env, 'p', value, "integer", "");
            return port == Arguments.BAD ? FAILED : 0;
        }
        if (option == 'm' ? group != null : server != null) {
            return error("error: option -" + option + " repeated\n\n");
        }
        Address address = AddressRules.parse(value).orElse(null);
        if (option == 'm') {
            group = address;
        } else {
            server = address;
        }
        return address == null ? error(invalid(value)) : 0;
    }

    @Override
    boolean complainOfMask() {
        boolean none = group == null && server == null && port == Arguments.BAD;
        boolean pair = group == null && server != null && port != Arguments.BAD;
        boolean all = group != null && server != null && port != Arguments.BAD;
        return complainOfMask("-i, -p and -m", all, "-i and -p", pair, none);
    }

    @Override
    int changeOrAsk() throws IOException {
        Address from = server;
        Address to = group;
        return switch (command()) {
            case 'A' -> from != null && to != null ? add(from, to) : FAILED;
            case 'D' -> from != null
                    ? edited(KernelClientEdit.delete(file, from, port), "group not exist \n",
                            "remove " + from + " " + port)
                    : FAILED;
            case 'C' -> edited(KernelClientEdit.clear(file), "", "clear");
            case 'P' -> stats(from == null ? "received" : "received " + from + " " + port);
            default -> list();
        };
    }

    private int add(Address from, Address to) throws IOException {
        AddressRules rules = new AddressRules(OwnAddresses.ofThisHost(), false, Dialect.KERNEL);
        AddressRules.Objection objection = rules.objectionToUnicast("server", from)
                .or(() -> rules.objectionToGroup(to)).orElse(null);
        if (objection != null) {
            env.complain(objection.what() + "; " + objection.change());
            complain(KernelCode.PARAMETER.number());
            env.out().print(tryHelp());
            return KernelCode.PARAMETER.number() & 0xFF;
        }
        return edited(KernelClientEdit.add(file, from, port, to), "", "add " + from + " " + port + " " + to);
    }

    private int list() {
        String answer = ask("entries");
        if (answer.isEmpty()) {
            return FAILED;
        }
        int exit = failed(answer);
        if (exit != 0) {
            return exit;
        }
        String[] words = KernelDaemon.words(answer);
        if (words.length == 0) {
            env.out().print("Not configure multicast server ip and port!\n");
        }
        for (int at = 0; at + 2 < words.length; at += 3) {
            env.out().print("Configure Multicast Server " + (at / 3 + 1) + ":\nServer IP:  " + words[at]
                    + "\nUDP Port:  " + words[at + 1] + "\nMulticast  IP:  " + words[at + 2] + "\n\n\n");
        }
        return 0;
    }

    private int stats(String request) {
        String answer = ask(request);
        if (answer.isEmpty()) {
            return FAILED;
        }
        long[] numbers = KernelDaemon.numbers(answer);
        env.out().print(numbers[0] != 0
                ? "multicast server not existed!\n\n"
                : "rx packets  :  " + numbers[1] + "\nrx bytes    :  " + numbers[2] + "\n\n");
        return 0;
    }

    @Override
    void complain(int number) {
        for (KernelCode code : KernelCode.values()) {
            if (code.number() == number && code != KernelCode.TOO_MANY) {
                // The client's words differ from the server's in this one, and it puts a blank line behind most.
                env.err().print(code == KernelCode.PARAMETER
                        ? "The parameter is error, need check parameter!\n\n"
                        : code.text() + (code == KernelCode.FULL ? "\n" : "\n\n"));
            }
        }
    }
}
