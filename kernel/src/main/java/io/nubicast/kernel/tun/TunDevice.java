package io.nubicast.kernel.tun;

import static io.nubicast.kernel.sys.SystemCalls.check;

import io.nubicast.kernel.sys.RareCalls;
import io.nubicast.kernel.sys.Scratch;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.kernel.sys.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/// A TUN device: a point-to-point interface of IP packets, of which this process is the other end. What the kernel routes there is
/// read here; what is written here arrives there. POINTOPOINT MULTICAST NOARP, without IPv6.
///
/// Packets come as they are on a wire: the kernel has cut what applications left to be segmented and finished their checksums.
/// One thread reads, one thread writes, any thread does the rest.
public final class TunDevice extends VirtualDevice {
    private static final short IFF_TUN_NO_PI = 0x1001;
    /// linux/if_tun.h
    private static final long TUNSETCARRIER = 0x400454E2L;
    private static final short IFF_POINTOPOINT = 0x10;
    private static final short IFF_NOARP = 0x80;
    private static final short IFF_MULTICAST = 0x1000;

    private final MemorySegment readCapture = SystemCalls.newCapture(Arena.ofAuto());
    private final MemorySegment writeCapture = SystemCalls.newCapture(Arena.ofAuto());

    private TunDevice(Opened opened) {
        super(opened);
    }

    /// Makes a device in the namespace of the calling thread. It is down.
    ///
    /// @param name at most 15 bytes; `%d` in it becomes the first number that is free
    /// @param queue packets that the kernel keeps for a reader that is late, 1..65535
    /// @throws SystemCallException ENOENT where there is no /dev/net/tun (in a container, it must be given), EPERM without
    ///         CAP_NET_ADMIN, EBUSY when the name is taken
    public static TunDevice open(String name, int queue) throws SystemCallException {
        TunDevice device = new TunDevice(open(name, IFF_TUN_NO_PI, O_RDWR | O_NONBLOCK));
        boolean complete = false;
        try {
            device.prepare((short) (IFF_POINTOPOINT | IFF_NOARP | IFF_MULTICAST), (short) 0, queue);
            complete = true;
            return device;
        } finally {
            if (!complete) {
                device.close();
            }
        }
    }

    /// Whether the interface has a carrier: without, it is up but not running, and the kernel marks its routes `linkdown`.
    ///
    /// @throws SystemCallException before Linux 5.0
    public void carrier(boolean on) throws SystemCallException {
        MemorySegment value = Scratch.memory();
        value.set(ValueLayout.JAVA_INT, 0, on ? 1 : 0);
        check("ioctl TUNSETCARRIER of " + name(), RareCalls.ioctl(Scratch.capture(), fd(), TUNSETCARRIER, value));
    }

    /// Takes one packet that the kernel sent, without waiting. Allocates nothing.
    ///
    /// @param segment native
    /// @param length room; what a longer packet has beyond it is lost
    /// @return its bytes, or `-errno`: -EAGAIN when there is none
    public int read(MemorySegment segment, long offset, int length) {
        Objects.checkFromIndexSize(offset, length, segment.byteSize());
        return SystemCalls.read(readCapture, fd(), segment.address() + offset, length);
    }

    /// Lets one packet arrive. Allocates nothing.
    ///
    /// @param segment native; `length` bytes from `offset` on are an IP packet
    /// @return its bytes, or `-errno`: -EIO while the interface is down, -EINVAL when it is no IP packet
    public int write(MemorySegment segment, long offset, int length) {
        Objects.checkFromIndexSize(offset, length, segment.byteSize());
        return SystemCalls.write(writeCapture, fd(), segment.address() + offset, length);
    }
}
