package io.nubicast.dataplane.packet;

import io.nubicast.wire.Address;
import java.util.Arrays;

/// Where the frames to each member go, at one moment. Immutable; published whole, read by any thread.
///
/// A *slot* is the index of a member's address in the sorted array that was given to [NextHops#members]; the methods take slots
/// of 0 .. [#size()] - 1. Members of the same next hop share an entry, so a million of them cost four bytes each.
public final class PathTable {
    /// Without members.
    public static final PathTable EMPTY = new PathTable(new int[0], new int[0],
            new Ways(new long[0], new int[0], new byte[0], new int[0], new int[0]), Places.Snapshot.NONE);

    private static final int PLACE_SHIFT = 48;
    private static final long MAC_MASK = 0xFFFF_FFFF_FFFFL;
    private static final Reason[] REASONS = Reason.values();

    /// What the hops lead to, by hop. Shared by tables.
    static final class Ways {
        /// The interface's place and the 48 bits of the destination's Ethernet address; -1 for `socket`.
        final long[] path;
        /// Bytes; 0 for `socket`.
        final int[] mtu;
        /// Ordinals of [Reason].
        final byte[] reason;
        /// Of the interface, or -1.
        final int[] place;
        /// The next hop's address, or what the reason speaks of.
        final int[] detail;

        Ways(long[] path, int[] mtu, byte[] reason, int[] place, int[] detail) {
            this.path = path;
            this.mtu = mtu;
            this.reason = reason;
            this.place = place;
            this.detail = detail;
        }
    }

    private final int[] addresses;
    private final int[] hops;
    private final long[] path;
    private final int[] mtu;
    private final Ways ways;
    private final Places.Snapshot places;

    PathTable(int[] addresses, int[] hops, Ways ways, Places.Snapshot places) {
        this.addresses = addresses;
        this.hops = hops;
        this.ways = ways;
        this.places = places;
        path = ways.path;
        mtu = ways.mtu;
    }

    static long path(int place, long mac) {
        return (long) place << PLACE_SHIFT | mac;
    }

    Ways ways() {
        return ways;
    }

    /// How many addresses.
    int size() {
        return addresses.length;
    }

    /// The slot of an address, or -1.
    public int slot(int address) {
        int found = Arrays.binarySearch(addresses, address);
        return Math.max(found, -1);
    }

    int address(int slot) {
        return addresses[slot];
    }

    /// All that a frame needs to know in one number, for the hot path: negative when frames cannot go there, else its low 48 bits are
    /// the next hop's Ethernet address, and [#deviceOf(long)] and [#sourceOf(long)] know the rest.
    public long way(int slot) {
        return path[hops[slot]];
    }

    /// As [#destination(int)], of [#way].
    public static long destinationOf(long way) {
        return way & MAC_MASK;
    }

    /// As [#device(int)], of [#way].
    public int deviceOf(long way) {
        return places.device[(int) (way >>> PLACE_SHIFT)];
    }

    /// As [#source(int)], of [#way].
    public long sourceOf(long way) {
        return places.mac[(int) (way >>> PLACE_SHIFT)];
    }

    /// How many packets the queue of that interface is to hold, of [#way]; 0 when it has none.
    public int queueOf(long way) {
        return places.queue[(int) (way >>> PLACE_SHIFT)];
    }

    /// Whether copies to it go as frames. If not, the next four methods have nothing to tell.
    public boolean isFramed(int slot) {
        return path[hops[slot]] >= 0;
    }

    /// Index of the interface that frames leave by.
    int device(int slot) {
        return places.device[(int) (path[hops[slot]] >>> PLACE_SHIFT)];
    }

    /// The name of an interface that frames leave by; its index when there is none of that index.
    String deviceName(int index) {
        for (int place = 0; place < places.device.length; place++) {
            if (places.device[place] == index) {
                return places.name[place];
            }
        }
        return Integer.toString(index);
    }

    /// The next hop's Ethernet address.
    long destination(int slot) {
        return path[hops[slot]] & MAC_MASK;
    }

    /// The interface's own Ethernet address.
    long source(int slot) {
        return places.mac[(int) (path[hops[slot]] >>> PLACE_SHIFT)];
    }

    /// The largest IP packet: the smaller of the interface's limit and the route's.
    public int mtu(int slot) {
        return mtu[hops[slot]];
    }

    /// [Reason#FRAMED], or why `socket` carries it.
    Reason reason(int slot) {
        return REASONS[ways.reason[hops[slot]]];
    }

    /// The same for people, in one clause: `eth0, next hop 10.0.0.1`.
    public String why(int slot) {
        int hop = hops[slot];
        int place = ways.place[hop];
        String device = place < 0 ? "" : places.name[place];
        int detail = ways.detail[hop];
        String way = device + (detail == addresses[slot] ? ", on link" : ", next hop " + Address.ofIpv4(detail));
        return switch (REASONS[ways.reason[hop]]) {
            case FRAMED -> way;
            case NOT_YET -> "its route was not looked up yet";
            case NO_ROUTE -> "no route";
            case LOCAL -> "an address of this host";
            case NOT_UNICAST -> "a broadcast or multicast address";
            case POLICY_ROUTE -> device + ", by a route of table " + (detail & 0xFFFF_FFFFL);
            case TUNNEL -> device + ", a tunnel or point-to-point device";
            case NO_NEIGHBOUR -> way + ", not resolved";
            case STALE_NEIGHBOUR -> way + ", until the kernel has confirmed it";
            case DEVICE_DOWN -> device + " is down";
            case FIREWALL -> device + " has output rules of the firewall";
            case IPSEC -> "IPsec policies are in force";
        };
    }
}
