package io.nubicast.shell;

import java.util.Map;

/// What every session knows, whatever its grammar is about.
final class SessionCommands {
    private SessionCommands() {}

    static void add(Grammar.Builder grammar) {
        grammar.help("""
                configure           Enter configuration mode
                configure terminal  Configure from the terminal
                default             Set a command to its defaults
                disable             Turn off privileged commands
                do                  To run exec commands in config mode
                enable              Turn on privileged commands
                end                 Exit from configure mode
                exit                Exit from the current mode
                logout              Exit from the EXEC
                no                  Negate a command or set its defaults
                quit                Exit from the EXEC
                terminal            Set terminal line parameters
                terminal length     Set number of lines on a screen
                terminal no         Negate a command or set its defaults
                <length>            Number of lines on screen (0 for no pausing)
                """);
        grammar.exec("terminal length <length:0-512>", call -> {
            call.session().terminalLength((int) call.arguments().number("length"));
            return Answer.NOTHING;
        });
        grammar.exec("terminal no length", call -> {
            call.session().terminalLength(Session.DEFAULT_TERMINAL_LENGTH);
            return Answer.NOTHING;
        });
        grammar.exec("show privilege", call -> {
            int level = call.session().mode().equals(Mode.USER) ? 1 : 15;
            return new Answer("Current privilege level is " + level + "\n", Map.of("level", level));
        });
        grammar.help("show privilege  Show current privilege level");
        grammar.exec("(exit|logout|quit)", call -> {
            call.session().close();
            return Answer.NOTHING;
        });
        grammar.command(Mode.USER, "enable", call -> move(call, Mode.PRIVILEGED));
        grammar.command(Mode.PRIVILEGED, "enable", call -> Answer.NOTHING);
        grammar.command(Mode.PRIVILEGED, "disable", call -> move(call, Mode.USER));
        grammar.command(Mode.PRIVILEGED, "configure terminal", call -> {
            call.session().enter(Mode.CONFIGURE, "");
            return new Answer("Enter configuration commands, one per line.  End with CNTL/Z.\n", Map.of());
        });
    }

    private static Answer move(Command.Call call, Mode mode) {
        call.session().enter(mode, "");
        return Answer.NOTHING;
    }
}
