package io.nubicast.router.config;

import io.nubicast.router.policy.AccessList;
import io.nubicast.shell.Answer;
import io.nubicast.shell.Command.Call;
import io.nubicast.shell.Grammar;
import io.nubicast.shell.Refused;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The configuration at the prompt: every line of the language, and the commands that show, save and replace the whole.
public final class ConfigCommands {
    private final RunningConfig running;
    private final ConfigStore store;

    private ConfigCommands(RunningConfig running, ConfigStore store) {
        this.running = running;
        this.store = store;
    }

    /// Adds all of them to a grammar made with [ConfigTypes#ALL].
    public static void add(Grammar.Builder grammar, RunningConfig running, ConfigStore store) {
        ConfigCommands commands = new ConfigCommands(running, store);
        for (Statement statement : Statements.all()) {
            grammar.configuration(statement.mode(), statement.pattern(), statement.noWords(),
                    call -> commands.apply(statement, call));
        }
        grammar.help(Statements.help());
        commands.addExec(grammar);
    }

    private void addExec(Grammar.Builder grammar) {
        grammar.help("""
                show                     Show running system information
                show running-config      Current operating configuration
                show startup-config      Contents of startup configuration
                show access-lists        List access lists
                show ip                  IP information
                show ip access-lists     List IP access lists
                running-config interface  Show interface configuration
                copy                     Copy from one file to another
                copy running-config      Copy from current system configuration
                copy startup-config      Copy from startup configuration
                write                    Write running configuration to memory or terminal
                write memory             Write to startup configuration
                write terminal           Write to terminal
                configure replace        Replace the running-config with a new config file
                <file>                   File on the router
                force                    Replace without asking, as is always done here
                """);
        grammar.privileged("show running-config", call -> shown(running.tree()));
        grammar.privileged("show running-config interface <interface>", this::showInterface);
        grammar.privileged("show startup-config", call -> text(startup()));
        grammar.exec("show [ip] access-lists [<acl>]", this::showLists);
        grammar.privileged("write [memory]", call -> save());
        grammar.privileged("write terminal", call -> shown(running.tree()));
        grammar.privileged("copy running-config startup-config", call -> save());
        grammar.privileged("copy startup-config running-config", call -> replace("startup-config", startup()));
        grammar.privileged("configure replace <file:word> [force]", this::replaceByFile);
    }

    private Answer apply(Statement statement, Call call) throws Refused {
        List<Problem> notices = running.apply(statement, call);
        StringBuilder text = new StringBuilder();
        notices.forEach(notice -> text.append("% Notice: ").append(notice.message()).append('\n'));
        return notices.isEmpty()
                ? Answer.NOTHING
                : new Answer(text.toString(), Map.of("notices", notices.stream().map(Problem::message).toList()));
    }

    private static Answer shown(ConfigTree tree) {
        String text = RunningConfig.text(tree);
        return new Answer("Building configuration...\n\nCurrent configuration : " + text.length() + " bytes\n" + text,
                Map.of("lines", text.lines().toList()));
    }

    private static Answer text(String text) {
        return new Answer(text, Map.of("lines", text.lines().toList()));
    }

    private Answer showInterface(Call call) throws Refused {
        String name = call.arguments().canonical("interface");
        Optional<String> block = running.tree().block("interface " + name);
        String text = block.orElseThrow(() -> new Refused(name + " is not configured",
                call.arguments().column("interface")));
        return new Answer("Building configuration...\n\nCurrent configuration : " + text.length() + " bytes\n!\n" + text
                + "end\n", Map.of("lines", text.lines().toList()));
    }

    private Answer showLists(Call call) throws Refused {
        StringBuilder text = new StringBuilder();
        List<Object> json = new ArrayList<>();
        String wanted = call.arguments().canonical("acl");
        running.config().accessLists().values().stream().filter(list -> wanted.isEmpty() || list.name().equals(wanted))
                .sorted((one, other) -> one.name().compareTo(other.name())).forEach(list -> {
                    text.append(list.extended() ? "Extended" : "Standard").append(" IP access list ")
                            .append(list.name())
                            .append('\n');
                    List<String> entries = new ArrayList<>();
                    for (AccessList.Entry entry : list.entries()) {
                        entries.add(ListText.of(entry, list.extended()));
                        text.append("    ").append(entries.size() * 10).append(' ').append(entries.getLast())
                                .append('\n');
                    }
                    Map<String, Object> one = new LinkedHashMap<>();
                    one.put("name", list.name());
                    one.put("extended", list.extended());
                    one.put("entries", entries);
                    json.add(one);
                });
        if (!wanted.isEmpty() && json.isEmpty()) {
            throw new Refused("there is no access list " + wanted, call.arguments().column("acl"));
        }
        return new Answer(text.toString(), Map.of("access-lists", json));
    }

    private String startup() throws Refused {
        try {
            return store.startup()
                    .orElseThrow(() -> new Refused("startup-config is not present: 'write memory' makes it"));
        } catch (IOException e) {
            throw new Refused("startup-config cannot be read: " + e.getMessage());
        }
    }

    private Answer save() throws Refused {
        try {
            store.saveStartup(running.text());
            return new Answer("Building configuration...\n[OK]\n", Map.of("saved", true));
        } catch (IOException e) {
            throw new Refused("startup-config cannot be written: " + e.getMessage());
        }
    }

    private Answer replaceByFile(Call call) throws Refused {
        String file = call.arguments().word("file");
        try {
            return replace(file, store.read(file));
        } catch (IOException e) {
            throw new Refused(file + " cannot be read: " + e.getMessage(), call.arguments().column("file"));
        }
    }

    private Answer replace(String name, String text) throws Refused {
        ConfigReader.Read read = running.replace(text);
        if (!read.isValid()) {
            throw new Refused(
                    "nothing is changed, because of faults in " + name + ":\n" + read.report(name).stripTrailing());
        }
        return new Answer(read.report(name) + "The configuration is replaced.\n",
                Map.of("replaced", true, "notices", read.problems().stream().map(Problem::message).toList()));
    }
}
