package io.nubicast.kernel.mroute;

import static io.nubicast.kernel.sys.SystemCalls.check;

import io.nubicast.kernel.socket.ReceiveBatch;
import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.kernel.sys.Errno;
import io.nubicast.kernel.sys.RareCalls;
import io.nubicast.kernel.sys.Scratch;
import io.nubicast.kernel.sys.Structs;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.kernel.sys.SystemCalls;
import io.nubicast.kernel.sys.UnsupportedFeature;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Optional;

/// The socket that owns a multicast routing table of this network namespace (linux/mroute.h). Closing it empties the table.
///
/// The kernel numbers the table's interfaces ("vifs") 0..31. It asks and tells through the same socket ([Upcall]), which also
/// receives IGMP: as the only one the reports to groups that this host has not joined. Needs CAP_NET_ADMIN. One thread.
public final class MulticastRouting extends Descriptor {
    /// Vifs a table has room for, the register vif among them (MAXVIFS).
    public static final int MOST_VIFS = 32;
    /// The table that packets are routed by where no rule says otherwise (RT_TABLE_DEFAULT).
    public static final int DEFAULT_TABLE = 253;

    static final ValueLayout.OfInt BE32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private static final int AF_INET = 2;
    private static final int SOCK_RAW = 3;
    private static final int SOCK_CLOEXEC = 02000000;
    private static final int IPPROTO_IGMP = 2;
    private static final int SOL_IP = 0;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVBUF = 8;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int SO_MEMINFO = 55;
    private static final int MEMINFO_BYTES = 9 * 4;
    private static final long MEMINFO_DROPS = 8 * 4;
    private static final int IP_PKTINFO = 8;
    private static final int MRT_INIT = 200;
    private static final int MRT_ADD_VIF = 202;
    private static final int MRT_DEL_VIF = 203;
    private static final int MRT_ADD_MFC = 204;
    private static final int MRT_DEL_MFC = 205;
    private static final int MRT_VERSION = 206;
    private static final int MRT_PIM = 208;
    private static final int MRT_TABLE = 209;
    private static final int MRT_FLUSH = 212;
    private static final int FLUSH_ALL = 0xF;
    private static final int VERSION = 0x0305;
    /// SIOCPROTOPRIVATE and the one after it.
    private static final long SIOCGETVIFCNT = 0x89E0;
    private static final long SIOCGETSGCNT = 0x89E1;
    private static final int VIFF_REGISTER = 4;
    private static final int VIFF_USE_IFINDEX = 8;

    private static final int RECEIVE_BUFFER_BYTES = 8 << 20;
    private static final int SLOTS = 16;
    private static final int SLOT_BYTES = 65_536 + 64;
    private static final int CONTROL_BYTES = 64;
    private static final int HEADER_BYTES = 20;
    private static final long PROTOCOL = 9;
    private static final long MESSAGE_TYPE = Structs.offset(Structs.IGMPMSG, "im_msgtype");
    private static final long VIF = Structs.offset(Structs.IGMPMSG, "im_vif");
    private static final long VIF_HIGH = Structs.offset(Structs.IGMPMSG, "im_vif_hi");
    private static final long SOURCE = Structs.offset(Structs.IGMPMSG, "im_src");
    private static final long GROUP = Structs.offset(Structs.IGMPMSG, "im_dst");

    /// What the kernel asks or tells.
    public enum Upcall {
        /// A packet has no entry; it waits, with at most three more of its source and group, for 10 s (IGMPMSG_NOCACHE).
        NO_CACHE,
        /// A packet arrived on another vif than its entry's; at most once in 3 s for an entry (IGMPMSG_WRONGVIF).
        WRONG_VIF,
        /// A packet that left by the register vif, whole (IGMPMSG_WHOLEPKT).
        WHOLE_PACKET
    }

    /// Takes what arrived. Segments are valid during the call only.
    public interface Taker {
        /// An upcall.
        ///
        /// @param vif of [Upcall#WHOLE_PACKET] the register vif, else where the packet arrived
        /// @param packet of [Upcall#WHOLE_PACKET], with its header; else empty
        void upcall(Upcall upcall, int vif, int source, int group, MemorySegment packet);

        /// An IGMP packet.
        ///
        /// @param datagram with its IP header
        void igmp(int interfaceIndex, MemorySegment datagram);
    }

    private final int table;
    private final ReceiveBatch batch = new ReceiveBatch(Arena.ofAuto(), SLOTS, SLOT_BYTES, CONTROL_BYTES, false);
    private final MemorySegment request = Arena.ofAuto().allocate(64, 8);
    private final MemorySegment captured = SystemCalls.newCapture(Arena.ofAuto());

    private MulticastRouting(int fd, int table) {
        super(fd);
        this.table = table;
    }

