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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// An interface that this process made (Documentation/networking/tuntap.rst) and that goes away with this descriptor, however the
/// process ends. Calls are made on a thread in the network namespace where it was opened.
public abstract sealed class VirtualDevice extends Descriptor permits TapDevice, TunDevice {
    static final int O_RDWR = 2;
    static final int O_NONBLOCK = 04000;
    private static final String CLONE_DEVICE = "/dev/net/tun";
    private static final int O_CLOEXEC = 02000000;
    /// linux/if_tun.h
    private static final long TUNSETIFF = 0x400454CAL;
    /// linux/sockios.h
    private static final long SIOCGIFFLAGS = 0x8913;
    private static final long SIOCSIFFLAGS = 0x8914;
    private static final long SIOCSIFMTU = 0x8922;
    private static final long SIOCGIFINDEX = 0x8933;
    private static final long SIOCSIFTXQLEN = 0x8943;
    private static final short IFF_UP = 0x1;
    private static final int NAME_BYTES = 16;
    /// Where a struct ifreq has its value.
    static final long VALUE = Structs.offset(Structs.IFREQ, "ifr_ifru");

    private final String name;
    private int index;

    VirtualDevice(Opened opened) {
        super(opened.fd);
        name = opened.name;
    }

    /// A descriptor with an interface behind it.
    record Opened(int fd, String name) {}

    /// Makes the interface in the calling thread's namespace.
    ///
    /// @param kind IFF_ flags of linux/if_tun.h
    static Opened open(String name, short kind, int openFlags) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            int fd = check("open " + CLONE_DEVICE,
                    SystemCalls.open(Scratch.capture(), arena.allocateFrom(CLONE_DEVICE), openFlags | O_CLOEXEC));
            MemorySegment request;
            int result;
            try {
                request = request(arena, name);
                request.set(ValueLayout.JAVA_SHORT, VALUE, kind);
                result = RareCalls.ioctl(Scratch.capture(), fd, TUNSETIFF, request);
            } catch (IllegalArgumentException e) {
                SystemCalls.close(Scratch.capture(), fd);
                throw e;
            }
            if (result < 0) {
                SystemCalls.close(Scratch.capture(), fd);
                check("ioctl TUNSETIFF " + name, result);
            }
            return new Opened(fd, request.getString(0, StandardCharsets.US_ASCII));
        }
    }

    /// The first things to set, of any kind.
    ///
    /// @param more interface flags (net/if.h) to set
    /// @param fewer interface flags to clear
    /// @param queue packets that wait for a reader
    final void prepare(short more, short fewer, int queue) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = request(arena, name);
            control("SIOCGIFINDEX", SIOCGIFINDEX, request);
            index = request.get(ValueLayout.JAVA_INT, VALUE);
            flags(arena, more, fewer);
            request.set(ValueLayout.JAVA_INT, VALUE, queue);
            control("SIOCSIFTXQLEN", SIOCSIFTXQLEN, request);
        }
        try {
            Files.writeString(Path.of("/proc/sys/net/ipv6/conf", name, "disable_ipv6"), "1");
        } catch (IOException e) {
            // No IPv6, or a container's read-only /proc: then it sends some router solicitations, which are dropped.
            return;
        }
    }

    static MemorySegment request(Arena arena, String name) {
        byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        if (bytes.length == 0 || bytes.length >= NAME_BYTES) {
            throw new IllegalArgumentException("an interface cannot have the name " + name);
        }
        MemorySegment request = arena.allocate(Structs.IFREQ);
        MemorySegment.copy(bytes, 0, request, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return request;
    }

    final void control(String what, long number, MemorySegment request) throws SystemCallException {
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
    public final String name() {
        return name;
    }

    /// The interface's index.
    public final int index() {
        return index;
    }

    /// Brings the interface up.
    public final void up() throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            flags(arena, IFF_UP, (short) 0);
        }
    }

    /// Takes the interface down: the kernel removes the routes that lead there.
    public final void down() throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            flags(arena, (short) 0, IFF_UP);
        }
    }

    /// Sets the largest packet, without an Ethernet header.
    ///
    /// @param bytes 68..65521, 65535 for a TUN device
    /// @throws SystemCallException EINVAL outside of that
    public final void mtu(int bytes) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = request(arena, name);
            request.set(ValueLayout.JAVA_INT, VALUE, bytes);
            control("SIOCSIFMTU " + bytes, SIOCSIFMTU, request);
        }
    }
}
