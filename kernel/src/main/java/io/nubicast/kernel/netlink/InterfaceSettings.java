package io.nubicast.kernel.netlink;

import io.nubicast.kernel.sys.Errno;
import io.nubicast.kernel.sys.Structs;
import io.nubicast.kernel.sys.SystemCallException;

/// Changes network interfaces by rtnetlink: up and down, MTU, addresses. Interfaces are those of the namespace where the socket was
/// opened. One thread; needs CAP_NET_ADMIN.
public final class InterfaceSettings extends NetlinkSocket {
    private static final int NLM_F_REPLACE = 0x100;
    private static final int NLM_F_CREATE = 0x400;
    private static final int AF_INET = 2;
    private static final int IFF_UP = 1;
    private static final int IFLA_MTU = 4;
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int IFA_BROADCAST = 4;
    private static final int LONGEST_WITH_BROADCAST = 30;
    private static final long IFI_INDEX = Structs.offset(Structs.IFINFOMSG, "ifi_index");
    private static final long IFI_FLAGS = Structs.offset(Structs.IFINFOMSG, "ifi_flags");
    private static final long IFI_CHANGE = Structs.offset(Structs.IFINFOMSG, "ifi_change");
    private static final long IFA_PREFIXLEN = Structs.offset(Structs.IFADDRMSG, "ifa_prefixlen");
    private static final long IFA_INDEX = Structs.offset(Structs.IFADDRMSG, "ifa_index");

    private final Request request = new Request();

    private InterfaceSettings(int fd) {
        super(fd);
    }

    /// A socket in the namespace of the calling thread.
    public static InterfaceSettings open() throws SystemCallException {
        InterfaceSettings socket = new InterfaceSettings(newSocket(RouteNetlink.NETLINK_ROUTE));
        socket.bind(0);
        return socket;
    }

    /// Switches an interface on or off.
    ///
    /// @throws SystemCallException ENODEV, EPERM
    public void up(int interfaceIndex, boolean on) throws SystemCallException {
        int sequence = nextSequence();
        request.begin(RouteMessages.RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK, sequence, Structs.IFINFOMSG.byteSize())
                .word(IFI_INDEX, interfaceIndex).word(IFI_FLAGS, on ? IFF_UP : 0).word(IFI_CHANGE, IFF_UP);
        acknowledged("switch interface " + interfaceIndex + (on ? " on" : " off"), request, sequence);
    }

    /// Sets the MTU, in bytes.
    ///
    /// @throws SystemCallException EINVAL when the device does not take it
    public void mtu(int interfaceIndex, int bytes) throws SystemCallException {
        int sequence = nextSequence();
        request.begin(RouteMessages.RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK, sequence, Structs.IFINFOMSG.byteSize())
                .word(IFI_INDEX, interfaceIndex).number(IFLA_MTU, bytes);
        acknowledged("MTU " + bytes + " of interface " + interfaceIndex, request, sequence);
    }

    /// Adds an address; nothing happens when it is there.
    ///
    /// @param prefixLength 0..32
    /// @param peer the other end of a point-to-point link; 0 for none
    public void addAddress(int interfaceIndex, int address, int prefixLength, int peer) throws SystemCallException {
        int sequence = address(RouteMessages.RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, interfaceIndex, address,
                prefixLength, peer);
        if (peer == 0 && prefixLength > 0 && prefixLength <= LONGEST_WITH_BROADCAST) {
            request.address(IFA_BROADCAST, address | -1 >>> prefixLength);
        }
        acknowledged("address " + dotted(address) + "/" + prefixLength + " of interface " + interfaceIndex, request,
                sequence);
    }

    /// Removes an address.
    ///
    /// @return whether it was there
    public boolean removeAddress(int interfaceIndex, int address, int prefixLength) throws SystemCallException {
        int sequence = address(RouteMessages.RTM_DELADDR, 0, interfaceIndex, address, prefixLength, 0);
        try {
            acknowledged("remove address " + dotted(address) + " of interface " + interfaceIndex, request, sequence);
            return true;
        } catch (SystemCallException e) {
            if (e.errno() == Errno.EADDRNOTAVAIL || e.errno() == Errno.ENODEV) {
                return false;
            }
            throw e;
        }
    }

    private int address(int type, int flags, int interfaceIndex, int address, int prefixLength, int peer) {
        int sequence = nextSequence();
        request.begin(type, NLM_F_REQUEST | NLM_F_ACK | flags, sequence, Structs.IFADDRMSG.byteSize())
                .octet(0, AF_INET).octet(IFA_PREFIXLEN, prefixLength).word(IFA_INDEX, interfaceIndex)
                .address(IFA_LOCAL, address);
        if (type == RouteMessages.RTM_NEWADDR || peer != 0) {
            request.address(IFA_ADDRESS, peer == 0 ? address : peer);
        }
        return sequence;
    }
}
