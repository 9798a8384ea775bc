package io.nubicast.router.config;

import io.nubicast.shell.Mode;
import java.util.ArrayList;
import java.util.List;

/// Collects the kinds of lines; their order is that of a running configuration.
final class Lines {
    private final List<Statement> statements = new ArrayList<>();
    private final StringBuilder help = new StringBuilder();
    private Mode mode = Mode.CONFIGURE;
    private int group;

    /// What follows belongs to that mode, and is set off by a `!` from what came before.
    Lines in(Mode newMode) {
        mode = newMode;
        group++;
        return this;
    }

    /// @param keyWords how many words name the setting, a parameter counting as one
    Statement add(String pattern, int keyWords, Statement.Apply apply) {
        Statement statement = new Statement(mode, pattern, keyWords, statements.size(), group, apply);
        statements.add(statement);
        return statement;
    }

    /// A page of the help book, see [io.nubicast.shell.Grammar.Builder#help(String)].
    void help(String page) {
        help.append(page);
    }

    List<Statement> statements() {
        return List.copyOf(statements);
    }

    String help() {
        return help.toString();
    }
}
