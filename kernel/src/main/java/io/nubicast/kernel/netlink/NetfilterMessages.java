package io.nubicast.kernel.netlink;

import static io.nubicast.kernel.netlink.Attributes.BE32;
import static io.nubicast.kernel.netlink.Attributes.I32;
import static io.nubicast.kernel.netlink.Attributes.U8;
import static io.nubicast.kernel.netlink.Attributes.find;
import static io.nubicast.kernel.netlink.Attributes.text;

import io.nubicast.kernel.netlink.OutputChain.Scope;
import io.nubicast.kernel.sys.Structs;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/// Reads what nftables tells about chains and rules (linux/netfilter/nf_tables.h). Total: any bytes give values or are dropped.
final class NetfilterMessages {
    /// NFNL_SUBSYS_NFTABLES is 10; the message's number is the low byte.
    static final int SUBSYSTEM = 10 << 8;
    static final int NFT_MSG_DELTABLE = 2;
    static final int NFT_MSG_NEWCHAIN = 3;
    static final int NFT_MSG_GETCHAIN = 4;
    static final int NFT_MSG_NEWRULE = 6;
    static final int NFT_MSG_GETRULE = 7;
    static final int NFT_MSG_DELRULE = 8;
    static final int NFPROTO_INET = 1;
    static final int NFPROTO_IPV4 = 2;
    static final int NFTA_RULE_TABLE = 1;
    static final int NFTA_RULE_CHAIN = 2;

    private static final int NF_INET_LOCAL_OUT = 3;
    private static final int NF_INET_POST_ROUTING = 4;
    private static final int NF_DROP = 0;
    private static final int NF_ACCEPT = 1;
    private static final int NFTA_CHAIN_TABLE = 1;
    private static final int NFTA_CHAIN_NAME = 3;
    private static final int NFTA_CHAIN_HOOK = 4;
    private static final int NFTA_CHAIN_POLICY = 5;
    private static final int NFTA_HOOK_HOOKNUM = 1;
    private static final int NFTA_RULE_EXPRESSIONS = 4;
    private static final int NFTA_LIST_ELEM = 1;
    private static final int NFTA_EXPR_NAME = 1;
    private static final int NFTA_EXPR_DATA = 2;
    private static final int NFTA_META_DREG = 1;
    private static final int NFTA_META_KEY = 2;
    private static final int NFT_META_OIF = 5;
    private static final int NFT_META_OIFNAME = 7;
    private static final int NFTA_CMP_SREG = 1;
    private static final int NFTA_CMP_OP = 2;
    private static final int NFTA_CMP_DATA = 3;
    private static final int NFTA_DATA_VALUE = 1;
    private static final int NFT_CMP_EQ = 0;
    private static final int IFNAMSIZ = 16;

    /// A base chain as it is told, before its rules.
    record Base(int family, String table, String name, boolean drops) {}

    private NetfilterMessages() {}

    /// Reads one buffer of a dump.
    ///
    /// @param bases takes base chains that see what this host sends in IPv4
    /// @param rules takes what rules concern
    /// @return how the dump stands, bits of [Messages]
    static int read(MemorySegment bytes, long length, int sequence, Consumer<Base> bases, Consumer<Scope> rules) {
        return Messages.read(bytes, length, sequence, (type, from, end, ours) -> {
            if (!ours || end - from < Structs.NFGENMSG.byteSize()) {
                return;
            }
            if (type == (SUBSYSTEM | NFT_MSG_NEWCHAIN)) {
                chain(bytes, from, end, bases);
            } else if (type == (SUBSYSTEM | NFT_MSG_NEWRULE)) {
                rules.accept(rule(bytes, from + Structs.NFGENMSG.byteSize(), end));
            }
        });
    }

    /// Whether one of the messages says that tables, chains or rules have changed; those of sets and counters do not count.
    static boolean tellOfRules(MemorySegment bytes, long length) {
        boolean[] found = {false};
        Messages.read(bytes, length, 0, (type, from, end, ours) -> {
            int message = type - SUBSYSTEM;
            found[0] |= message >= 0 && message <= NFT_MSG_DELRULE;
        });
        return found[0];
    }

