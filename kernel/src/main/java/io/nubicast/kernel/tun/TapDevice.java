package io.nubicast.kernel.tun;

import io.nubicast.kernel.sys.SystemCallException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// A TAP device: an Ethernet interface. Its frames come and go by packet sockets and eBPF programs. The kernel has no addresses
/// there and says nothing of itself (no ARP, no multicast, so that nobody takes it for a network; IPv6 off where /proc/sys can be
/// written), and what is sent out of it that no program takes is dropped, counted as `tx_dropped`.
public final class TapDevice extends VirtualDevice {
    private static final short IFF_TAP_NO_PI = 0x1002;
    /// linux/sockios.h
    private static final long SIOCGIFHWADDR = 0x8927;
    private static final long SIOCSIFHWADDR = 0x8924;
    private static final short IFF_NOARP = 0x80;
    private static final short IFF_MULTICAST = 0x1000;
    private static final short ARPHRD_ETHER = 1;
    private static final ValueLayout.OfShort BE16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt BE32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private TapDevice(Opened opened) {
        super(opened);
    }

    /// Makes a device in the namespace of the calling thread. It is down.
    ///
    /// @param name at most 15 bytes; `%d` in it becomes the first number that is free
    /// @throws SystemCallException ENOENT where there is no /dev/net/tun (in a container, it must be given), EPERM without
    ///         CAP_NET_ADMIN, EBUSY when the name is taken
    public static TapDevice open(String name) throws SystemCallException {
        TapDevice device = new TapDevice(open(name, IFF_TAP_NO_PI, O_RDWR));
        boolean complete = false;
        try {
            // One frame may wait for a reader that never comes.
            device.prepare(IFF_NOARP, IFF_MULTICAST, 1);
            complete = true;
            return device;
        } finally {
            if (!complete) {
                device.close();
            }
        }
    }

    /// The interface's address, in the lower 48 bits.
    public long hardwareAddress() throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = request(arena, name());
            control("SIOCGIFHWADDR", SIOCGIFHWADDR, request);
            return (request.get(BE16, VALUE + 2) & 0xFFFFL) << 32 | request.get(BE32, VALUE + 4) & 0xFFFFFFFFL;
        }
    }

    /// Sets the interface's address.
    ///
    /// @param address of one station, in the lower 48 bits
    public void hardwareAddress(long address) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = request(arena, name());
            request.set(ValueLayout.JAVA_SHORT, VALUE, ARPHRD_ETHER);
            request.set(BE16, VALUE + 2, (short) (address >>> 32));
            request.set(BE32, VALUE + 4, (int) address);
            control("SIOCSIFHWADDR", SIOCSIFHWADDR, request);
        }
    }
}
