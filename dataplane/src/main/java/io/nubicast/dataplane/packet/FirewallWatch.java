package io.nubicast.dataplane.packet;

import io.nubicast.kernel.netlink.NetfilterNetlink;
import io.nubicast.kernel.sys.Errno;
import io.nubicast.kernel.sys.SystemCallException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// Follows the firewall's output rules. One thread.
final class FirewallWatch implements AutoCloseable {
    /// Of up to 32 KiB each: some milliseconds.
    private static final int MESSAGES_AT_ONCE = 16;

    private final Consumer<String> notices;
    private Optional<NetfilterNetlink> events = Optional.empty();
    private Optional<NetfilterNetlink> reader = Optional.empty();

    /// In the namespace of the calling thread. Where rules cannot be read there are none, with a notice if there may be some.
    FirewallWatch(Consumer<String> notices) {
        this.notices = notices;
        try {
            events = Optional.of(NetfilterNetlink.listening());
            reader = Optional.of(NetfilterNetlink.reading());
            reader.get().begin();
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
                    "the firewall's rules cannot be read without CAP_NET_ADMIN; if there are output rules, frames of "
                            + "the packet plane pass them by");
        }
    }

    /// Whether rules are being read.
    boolean isReading() {
        return reader.isPresent() && reader.get().isReading();
    }

    /// Takes changes and reads on; does not block.
    ///
    /// @return the rules when they were read anew
    Optional<OutputRules> work() {
        if (events.isEmpty() || reader.isEmpty()) {
            return Optional.empty();
        }
        NetfilterNetlink rules = reader.get();
        try {
            if (events.get().changed()) {
                rules.begin();
            }
            if (rules.isReading() && rules.advance(MESSAGES_AT_ONCE)) {
                return Optional.of(new OutputRules(rules.chains(), Set.of()));
            }
        } catch (SystemCallException e) {
            unreadable(e);
            return Optional.of(OutputRules.NONE);
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        events.ifPresent(NetfilterNetlink::close);
        reader.ifPresent(NetfilterNetlink::close);
    }
}