    private static void chain(MemorySegment bytes, long from, long end, Consumer<Base> out) {
        int family = bytes.get(U8, from);
        long attributes = from + Structs.NFGENMSG.byteSize();
        long hook = find(bytes, attributes, end, NFTA_CHAIN_HOOK, 0);
        if (family != NFPROTO_INET && family != NFPROTO_IPV4 || hook < 0) {
            return;
        }
        long number = find(bytes, hook, Attributes.end(bytes, hook), NFTA_HOOK_HOOKNUM, 4);
        if (number < 0 || bytes.get(BE32, number) != NF_INET_LOCAL_OUT
                && bytes.get(BE32, number) != NF_INET_POST_ROUTING) {
            return;
        }
        long policy = find(bytes, attributes, end, NFTA_CHAIN_POLICY, 4);
        out.accept(new Base(family, text(bytes, find(bytes, attributes, end, NFTA_CHAIN_TABLE, 1)),
                text(bytes, find(bytes, attributes, end, NFTA_CHAIN_NAME, 1)),
                (policy < 0 ? NF_ACCEPT : bytes.get(BE32, policy)) == NF_DROP));
    }

    /// A rule that begins with `oif` or `oifname` and one value concerns that interface only: `meta` loads it into a register,
    /// `cmp eq` compares the same one.
    private static Scope rule(MemorySegment bytes, long attributes, long end) {
        long list = find(bytes, attributes, end, NFTA_RULE_EXPRESSIONS, 0);
        if (list < 0) {
            return Scope.ALL;
        }
        long listEnd = Attributes.end(bytes, list);
        long meta = expression(bytes, list, listEnd, "meta");
        if (meta < 0) {
            return Scope.ALL;
        }
        // The second attribute stands behind the first, whose payload this is.
        long second = Attributes.next(list, Attributes.length(bytes, list, listEnd));
        long compare = expression(bytes, second, listEnd, "cmp");
        if (compare < 0) {
            return Scope.ALL;
        }
        long metaEnd = Attributes.end(bytes, meta);
        long compareEnd = Attributes.end(bytes, compare);
        int register = number(bytes, meta, metaEnd, NFTA_META_DREG);
        if (register < 0 || number(bytes, compare, compareEnd, NFTA_CMP_SREG) != register
                || number(bytes, compare, compareEnd, NFTA_CMP_OP) != NFT_CMP_EQ) {
            return Scope.ALL;
        }
        long data = find(bytes, compare, compareEnd, NFTA_CMP_DATA, 0);
        long value = data < 0 ? -1 : find(bytes, data, Attributes.end(bytes, data), NFTA_DATA_VALUE, 1);
        return value < 0 ? Scope.ALL : scope(bytes, number(bytes, meta, metaEnd, NFTA_META_KEY), value);
    }

    private static Scope scope(MemorySegment bytes, int key, long value) {
        int length = Attributes.payloadBytes(bytes, value);
        if (key == NFT_META_OIF && length == 4 && bytes.get(I32, value) > 0) {
            return new Scope(bytes.get(I32, value), "", false);
        }
        if (key == NFT_META_OIFNAME && length <= IFNAMSIZ) {
            // One that is compared with its final zero is whole.
            String name = text(bytes, value);
            return new Scope(0, name, name.getBytes(StandardCharsets.UTF_8).length == length);
        }
        return Scope.ALL;
    }

    /// The data of the expression in the list element at `at`, when it has that name; else -1.
    private static long expression(MemorySegment bytes, long at, long end, String name) {
        if (end - at < Attributes.HEADER_BYTES) {
            return -1;
        }
        int length = Attributes.length(bytes, at, end);
        if (length < 0 || Attributes.type(bytes, at) != NFTA_LIST_ELEM) {
            return -1;
        }
        long from = at + Attributes.HEADER_BYTES;
        if (!text(bytes, find(bytes, from, at + length, NFTA_EXPR_NAME, 1)).equals(name)) {
            return -1;
        }
        return find(bytes, from, at + length, NFTA_EXPR_DATA, 0);
    }

    private static int number(MemorySegment bytes, long from, long end, int type) {
        long at = find(bytes, from, end, type, 4);
        return at < 0 ? -1 : bytes.get(BE32, at);
    }
}