    /// Takes a table of the calling thread's namespace.
    ///
    /// @param table [#DEFAULT_TABLE], or 1..99,999,999: such a one is used by what rules of `ip mrule` lead there
    /// @throws MulticastRoutingInUse when another process has it
    /// @throws UnsupportedFeature when the kernel has no multicast routing, or one table only
    /// @throws SystemCallException EPERM without CAP_NET_ADMIN and CAP_NET_RAW
    public static MulticastRouting open(int table)
            throws SystemCallException, MulticastRoutingInUse, UnsupportedFeature {
        MulticastRouting routing = new MulticastRouting(check("socket SOCK_RAW of IGMP",
                SystemCalls.socket(Scratch.capture(), AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_IGMP)), table);
        boolean complete = false;
        try {
            routing.take();
            complete = true;
            return routing;
        } finally {
            if (!complete) {
                routing.close();
            }
        }
    }

    private void take() throws SystemCallException, MulticastRoutingInUse, UnsupportedFeature {
        if (put(SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER_BYTES) < 0) {
            check("setsockopt SO_RCVBUF", put(SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER_BYTES));
        }
        if (table != DEFAULT_TABLE) {
            supported("a multicast routing table of its own (MRT_TABLE)", put(SOL_IP, MRT_TABLE, table));
        }
        int result = put(SOL_IP, MRT_INIT, 1);
        if (result == -Errno.EADDRINUSE) {
            throw new MulticastRoutingInUse(table, TableOwner.likely());
        }
        supported("multicast routing (MRT_INIT)", result);
        check("setsockopt IP_PKTINFO", put(SOL_IP, IP_PKTINFO, 1));
    }

    private static void supported(String what, int result) throws SystemCallException, UnsupportedFeature {
        if (result == -Errno.ENOPROTOOPT) {
            throw new UnsupportedFeature(what, "2.6.34, built with CONFIG_IP_MROUTE and its multiple tables,");
        }
        check("setsockopt " + what, result);
    }

    /// The table's number.
    public int table() {
        return table;
    }

    /// The version of the kernel's interface: 0x0305 ever since.
    public boolean isKnownVersion() {
        MemorySegment memory = Scratch.memory();
        MemorySegment length = memory.asSlice(128, 4);
        length.set(ValueLayout.JAVA_INT, 0, 4);
        return SystemCalls.getsockopt(Scratch.capture(), fd(), SOL_IP, MRT_VERSION, memory, length) >= 0
                && memory.get(ValueLayout.JAVA_INT, 0) == VERSION;
    }

    /// Switches on what PIM needs: [Upcall#WRONG_VIF] (MRT_ASSERT, for every entry), the register vif and Registers that the kernel
    /// unpacks.
    public void enablePim() throws SystemCallException {
        check("setsockopt MRT_PIM", put(SOL_IP, MRT_PIM, 1));
    }

    /// Makes a network interface a vif. Multicast that arrives there is routed by this table from now on.
    ///
    /// @param vif 0..31
    /// @throws SystemCallException EADDRINUSE when the number is taken, ENODEV or EADDRNOTAVAIL when the interface is gone or has
    ///         no IPv4
    public void addVif(int vif, int interfaceIndex) throws SystemCallException {
        vif("MRT_ADD_VIF " + vif + " of interface " + interfaceIndex, MRT_ADD_VIF, vif, VIFF_USE_IFINDEX,
                interfaceIndex);
    }

    /// Makes the register vif (MFC-003): an interface `pimreg`, with the table's number behind where it is not the default one.
    public void addRegisterVif(int vif) throws SystemCallException {
        vif("MRT_ADD_VIF " + vif + " for registers", MRT_ADD_VIF, vif, VIFF_REGISTER, 0);
    }

    /// Takes a vif off. Entries keep its number: put them again before another interface gets it.
    ///
    /// @return whether there was one; the kernel takes it off itself when the interface goes
    public boolean deleteVif(int vif) throws SystemCallException {
        try {
            vif("MRT_DEL_VIF " + vif, MRT_DEL_VIF, vif, 0, 0);
            return true;
        } catch (SystemCallException e) {
            if (e.errno() == Errno.EADDRNOTAVAIL) {
                return false;
            }
            throw e;
        }
    }

    private void vif(String what, int option, int vif, int flags, int interfaceIndex) throws SystemCallException {
        MemorySegment struct = Scratch.memory();
        struct.set(ValueLayout.JAVA_SHORT, Structs.offset(Structs.VIFCTL, "vifc_vifi"), (short) vif);
        struct.set(ValueLayout.JAVA_BYTE, Structs.offset(Structs.VIFCTL, "vifc_flags"), (byte) flags);
        struct.set(ValueLayout.JAVA_BYTE, Structs.offset(Structs.VIFCTL, "vifc_threshold"), (byte) 1);
        struct.set(ValueLayout.JAVA_INT, Structs.offset(Structs.VIFCTL, "vifc_lcl_ifindex"), interfaceIndex);
        check("setsockopt " + what, SystemCalls.setsockopt(Scratch.capture(), fd(), SOL_IP, option, struct,
                (int) Structs.VIFCTL.byteSize()));
    }

    /// Adds an entry, or replaces the one of that source and group in one step; packets that wait for it are routed.
    ///
    /// @return 0 or `-errno`: ENOBUFS, ENOMEM
    public int put(CacheEntry entry) {
        return cache(MRT_ADD_MFC, entry);
    }

