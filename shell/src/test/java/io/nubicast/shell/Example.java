package io.nubicast.shell;

import io.nubicast.shell.ParameterType.Accepted;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A small router without a router: enough commands to speak every rule of the language.
final class Example {
    static final Mode INTERFACE = Mode.below("interface", "config-if");

    /// What configuration lines were carried out.
    final List<String> lines = new ArrayList<>();
    String hostname = "router";

    Session session() {
        return new Session(grammar(), Mode.PRIVILEGED, () -> hostname);
    }

    Grammar grammar() {
        Grammar.Builder grammar = Grammar.builder(ParameterTypes.BASIC
                .with("address", ParameterTypes.of("A.B.C.D", "an IPv4 address", Example::address))
                .with("interface", new InterfaceName()));
        grammar.help("""
                show                 Show running system information
                show ip              IP information
                ip mroute            IP multicast routing table
                ip pim               PIM information
                ip pim neighbor      PIM neighbor information
                ip pim interface     PIM interface information
                show version         System hardware and software status
                <group>              Source or group IP address
                count                Route and packet count data
                summary              Provide abbreviated display
                interface            Select an interface to configure
                """);
        grammar.exec("show ip mroute [<group:address> [<source:address>]] [count|summary]",
                call -> new Answer("first line\nsecond " + call.arguments().canonical("group") + "\n  below\nthird\n",
                        Map.of("line", call.arguments().text())));
        grammar.exec("show ip pim (neighbor|interface)", call -> new Answer(call.arguments().text() + "\n", Map.of()));
        grammar.exec("show version", call -> new Answer("1.0\n", Map.of()));
        grammar.privileged("fail", call -> {
            throw new Refused("it cannot be");
        });
        grammar.configuration(Mode.CONFIGURE, "hostname <name:word>", 1, call -> {
            hostname = call.arguments().find("name", String.class).orElse("router");
            return record(call);
        });
        grammar.configuration(Mode.CONFIGURE, "ip pim rp-address <address> [<acl:1-99>] [override]", 4, this::record);
        grammar.configuration(Mode.CONFIGURE, "interface <name:interface>", 2, call -> {
            call.session().enter(INTERFACE, call.arguments().text());
            return record(call);
        });
        grammar.configuration(INTERFACE, "ip address <address> <mask:address> [secondary]", 2, this::record);
        grammar.configuration(INTERFACE, "ip pim (sparse-mode|sparse-dense-mode|dense-mode)", 2, this::record);
        grammar.configuration(INTERFACE, "description <text:line>", 1, this::record);
        grammar.configuration(INTERFACE, "shutdown", 1, this::record);
        return grammar.build();
    }

    private Answer record(Command.Call call) {
        lines.add((call.form() == Command.Form.SET ? "" : call.form().name() + " ") + call.arguments().text());
        return Answer.NOTHING;
    }

    private static Optional<Accepted> address(String text) {
        return text.matches("\\d{1,3}(\\.\\d{1,3}){3}") ? Optional.of(new Accepted(text, text)) : Optional.empty();
    }

    private static final class InterfaceName implements ParameterType {
        @Override
        public String placeholder() {
            return "INTERFACE";
        }

        @Override
        public Reading read(String text) {
            String letters = text.replaceAll("[0-9].*", "").toLowerCase(java.util.Locale.ROOT);
            String number = text.substring(letters.length());
            return !letters.isEmpty() && "gigabitethernet".startsWith(letters) && !number.isEmpty()
                    ? new Accepted("GigabitEthernet" + number, "GigabitEthernet" + number)
                    : new Rejected(0, "an interface such as GigabitEthernet1");
        }

        @Override
        public int mostWords() {
            return 2;
        }

        @Override
        public List<String> suggestions() {
            return List.of("GigabitEthernet1");
        }
    }
}
