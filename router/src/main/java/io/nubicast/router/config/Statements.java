package io.nubicast.router.config;

import io.nubicast.shell.Answer;
import io.nubicast.shell.Command;
import io.nubicast.shell.Grammar;
import io.nubicast.shell.Mode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// All lines of the configuration language, in the order in which they are shown.
final class Statements {
    private record Form(Mode mode, String pattern) {}

    private static final Lines LINES = collect();
    private static final Map<Form, Statement> BY_FORM = index();

    /// To read files with: the commands do nothing.
    static final Grammar GRAMMAR = grammar();

    private Statements() {}

    private static Lines collect() {
        Lines lines = new Lines();
        GlobalLines.addTop(lines);
        ServiceLines.addUsers(lines);
        InterfaceLines.add(lines);
        PimLines.addInterface(lines);
        IgmpLines.addInterface(lines);
        InterfaceLines.addEnd(lines);
        TunnelLines.add(lines);
        ServiceLines.addInterface(lines);
        GlobalLines.addRoutes(lines);
        IgmpLines.addGlobal(lines);
        PimLines.addGlobal(lines);
        AccessListLines.add(lines);
        ServiceLines.addGlobal(lines);
        return lines;
    }

    private static Map<Form, Statement> index() {
        Map<Form, Statement> index = new HashMap<>();
        for (Statement statement : LINES.statements()) {
            if (index.put(new Form(statement.mode(), statement.pattern()), statement) != null) {
                throw new IllegalStateException("twice: " + statement.pattern());
            }
        }
        return Map.copyOf(index);
    }

    private static Grammar grammar() {
        Grammar.Builder grammar = Grammar.builder(ConfigTypes.ALL);
        LINES.statements().forEach(statement -> grammar.configuration(statement.mode(), statement.pattern(),
                statement.noWords(), call -> Answer.NOTHING));
        return grammar.build();
    }

    static List<Statement> all() {
        return LINES.statements();
    }

    static String help() {
        return LINES.help();
    }

    /// The statement that a command of [#GRAMMAR] stands for.
    static Statement of(Command command) {
        Statement statement = BY_FORM.get(new Form(command.mode(), command.pattern()));
        if (statement == null) {
            throw new IllegalArgumentException("no configuration line: " + command.pattern());
        }
        return statement;
    }
}
