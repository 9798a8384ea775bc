package io.nubicast.kernel.tun;

import static io.nubicast.kernel.sys.SystemCalls.check;

import io.nubicast.kernel.socket.UdpSocket;
import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.kernel.sys.RareCalls;
import io.nubicast.kernel.sys.Scratch;
import io.nubicast.kernel.sys.Structs;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.kernel.sys.SystemCalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// A TAP device (Documentation/networking/tuntap.rst): an Ethernet interface that goes away with this descriptor, however the
/// process ends. Its frames come and go by packet sockets and eBPF programs. The kernel has no addresses there and says nothing
/// of itself (no ARP, no multicast, so that nobody takes it for a network; IPv6 off where /proc/sys can be written), and what is sent out of it that no program takes is
/// dropped, counted as `tx_dropped`.
///
/// Calls are made on a thread in the network namespace where the device was opened.
public final class TapDevice extends Descriptor {
    private static final String CLONE_DEVICE = "/dev/net/tun";
    private static final int O_RDWR = 2;
    private static final int O_CLOEXEC = 02000000;
    /// linux/if_tun.h
    private static final long TUNSETIFF = 0x400454CAL;
    private static final short IFF_TAP_NO_PI = 0x1002;
    /// linux/sockios.h
    private static final long SIOCGIFFLAGS = 0x8913;
    private static final long SIOCSIFFLAGS = 0x8914;
    private static final long SIOCSIFMTU = 0x8922;
    private static final long SIOCGIFHWADDR = 0x8927;
    private static final long SIOCSIFHWADDR = 0x8924;
    private static final long SIOCGIFINDEX = 0x8933;
    private static final long SIOCSIFTXQLEN = 0x8943;
    private static final short IFF_UP = 0x1;
    private static final short IFF_NOARP = 0x80;
    private static final short IFF_MULTICAST = 0x1000;
    private static final short ARPHRD_ETHER = 1;
    private static final long VALUE = Structs.offset(Structs.IFREQ, "ifr_ifru");
    private static final int NAME_BYTES = 16;
    private static final ValueLayout.OfShort BE16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt BE32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final String name;
    private int index;

    private TapDevice(int fd, String name) {
        super(fd);
        this.name = name;
    }

    /// Makes a device in the namespace of the calling thread. It is down.
    ///
    /// @param name at most 15 bytes; `%d` in it becomes the first number that is free
    /// @throws SystemCallException ENOENT where there is no /dev/net/tun (in a container, it must be given), EPERM without
    ///         CAP_NET_ADMIN, EBUSY when the name is taken
    public static TapDevice open(String name) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            int fd = check("open " + CLONE_DEVICE,
                    SystemCalls.open(Scratch.capture(), arena.allocateFrom(CLONE_DEVICE), O_RDWR | O_CLOEXEC));
            MemorySegment request = request(arena, name);
            request.set(ValueLayout.JAVA_SHORT, VALUE, IFF_TAP_NO_PI);
            int result = RareCalls.ioctl(Scratch.capture(), fd, TUNSETIFF, request);
            if (result < 0) {
                SystemCalls.close(Scratch.capture(), fd);
                check("ioctl TUNSETIFF " + name, result);
            }
            TapDevice device = new TapDevice(fd, request.getString(0, StandardCharsets.US_ASCII));
            boolean complete = false;
            try {
                device.prepare(arena);
                complete = true;
                return device;
            } finally {
                if (!complete) {
                    device.close();
                }
            }
        }
    }

    private void prepare(Arena arena) throws SystemCallException {
        MemorySegment request = request(arena, name);
        control("SIOCGIFINDEX", SIOCGIFINDEX, request);
        index = request.get(ValueLayout.JAVA_INT, VALUE);
        flags(arena, IFF_NOARP, IFF_MULTICAST);
        // One frame may wait for a reader that never comes.
        request.set(ValueLayout.JAVA_INT, VALUE, 1);
        control("SIOCSIFTXQLEN", SIOCSIFTXQLEN, request);
        try {
            Files.writeString(Path.of("/proc/sys/net/ipv6/conf", name, "disable_ipv6"), "1");
        } catch (IOException e) {
            // No IPv6, or a container's read-only /proc: then it sends some router solicitations, which are dropped.
            return;
        }
    }

    private static MemorySegment request(Arena arena, String name) {
        byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        if (bytes.length == 0 || bytes.length >= NAME_BYTES) {
            throw new IllegalArgumentException("an interface cannot have the name " + name);
        }
        MemorySegment request = arena.allocate(Structs.IFREQ);
        MemorySegment.copy(bytes, 0, request, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return request;
    }

    private void control(String what, long number, MemorySegment request) throws SystemCallException {
        try (UdpSocket socket = UdpSocket.open()) {
            check("ioctl " + what + " of " + name, RareCalls.ioctl(Scratch.capture(), socket.fd(), number, request));
        }
    }

    private void flags(Arena arena, short more, short fewer) throws SystemCallException {
        MemorySegment request = request(arena, name);
        control("SIOCGIFFLAGS", SIOCGIFFLAGS, request);
        request.set(ValueLayout.JAVA_SHORT, VALUE,
                (short) (request.get(ValueLayout.JAVA_SHORT, VALUE) & ~fewer | more));
        control("SIOCSIFFLAGS", SIOCSIFFLAGS, request);
    }

    /// The interface's name.
    public String name() {
        return name;
    }

    /// The interface's index.
    public int index() {
        return index;
    }

    /// Brings the interface up.
    public void up() throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            flags(arena, IFF_UP, (short) 0);
        }
    }

    /// Sets the largest packet, without the Ethernet header.
    ///
    /// @param bytes 68..65521
    /// @throws SystemCallException EINVAL outside of that
    public void mtu(int bytes) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = request(arena, name);
            request.set(ValueLayout.JAVA_INT, VALUE, bytes);
            control("SIOCSIFMTU " + bytes, SIOCSIFMTU, request);
        }
    }

    /// The interface's address, in the lower 48 bits.
    public long hardwareAddress() throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = request(arena, name);
            control("SIOCGIFHWADDR", SIOCGIFHWADDR, request);
            return (request.get(BE16, VALUE + 2) & 0xFFFFL) << 32 | request.get(BE32, VALUE + 4) & 0xFFFFFFFFL;
        }
    }

    /// Sets the interface's address.
    ///
    /// @param address of one station, in the lower 48 bits
    public void hardwareAddress(long address) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = request(arena, name);
            request.set(ValueLayout.JAVA_SHORT, VALUE, ARPHRD_ETHER);
            request.set(BE16, VALUE + 2, (short) (address >>> 32));
            request.set(BE32, VALUE + 4, (int) address);
            control("SIOCSIFHWADDR", SIOCSIFHWADDR, request);
        }
    }
}
