package io.nubicast.kernel.socket;

import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.kernel.sys.Scratch;
import io.nubicast.kernel.sys.Structs;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.kernel.sys.SystemCalls;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/// Asks the kernel about tables of iptables-legacy (those of iptables-nft are chains of nftables). One thread. Needs
/// CAP_NET_ADMIN.
public final class IptablesSocket extends Descriptor {
    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_CLOEXEC = 02000000;
    private static final int SOL_IP = 0;
    private static final int IPT_SO_GET_INFO = 64;
    private static final int NF_INET_LOCAL_OUT = 3;
    private static final int NF_INET_POST_ROUTING = 4;
    private static final int NAME_BYTES = 32;
    private static final long VALID_HOOKS = Structs.offset(Structs.IPT_GETINFO, "valid_hooks");
    private static final long HOOK_ENTRY = Structs.offset(Structs.IPT_GETINFO, "hook_entry");
    private static final long UNDERFLOW = Structs.offset(Structs.IPT_GETINFO, "underflow");

    private IptablesSocket(int fd) {
        super(fd);
    }

    /// A socket in the namespace of the calling thread.
    public static IptablesSocket open() throws SystemCallException {
        return new IptablesSocket(SystemCalls.check("socket AF_INET",
                SystemCalls.socket(Scratch.capture(), AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)));
    }

    /// Whether a table has rules in its chains OUTPUT or POSTROUTING. A policy is not a rule.
    ///
    /// Ask only for tables that are there (/proc/net/ip_tables_names): asking for another one makes it.
    ///
    /// @throws SystemCallException EPERM without CAP_NET_ADMIN, ENOENT or ENOPROTOOPT where there are no such tables
    public boolean hasOutputRules(String table) throws SystemCallException {
        MemorySegment info = Scratch.memory();
        byte[] name = table.getBytes(StandardCharsets.UTF_8);
        MemorySegment.copy(name, 0, info, ValueLayout.JAVA_BYTE, 0, Math.min(name.length, NAME_BYTES - 1));
        long size = Structs.IPT_GETINFO.byteSize();
        MemorySegment length = info.asSlice(size + 4, 4);
        length.set(ValueLayout.JAVA_INT, 0, (int) size);
        SystemCalls.check("getsockopt IPT_SO_GET_INFO " + table,
                SystemCalls.getsockopt(Scratch.capture(), fd(), SOL_IP, IPT_SO_GET_INFO, info, length));
        return hasRules(info, NF_INET_LOCAL_OUT) || hasRules(info, NF_INET_POST_ROUTING);
    }

    /// A chain without rules begins with its policy.
    private static boolean hasRules(MemorySegment info, int hook) {
        return (info.get(ValueLayout.JAVA_INT, VALID_HOOKS) & 1 << hook) != 0
                && info.get(ValueLayout.JAVA_INT, HOOK_ENTRY + 4L * hook) != info.get(ValueLayout.JAVA_INT,
                        UNDERFLOW + 4L * hook);
    }
}
