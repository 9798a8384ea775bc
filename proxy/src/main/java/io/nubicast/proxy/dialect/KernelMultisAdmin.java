package io.nubicast.proxy.dialect;

import io.nubicast.proxy.config.AddressRules;
import io.nubicast.proxy.config.Dialect;
import io.nubicast.proxy.config.KernelCode;
import io.nubicast.proxy.config.KernelFiles;
import io.nubicast.proxy.config.KernelServerEdit;
import io.nubicast.proxy.config.Limits;
import io.nubicast.proxy.config.OwnAddresses;
import io.nubicast.wire.Address;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `multis_admin` of the kernel dialect: groups and members of the server, ports kept.
public final class KernelMultisAdmin extends KernelCommand {
    private static final String USAGE = """
             -- This command can be used to configure multicast server.
            Usage:
                multis_admin  -A -m {multi_ip} -j {ip1,ip2,ip3...}
                multis_admin  -A -m {multi_ip} -q {ip1,ip2,ip3...}
                multis_admin  -D -m {multi_ip}\s
                multis_admin  -C\s
                multis_admin  -P -m {multi_ip}
                multis_admin  -L -m {multi_ip}\s
                multis_admin  -S\s
                multis_admin  -H\s
            Options:
                -A/--add      add multicast group
                -D/--delete   del multicast group
                -C/--clear    clear multicast group
                -P/--stats    packets statistic
                -S/--show     show multicast group
                -L/--list     list multicast group member
                -H/--help     help info
                -j/--join     vm join multicast group
                -q/--quit     vm quit multicast group
                -m/--multiip  multicast ip
            """;

    private static final Getopt.LongOption[] LONG_OPTIONS = {
            new Getopt.LongOption("add", false, 'A'), new Getopt.LongOption("delete", false, 'D'),
            new Getopt.LongOption("clear", false, 'C'), new Getopt.LongOption("stats", false, 'P'),
            new Getopt.LongOption("list", false, 'L'), new Getopt.LongOption("show", false, 'S'),
            new Getopt.LongOption("help", false, 'H'), new Getopt.LongOption("multiip", true, 'm'),
            new Getopt.LongOption("join", true, 'j'), new Getopt.LongOption("quit", true, 'q')};

    private static final String[] COUNTERS = {"tx packets                     :  ",
            "tx bytes                       :  ", "no_multi_grp_pkt_count         :  ",
            "no_multi_member_pkt_drop_count :  ", "route_fail_drop_count          :  ",
            "no_mem_drop_count              :  "};
    private static final int COUNTERS_OF_A_GROUP = 2;

    private @Nullable Address group;
    private @Nullable List<Address> join;
    private @Nullable List<Address> quit;

    private KernelMultisAdmin(Environment env) {
        super(env, KernelFiles.SERVER, "ADCPLSHm:j:q:", LONG_OPTIONS);
    }

    /// Runs one command line; `args` without the command's name. Returns the exit code.
    public static int run(String[] args, Environment env) {
        return new KernelMultisAdmin(env).run(args);
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
        boolean repeated = option == 'm' ? group != null : option == 'j' ? join != null : quit != null;
        if (repeated) {
            return error("error: option -" + option + " repeated\n\n");
        }
        if (option == 'm') {
            group = AddressRules.parse(value).orElse(null);
            return group == null ? error(invalid(value)) : 0;
        }
        Set<Address> members = new LinkedHashSet<>();
        int refused = members(option, value, members);
        if (option == 'j') {
            join = List.copyOf(members);
        } else {
            quit = List.copyOf(members);
        }
        return refused;
    }

    /// The members of a list, each once, multicast addresses left out.
    private int members(char option, String value, Set<Address> members) {
        List<String> entries = Arguments.list(value);
        if (entries.size() > Limits.MEMBERS) {
            return refused(KernelCode.TOO_MANY);
        }
        AddressRules rules = new AddressRules(OwnAddresses.ofThisHost(), true, Dialect.KERNEL);
        boolean wrong = false;
        for (String entry : entries) {
            Address address = AddressRules.parse(entry).orElse(null);
            if (address != null && address.isMulticast()) {
                env.out().print("warning: multicast member ip " + entry + " is a multicast ip! Just pass.\n\n");
                continue;
            }
            AddressRules.Objection objection = address == null
                    ? AddressRules.notAnAddress("member", entry)
                    // Whatever stands in the file may be taken out of it.
                    : option == 'q' ? null : rules.objectionToMember(address).orElse(null);
            if (objection != null) {
                wrong = true;
                env.complain("-" + option + ": " + objection.what() + "; " + objection.change());
            } else if (address != null) {
                members.add(address);
            }
        }
        return wrong ? refused(KernelCode.PARAMETER) : 0;
    }

