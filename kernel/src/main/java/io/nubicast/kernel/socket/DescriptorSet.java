package io.nubicast.kernel.socket;

import static io.nubicast.kernel.sys.SystemCalls.check;

import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.kernel.sys.RareCalls;
import io.nubicast.kernel.sys.Scratch;
import io.nubicast.kernel.sys.SystemCallException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Several descriptors as one, which poll(2) finds readable while one of them is (epoll(7)). A descriptor that is closed leaves
/// it.
public final class DescriptorSet extends Descriptor {
    private static final int EPOLL_CLOEXEC = 02000000;
    private static final int EPOLL_CTL_ADD = 1;
    private static final int EPOLLIN = 1;

    private DescriptorSet(int fd) {
        super(fd);
    }

    public static DescriptorSet open() throws SystemCallException {
        return new DescriptorSet(check("epoll_create1", RareCalls.epollCreate(Scratch.capture(), EPOLL_CLOEXEC)));
    }

    /// Watches one more.
    public void add(Descriptor descriptor) throws SystemCallException {
        // The event begins a struct epoll_event everywhere; what is told with it does not matter here.
        MemorySegment event = Scratch.memory();
        event.set(ValueLayout.JAVA_INT, 0, EPOLLIN);
        check("epoll_ctl", RareCalls.epollControl(Scratch.capture(), fd(), EPOLL_CTL_ADD, descriptor.fd(), event));
    }
}
