package io.nubicast.router.config;

import io.nubicast.router.config.Meaning.Context;
import io.nubicast.router.policy.AccessList;
import io.nubicast.shell.Arguments;
import io.nubicast.wire.Address;

/// Access lists, numbered and named.
final class AccessListLines {
    static final Address ALL = Address.ipv4("255.255.255.255");

    private static final String NUMBERED = "access-list";

    private AccessListLines() {}

    static boolean isList(Line line) {
        return line.key().startsWith(NUMBERED + " ") || line.key().startsWith("ip access-list ");
    }

    static void add(Lines lines) {
        lines.help("""
                access-list           Add an access list entry
                ip access-list        Named access-list
                access-list standard  Standard Access List
                access-list extended  Extended Access List
                permit                Specify packets to forward
                deny                  Specify packets to reject
                remark                Access list entry comment
                any                   Any host
                host                  A single host
                <acl>                 Access-list number or name
                <seq>                 Sequence Number
                <from>                Address to match
                <fromwild>            Wildcard bits
                <to>                  Destination address to match, for multicast the group
                <towild>              Destination wildcard bits
                """);
        String one = "(any|host <from:address>|<from:address> [<fromwild:wildcard>])";
        String from = "(any|host <from:address>|<from:address> <fromwild:wildcard>)";
        String to = "(any|host <to:address>|<to:address> <towild:wildcard>)";
        lines.in(Modes.GLOBAL);
        lines.add("access-list <acl:1-99> (permit|deny) " + one + " [log]", 2, context -> numbered(context, false))
                .key(Arguments::text).removesAll();
        lines.add("access-list <acl:1300-1999> (permit|deny) " + one + " [log]", 2, context -> numbered(context, false))
                .key(Arguments::text).removesAll();
        lines.add("access-list <acl:100-199> (permit|deny) (ip|udp|igmp|pim) " + from + " " + to + " [log]", 2,
                context -> numbered(context, true)).key(Arguments::text).removesAll();
        lines.add("access-list <acl:2000-2699> (permit|deny) (ip|udp|igmp|pim) " + from + " " + to + " [log]", 2,
                context -> numbered(context, true)).key(Arguments::text).removesAll();
        lines.add("access-list <acl:1-2699> remark <text:line>", 2, Statement.NOTHING)
                .key(Arguments::text).removesAll();
        lines.in(Modes.GLOBAL);
        lines.add("ip access-list standard <acl>", 4,
                context -> context.meaning().list(context.arguments().canonical("acl"), false))
                .opens(Modes.STANDARD_LIST);
        lines.add("ip access-list extended <acl>", 4,
                context -> context.meaning().list(context.arguments().canonical("acl"), true))
                .opens(Modes.EXTENDED_LIST);
        lines.in(Modes.STANDARD_LIST);
        lines.add("[<seq:1-2147483647>] (permit|deny) " + one + " [log]", 1, context -> named(context, false))
                .numbered();
        lines.add("[<seq:1-2147483647>] remark <text:line>", 1, Statement.NOTHING).numbered();
        lines.in(Modes.EXTENDED_LIST);
        lines.add("[<seq:1-2147483647>] (permit|deny) (ip|udp|igmp|pim) " + from + " " + to + " [log]", 1,
                context -> named(context, true)).numbered();
        lines.add("[<seq:1-2147483647>] remark <text:line>", 1, Statement.NOTHING).numbered();
    }

    private static void numbered(Context context, boolean extended) {
        context.meaning().entry(context, context.arguments().canonical("acl"), extended, entry(context, extended));
    }

    private static void named(Context context, boolean extended) {
        Line header = context.header();
        if (header != null) {
            context.meaning().entry(context, header.arguments().canonical("acl"), extended, entry(context, extended));
        }
    }

    private static AccessList.Entry entry(Context context, boolean extended) {
        Address from = context.someAddress("from").orElse(Address.ANY_IPV4);
        Address to = context.someAddress("to").orElse(Address.ANY_IPV4);
        return new AccessList.Entry(context.has("permit"), from,
                context.someAddress("fromwild")
                        .orElse(context.someAddress("from").isPresent() ? Address.ANY_IPV4 : ALL),
                to,
                context.someAddress("towild")
                        .orElse(extended && context.someAddress("to").isPresent() ? Address.ANY_IPV4 : ALL));
    }
}
