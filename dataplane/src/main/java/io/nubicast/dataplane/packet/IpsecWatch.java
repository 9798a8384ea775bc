package io.nubicast.dataplane.packet;

import io.nubicast.kernel.netlink.XfrmNetlink;
import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.kernel.sys.Errno;
import io.nubicast.kernel.sys.SystemCallException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Follows whether IPsec policies concern what this host sends. One thread.
final class IpsecWatch implements AutoCloseable {
    private final Consumer<String> notices;
    private Optional<XfrmNetlink> events = Optional.empty();
    private Optional<XfrmNetlink> reader = Optional.empty();
    private boolean changed = true;
    private boolean inForce;

    /// In the namespace of the calling thread. Where policies cannot be read there are none, with a notice if there may be some.
    IpsecWatch(Consumer<String> notices) {
        this.notices = notices;
        try {
            events = Optional.of(XfrmNetlink.listening());
            reader = Optional.of(XfrmNetlink.reading());
        } catch (SystemCallException e) {
            unreadable(e);
        }
    }

    private void unreadable(SystemCallException e) {
        close();
        events = Optional.empty();
        reader = Optional.empty();
        if (e.errno() == Errno.EPERM) {
            notices.accept(
                    "IPsec policies cannot be read without CAP_NET_ADMIN; if there are some, frames of the packet plane "
                            + "leave unencrypted");
        }
    }

    /// Takes changes.
    ///
    /// @return whether there are policies for what this host sends
    boolean work() {
        if (events.isEmpty() || reader.isEmpty()) {
            return false;
        }
        try {
            changed |= events.get().changed();
            if (changed) {
                inForce = reader.get().hasOutputPolicies();
                changed = false;
            }
        } catch (SystemCallException e) {
            unreadable(e);
            return false;
        }
        return inForce;
    }

    /// What becomes readable when policies change.
    List<Descriptor> wakers() {
        return events.stream().map(Descriptor.class::cast).toList();
    }

    @Override
    public void close() {
        events.ifPresent(XfrmNetlink::close);
        reader.ifPresent(XfrmNetlink::close);
    }
}
