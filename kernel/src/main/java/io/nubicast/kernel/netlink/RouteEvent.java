package io.nubicast.kernel.netlink;

/// What rtnetlink tells about this network namespace: a thing that is there or has changed, or one that is gone. Values;
/// addresses are ints, `0xC0A80001` being 192.168.0.1.
public sealed interface RouteEvent {
    /// A network interface (RTM_NEWLINK).
    ///
    /// @param flags IFF_UP and so on, see the methods
    /// @param mtu bytes; 0 when not told
    /// @param hardwareAddress the 48 bits of an Ethernet address, or -1
    /// @param hardwareType ARPHRD_ number, see [#ETHERNET]
    /// @param master index of the bridge, bond or VRF that this interface belongs to; 0 for none
    /// @param queueLength packets that its queue is to hold (`txqueuelen`); 0 for none, or when not told
    record Link(int index, String name, int flags, int mtu, long hardwareAddress, int hardwareType, int master,
            int queueLength) implements RouteEvent {
        /// ARPHRD_ETHER: frames here begin with two Ethernet addresses.
        public static final int ETHERNET = 1;

        /// Of which no queue was told.
        public Link(int index, String name, int flags, int mtu, long hardwareAddress, int hardwareType, int master) {
            this(index, name, flags, mtu, hardwareAddress, hardwareType, master, 0);
        }

        private static final int IFF_UP = 0x1;
        private static final int IFF_LOOPBACK = 0x8;
        private static final int IFF_POINTOPOINT = 0x10;
        private static final int IFF_NOARP = 0x80;
        private static final int IFF_RUNNING = 0x40;
        private static final int IFF_MULTICAST = 0x1000;

        /// Switched on by the administrator.
        public boolean isUp() {
            return (flags & IFF_UP) != 0;
        }

        /// Up, and with a carrier.
        public boolean isRunning() {
            return (flags & IFF_RUNNING) != 0;
        }

        public boolean isLoopback() {
            return (flags & IFF_LOOPBACK) != 0;
        }

        /// With one other end: a tunnel.
        public boolean isPointToPoint() {
            return (flags & IFF_POINTOPOINT) != 0;
        }

        public boolean isMulticast() {
            return (flags & IFF_MULTICAST) != 0;
        }

        /// An Ethernet whose neighbours are found by ARP: no tunnel, point-to-point or loopback device.
        public boolean resolvesNeighbours() {
            return hardwareType == ETHERNET && hardwareAddress >= 0
                    && (flags & (IFF_LOOPBACK | IFF_POINTOPOINT | IFF_NOARP)) == 0;
        }
    }

    /// An interface was removed, or left this namespace.
    record LinkGone(int index, String name) implements RouteEvent {}

    /// An IPv4 address of this host (RTM_NEWADDR).
    ///
    /// @param prefixLength 0..32
    record LocalAddress(int interfaceIndex, int address, int prefixLength) implements RouteEvent {}

    /// That address is gone.
    record LocalAddressGone(int interfaceIndex, int address, int prefixLength) implements RouteEvent {}

    /// An IPv4 neighbour (RTM_NEWNEIGH).
    ///
    /// @param state NUD_ bits, see [#isFailed()]
    /// @param hardwareAddress 48 bits, or -1
    record Neighbour(int interfaceIndex, int address, int state, long hardwareAddress) implements RouteEvent {
        private static final int NUD_FAILED = 0x20;
        /// REACHABLE, STALE, DELAY, PROBE, NOARP, PERMANENT
        private static final int NUD_USABLE = 0x02 | 0x04 | 0x08 | 0x10 | 0x40 | 0x80;

        /// NUD_STALE: known, but not heard of for a while; whoever uses it has it confirmed.
        public static final int STALE = 0x04;

        /// It did not answer ARP.
        public boolean isFailed() {
            return (state & NUD_FAILED) != 0;
        }

        /// Its hardware address is known.
        public boolean isUsable() {
            return (state & NUD_USABLE) != 0;
        }
    }

    /// The entry of that neighbour is gone.
    record NeighbourGone(int interfaceIndex, int address) implements RouteEvent {}

    /// What the kernel answers to [RouteQueries] may have changed.
    sealed interface Routing extends RouteEvent {}

    /// An IPv4 route was added or replaced (RTM_NEWROUTE).
    ///
    /// @param destination 0 with prefix length 0 for the default route
    record Route(int table, int destination, int prefixLength) implements Routing {}

    /// That route is gone. Not told for routes that go with their interface or source address.
    record RouteGone(int table, int destination, int prefixLength) implements Routing {}

    /// A routing rule or a next hop object was added, changed or removed: any route may lead elsewhere.
    record RulesChanged() implements Routing {}

    /// The kernel had more to tell than fit the receive buffer: what is known may be wrong, read it all again.
    record Overrun() implements RouteEvent {}
}