    /// Removes the entry of that source and group.
    ///
    /// @return 0 or `-errno`: ENOENT when there is none
    public int delete(CacheEntry entry) {
        return cache(MRT_DEL_MFC, entry);
    }

    private int cache(int option, CacheEntry entry) {
        return SystemCalls.setsockopt(captured, fd(), SOL_IP, option, entry.struct(),
                (int) Structs.MFCCTL.byteSize());
    }

    /// Empties the table: entries and vifs.
    public void flush() throws SystemCallException {
        check("setsockopt MRT_FLUSH", put(SOL_IP, MRT_FLUSH, FLUSH_ALL));
    }

    /// What the entry of that source (0: of all others) and group has counted; empty when there is none.
    public Optional<CacheTraffic> cacheTraffic(int source, int group) {
        request.fill((byte) 0);
        request.set(BE32, Structs.offset(Structs.SIOC_SG_REQ, "src"), source);
        request.set(BE32, Structs.offset(Structs.SIOC_SG_REQ, "grp"), group);
        if (RareCalls.ioctl(captured, fd(), SIOCGETSGCNT, request) < 0) {
            return Optional.empty();
        }
        return Optional.of(new CacheTraffic(count(Structs.offset(Structs.SIOC_SG_REQ, "pktcnt")),
                count(Structs.offset(Structs.SIOC_SG_REQ, "bytecnt")),
                count(Structs.offset(Structs.SIOC_SG_REQ, "wrong_if"))));
    }

    /// What a vif has counted; empty when there is none.
    public Optional<VifTraffic> vifTraffic(int vif) {
        request.fill((byte) 0);
        request.set(ValueLayout.JAVA_SHORT, Structs.offset(Structs.SIOC_VIF_REQ, "vifi"), (short) vif);
        if (RareCalls.ioctl(captured, fd(), SIOCGETVIFCNT, request) < 0) {
            return Optional.empty();
        }
        return Optional.of(new VifTraffic(count(Structs.offset(Structs.SIOC_VIF_REQ, "icount")),
                count(Structs.offset(Structs.SIOC_VIF_REQ, "ibytes")),
                count(Structs.offset(Structs.SIOC_VIF_REQ, "ocount")),
                count(Structs.offset(Structs.SIOC_VIF_REQ, "obytes"))));
    }

    private long count(long offset) {
        return request.get(ValueLayout.JAVA_LONG, offset);
    }

    /// Hands over what has arrived, at most `most` messages. Never blocks.
    ///
    /// @return how many there were; `-errno` when the socket is broken or closed
    public int receive(int most, Taker taker) {
        int done = 0;
        while (done < most) {
            int received = batch.receiveNow(this, most - done);
            if (received <= 0) {
                return received < 0 && done == 0 ? received : done;
            }
            for (int slot = 0; slot < received; slot++) {
                take(slot, taker);
            }
            done += received;
            if (received < Math.min(SLOTS, most - done + received)) {
                return done;
            }
        }
        return done;
    }

    private void take(int slot, Taker taker) {
        int length = Math.min(batch.length(slot), SLOT_BYTES);
        if (length < HEADER_BYTES) {
            return;
        }
        MemorySegment message = batch.segment().asSlice(batch.offset(slot), length);
        if (message.get(ValueLayout.JAVA_BYTE, PROTOCOL) != 0) {
            taker.igmp(batch.interfaceIndex(slot), message);
            return;
        }
        int type = message.get(ValueLayout.JAVA_BYTE, MESSAGE_TYPE) - 1;
        if (type < 0 || type >= Upcall.values().length) {
            return;
        }
        Upcall upcall = Upcall.values()[type];
        int vif = message.get(ValueLayout.JAVA_BYTE, VIF) & 0xFF
                | (message.get(ValueLayout.JAVA_BYTE, VIF_HIGH) & 0xFF) << 8;
        taker.upcall(upcall, vif, message.get(BE32, SOURCE), message.get(BE32, GROUP),
                upcall == Upcall.WHOLE_PACKET ? message.asSlice(HEADER_BYTES) : MemorySegment.NULL);
    }

    /// Messages for which the receive buffer had no room since the socket was opened, modulo 2^32.
    public long lost() {
        MemorySegment memory = Scratch.memory();
        MemorySegment length = memory.asSlice(128, 4);
        length.set(ValueLayout.JAVA_INT, 0, MEMINFO_BYTES);
        int result = SystemCalls.getsockopt(Scratch.capture(), fd(), SOL_SOCKET, SO_MEMINFO, memory, length);
        return result < 0 ? 0 : memory.get(ValueLayout.JAVA_INT, MEMINFO_DROPS) & 0xFFFFFFFFL;
    }

    private int put(int level, int option, int value) {
        MemorySegment memory = Scratch.memory();
        memory.set(ValueLayout.JAVA_INT, 0, value);
        return SystemCalls.setsockopt(Scratch.capture(), fd(), level, option, memory, 4);
    }
}
