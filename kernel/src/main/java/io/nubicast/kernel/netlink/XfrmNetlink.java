package io.nubicast.kernel.netlink;

import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.kernel.sys.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Tells whether IPsec policies (xfrm) see what this host sends in IPv4, and hears of changes. One thread. Needs CAP_NET_ADMIN.
public final class XfrmNetlink extends NetlinkSocket {
    private static final int NETLINK_XFRM = 6;
    /// XFRMNLGRP_EXPIRE is 2, XFRMNLGRP_POLICY 4.
    private static final int GROUPS = 1 << 1 | 1 << 3;
    /// What a request for one policy has, as zeros: a dump looks at none of it.
    private static final long REQUEST_BYTES = Messages.HEADER_BYTES + 64;

    private final MemorySegment request = Arena.ofAuto().allocate(REQUEST_BYTES, 8);

    private XfrmNetlink(int fd) {
        super(fd);
    }

    /// A socket that hears of changes.
    ///
    /// @throws SystemCallException EPERM without CAP_NET_ADMIN, EPROTONOSUPPORT where the kernel has no IPsec
    public static XfrmNetlink listening() throws SystemCallException {
        return open(GROUPS);
    }

    /// A socket that reads the policies.
    ///
    /// @throws SystemCallException EPROTONOSUPPORT where the kernel has no IPsec
    public static XfrmNetlink reading() throws SystemCallException {
        return open(0);
    }

    private static XfrmNetlink open(int groups) throws SystemCallException {
        XfrmNetlink socket = new XfrmNetlink(newSocket(NETLINK_XFRM));
        socket.bind(groups);
        return socket;
    }

    /// Takes what the kernel has told since, a bounded part of it. Never blocks.
    ///
    /// @return whether policies may have changed
    public boolean changed() throws SystemCallException {
        return changed(XfrmMessages::tellOfPolicies);
    }

    /// Whether there is a policy of any action for IPv4 that leaves this host. Reads them all.
    ///
    /// @throws SystemCallException EPERM without CAP_NET_ADMIN
    public boolean hasOutputPolicies() throws SystemCallException {
        int sequence = nextSequence();
        request.set(Attributes.I32, 0, (int) REQUEST_BYTES);
        request.set(Attributes.U16, Messages.TYPE, (short) XfrmMessages.XFRM_MSG_GETPOLICY);
        request.set(Attributes.U16, Messages.FLAGS, (short) (NLM_F_REQUEST | NLM_F_DUMP));
        request.set(Attributes.I32, Messages.SEQUENCE, sequence);
        send("read IPsec policies", request, REQUEST_BYTES);
        boolean[] found = {false};
        while (true) {
            int received = receive(0);
            int outcome = received <= NOTHING
                    ? 0
                    : XfrmMessages.read(buffer(), received, sequence, () -> found[0] = true);
            if ((outcome & Messages.FAILED) != 0) {
                SystemCalls.check("read IPsec policies", -Messages.errno(outcome));
            }
            if ((outcome & Messages.DONE) != 0) {
                return found[0];
            }
        }
    }
}
