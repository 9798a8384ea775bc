package io.nubicast.router.config;

import io.nubicast.router.config.Meaning.Context;
import io.nubicast.wire.Address;
import java.util.List;
import java.util.Optional;

/// Users, remote access, and lines of real routers that are kept without doing anything.
final class ServiceLines {
    /// Global lines of a Catalyst 8000V that change nothing here.
    private static final List<String> IDLE = List.of("version <version:word>", "service <rest:line>",
            "platform <rest:line>", "boot-start-marker", "boot-end-marker", "aaa <rest:line>", "license <rest:line>",
            "memory <rest:line>", "diagnostic <rest:line>", "spanning-tree <rest:line>", "subscriber <rest:line>",
            "multilink <rest:line>", "login <rest:line>", "clock <rest:line>", "logging <rest:line>", "ntp <rest:line>",
            "ip cef [distributed]", "ip classless", "ip subnet-zero", "ip forward-protocol <rest:line>",
            "ip http <rest:line>", "ip domain <rest:line>", "ip domain-lookup", "ip name-server <rest:line>",
            "ip ftp <rest:line>", "ip tftp <rest:line>", "ipv6 unicast-routing");
    /// Such lines below an interface.
    private static final List<String> IDLE_INTERFACE = List.of("negotiation auto", "duplex (auto|full|half)",
            "speed <mbps:1-1000000>", "bandwidth <kbps:1-400000000>", "delay <tens:1-16777215>",
            "load-interval <seconds:30-600>", "mop (enabled|sysid)", "cdp enable", "ip redirects", "ip unreachables",
            "ip proxy-arp", "ip ospf <rest:line>", "ip tcp adjust-mss <bytes:500-1460>", "no-peer-neighbor");

    private ServiceLines() {}

    static void addUsers(Lines lines) {
        lines.help("""
                username                 Establish User Name Authentication
                <user>                   User name
                privilege                Set user privilege level
                <privilege>              User privilege level
                secret                   Specify the secret for the user
                password                 Specify the password for the user
                key                      Public key as in OpenSSH's authorized_keys
                <secret>                 The user's password, behind 9 as its hash
                ip ssh                   Configure ssh options
                ssh server               Let users with a key or a password log in
                """);
        lines.in(Modes.GLOBAL);
        lines.add("username <user:word> [privilege <privilege:0-15>] [(secret|password) [0|9] <secret:word>]", 2,
                ServiceLines::user).removesAll();
        lines.add("username <user:word> key <key:line>", 2, context -> {
            context.arguments();
            userOf(context).keys.add(context.arguments().word("key"));
        }).key(io.nubicast.shell.Arguments::text);
    }

    static void addInterface(Lines lines) {
        lines.in(Modes.INTERFACE);
        IDLE_INTERFACE.forEach(pattern -> lines.add(pattern, words(pattern), Statement.NOTHING));
    }

    static void addGlobal(Lines lines) {
        lines.in(Modes.GLOBAL);
        lines.add("ip ssh server [address <address:address>] [port <port:1-65535>]", 3,
                context -> context.meaning().ssh = Optional.of(new RouterConfig.Ssh(
                        context.someAddress("address").orElse(Address.ANY_IPV4),
                        (int) context.arguments().number("port", 22))));
        lines.add("ip ssh version <version:1-2>", 3, Statement.NOTHING);
        lines.in(Modes.GLOBAL);
        IDLE.forEach(pattern -> lines.add(pattern, words(pattern), Statement.NOTHING));
        lines.in(Modes.GLOBAL);
        lines.add("line (con <first:0-99>|aux <first:0-99>|vty <first:0-99> [<last:0-99>])", 3, Statement.NOTHING)
                .key(io.nubicast.shell.Arguments::text).opens(Modes.LINE);
        lines.in(Modes.LINE);
        List.of("exec-timeout <minutes:0-35791> [<seconds:0-2147483>]", "length <length:0-512>", "stopbits <bits:1-2>",
                "login [local]", "transport <rest:line>", "logging synchronous", "privilege level <level:0-15>",
                "password <rest:line>").forEach(pattern -> lines.add(pattern, words(pattern), Statement.NOTHING));
    }

    /// Keywords at the start of a pattern: what names such a line.
    private static int words(String pattern) {
        int words = 0;
        for (String word : pattern.split(" ", -1)) {
            if (!Character.isLetter(word.charAt(0))) {
                break;
            }
            words++;
        }
        return words;
    }

    private static UserDraft userOf(Context context) {
        return context.meaning().users.computeIfAbsent(context.arguments().canonical("user"), UserDraft::new);
    }

    private static void user(Context context) {
        UserDraft user = userOf(context);
        user.privilege = (int) context.arguments().number("privilege", user.privilege);
        user.secret = context.arguments().canonical("secret");
        user.type = context.has("9") ? 9 : 0;
    }
}