    private int refused(KernelCode code) {
        complain(code.number());
        env.out().print(tryHelp());
        return code.number() & 0xFF;
    }

    @Override
    boolean complainOfMask() {
        boolean none = group == null && join == null && quit == null;
        boolean onlyGroup = group != null && join == null && quit == null;
        boolean fits = switch (command()) {
            case 'A' -> group != null && (join == null || quit == null);
            case 'D',
                    'L' ->
                onlyGroup;
            case 'P' -> none || onlyGroup;
            default -> none;
        };
        if (!fits) {
            env.out().print(switch (command()) {
                case 'A' -> "add option error\n\n";
                case 'D' -> "del option error\n\n";
                case 'C' -> "error: no need option\n\n";
                case 'P' -> "error: option error!\n\n";
                case 'L' -> "list option error\n\n";
                default -> "error: no option needed!\n\n";
            });
            env.complain(switch (command()) {
                case 'A' -> "-A takes -m, and -j or -q";
                case 'D',
                        'L' ->
                    "-" + command() + " takes -m and nothing else";
                case 'P' -> "-P takes nothing, or -m";
                default -> "-" + command() + " takes no other option";
            });
        }
        return !fits;
    }

    @Override
    int changeOrAsk() throws IOException {
        Address named = group;
        if (named == null) {
            return switch (command()) {
                case 'C' -> edited(KernelServerEdit.clear(file), "", "clear");
                case 'P' -> stats("counters", COUNTERS.length);
                default -> show();
            };
        }
        return switch (command()) {
            case 'A' -> quit == null ? join(named, join == null ? List.of() : join) : quit(named, quit);
            case 'D' -> edited(KernelServerEdit.delete(file, named), "group not exist \n", "delete " + named);
            case 'P' -> stats("counters " + named, COUNTERS_OF_A_GROUP);
            default -> list(named);
        };
    }

    private int join(Address named, List<Address> members) throws IOException {
        AddressRules rules = new AddressRules(OwnAddresses.ofThisHost(), true, Dialect.KERNEL);
        AddressRules.Objection objection = rules.objectionToGroup(named).orElse(null);
        if (objection != null) {
            env.complain("-m: " + objection.what() + "; " + objection.change());
            return refused(KernelCode.PARAMETER);
        }
        if (!rules.canBeCaptured(named)) {
            env.complain("warning: " + named
                    + " is neither a multicast nor a broadcast address of this host: nothing sent to"
                    + " it is seen");
        }
        return edited(KernelServerEdit.join(file, named, members), "", "join " + named + commas(members));
    }

    private int quit(Address named, List<Address> members) throws IOException {
        return edited(KernelServerEdit.quit(file, named, members), "multigroup not exist\n",
                "quit " + named + commas(members));
    }

    private static String commas(List<Address> members) {
        StringBuilder text = new StringBuilder();
        for (Address member : members) {
            text.append(text.isEmpty() ? ' ' : ',').append(member);
        }
        return text.toString();
    }

    private int show() {
        String answer = ask("show");
        int exit = answer.isEmpty() ? FAILED : failed(answer);
        if (exit != 0) {
            env.out().print(tryHelp());
            return exit;
        }
        env.out().print("Multicast Group IP: \n");
        for (String each : KernelDaemon.words(answer)) {
            env.out().print(each + "\n");
        }
        return 0;
    }

    private int list(Address named) {
        String answer = ask("list " + named);
        if (answer.isEmpty()) {
            return FAILED;
        }
        int exit = failed(answer);
        if (exit != 0) {
            env.out().print(tryHelp());
            return exit;
        }
        String[] members = KernelDaemon.words(answer);
        env.out().print("Multicast IP:  " + named + "\nVM IP List: " + members.length + "\n");
        for (String member : members) {
            env.out().print("    " + member + "\n");
        }
        return 0;
    }

    private int stats(String request, int lines) {
        String answer = ask(request);
        if (answer.isEmpty()) {
            env.out().print(tryHelp());
            return FAILED;
        }
        long[] numbers = KernelDaemon.numbers(answer);
        if (numbers[0] != 0) {
            env.out().print("error: multicast is not exist!\n\n");
            return 0;
        }
        for (int i = 0; i < lines; i++) {
            env.out().print(COUNTERS[i] + numbers[i + 1] + "\n");
        }
        env.out().print("\n");
        return 0;
    }

    @Override
    void complain(int number) {
        for (KernelCode code : KernelCode.values()) {
            if (code.number() == number && code != KernelCode.FULL) {
                // The original prints this one, alone, to standard output.
                (code == KernelCode.TOO_MANY ? env.out() : env.err()).print(code.text() + "\n");
            }
        }
    }
}
