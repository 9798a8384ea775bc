package io.nubicast.kernel.netlink;

import io.nubicast.kernel.netlink.NetfilterMessages.Base;
import io.nubicast.kernel.sys.Errno;
import io.nubicast.kernel.sys.Structs;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.kernel.sys.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Reads which chains of nftables see what this host sends in IPv4, and hears of changes. Those of iptables-nft are among them.
/// One thread. Needs CAP_NET_ADMIN. A rule set of any size is read in small steps.
public final class NetfilterNetlink extends NetlinkSocket {
    private static final int NETLINK_NETFILTER = 12;
    /// NFNLGRP_NFTABLES is 7.
    private static final int GROUP_NFTABLES = 1 << 6;
    /// Names of tables and chains have 255 bytes at most.
    private static final int REQUEST_BYTES = 1024;

    private final MemorySegment request = Arena.ofAuto().allocate(REQUEST_BYTES, 8);
    private final List<Base> bases = new ArrayList<>();
    private final Set<OutputChain.Scope> rules = new HashSet<>();
    private final List<OutputChain> chains = new ArrayList<>();
    private boolean reading;
    private boolean interrupted;
    private boolean chainsRead;
    private int sequence;

    private NetfilterNetlink(int fd) {
        super(fd);
    }

    /// A socket that hears of changes.
    ///
    /// @throws SystemCallException EPERM without CAP_NET_ADMIN, EPROTONOSUPPORT where the kernel has no netfilter
    public static NetfilterNetlink listening() throws SystemCallException {
        return open(GROUP_NFTABLES);
    }

    /// A socket that reads the rules.
    ///
    /// @throws SystemCallException EPROTONOSUPPORT where the kernel has no netfilter
    public static NetfilterNetlink reading() throws SystemCallException {
        return open(0);
    }

    private static NetfilterNetlink open(int groups) throws SystemCallException {
        NetfilterNetlink socket = new NetfilterNetlink(newSocket(NETLINK_NETFILTER));
        socket.bind(groups);
        return socket;
    }

    /// Takes what the kernel has told since, a bounded part of it. Never blocks.
    ///
    /// @return whether tables, chains or rules may have changed
    public boolean changed() throws SystemCallException {
        return changed(NetfilterMessages::tellOfRules);
    }

    /// Starts to read all anew; [#advance] goes on.
    public void begin() throws SystemCallException {
        if (reading) {
            // The kernel gives a socket one dump at a time: this one is read to its end and thrown away.
            interrupted = true;
        } else {
            start();
        }
    }

    private void start() throws SystemCallException {
        bases.clear();
        rules.clear();
        chains.clear();
        interrupted = false;
        chainsRead = false;
        reading = true;
        ask(NetfilterMessages.NFT_MSG_GETCHAIN, 0, "", "");
    }

    /// Whether [#begin] was called and not all is read yet.
    public boolean isReading() {
        return reading;
    }

    /// Reads on. Never blocks.
    ///
    /// @param mostMessages how much at once; one has up to 32 KiB
    /// @return whether all is read now, for [#chains()]
    /// @throws SystemCallException EPERM without CAP_NET_ADMIN; EINVAL or EOPNOTSUPP where the kernel has no nftables
    public boolean advance(int mostMessages) throws SystemCallException {
        for (int i = 0; i < mostMessages && reading; i++) {
            int received = receive(MSG_DONTWAIT);
            if (received == NOTHING) {
                return false;
            }
            if (received == OVERRUN) {
                interrupted = true;
                continue;
            }
            int outcome = NetfilterMessages.read(buffer(), received, sequence, bases::add, rules::add);
            interrupted |= (outcome & Messages.INTERRUPTED) != 0;
            if ((outcome & Messages.FAILED) != 0) {
                failed(Messages.errno(outcome));
            } else if ((outcome & Messages.DONE) != 0) {
                next();
            }
        }
        return !reading;
    }

    private void failed(int errno) throws SystemCallException {
        // The chain went while its rules were asked for.
        if (errno == Errno.ENOENT) {
            start();
            return;
        }
        reading = false;
        SystemCalls.check("read nftables", -errno);
    }

    private void next() throws SystemCallException {
        if (interrupted) {
            start();
            return;
        }
        if (chainsRead) {
            Base base = bases.removeLast();
            chains.add(new OutputChain(base.family() == NetfilterMessages.NFPROTO_INET ? "inet" : "ip", base.table(),
                    base.name(), base.drops(), rules));
            rules.clear();
        }
        chainsRead = true;
        if (bases.isEmpty()) {
            reading = false;
        } else {
            Base base = bases.getLast();
            ask(NetfilterMessages.NFT_MSG_GETRULE, base.family(), base.table(), base.name());
        }
    }

    private void ask(int message, int family, String table, String chain) throws SystemCallException {
        request.fill((byte) 0);
        sequence = nextSequence();
        request.set(Attributes.U16, Messages.TYPE, (short) (NetfilterMessages.SUBSYSTEM | message));
        request.set(Attributes.U16, Messages.FLAGS, (short) (NLM_F_REQUEST | NLM_F_DUMP));
        request.set(Attributes.I32, Messages.SEQUENCE, sequence);
        request.set(Attributes.U8, Messages.HEADER_BYTES, (byte) family);
        long end = Messages.HEADER_BYTES + Structs.NFGENMSG.byteSize();
        if (!table.isEmpty()) {
            end = put(end, NetfilterMessages.NFTA_RULE_TABLE, table);
            end = put(end, NetfilterMessages.NFTA_RULE_CHAIN, chain);
        }
        request.set(Attributes.I32, 0, (int) end);
        send("read nftables", request, end);
    }

    private long put(long at, int type, String text) {
        byte[] name = text.getBytes(StandardCharsets.UTF_8);
        int length = Attributes.HEADER_BYTES + name.length + 1;
        request.set(Attributes.U16, at, (short) length);
        request.set(Attributes.U16, at + 2, (short) type);
        MemorySegment.copy(name, 0, request, Attributes.U8, at + Attributes.HEADER_BYTES, name.length);
        return Attributes.next(at, length);
    }

    /// What was read; empty while [#isReading()].
    public List<OutputChain> chains() {
        return reading ? List.of() : List.copyOf(chains);
    }
}
