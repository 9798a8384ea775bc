package io.nubicast.dataplane.packet;

import io.nubicast.kernel.netlink.NetfilterNetlink;
import io.nubicast.kernel.netlink.OutputChain;
import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.kernel.sys.Errno;
import io.nubicast.kernel.sys.SystemCallException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// Follows the firewall's output rules. One thread.
final class FirewallWatch implements AutoCloseable {
    /// Of up to 32 KiB each: some milliseconds.
    private static final int MESSAGES_AT_ONCE = 16;

    /// iptables-legacy tells of no changes.
    private static final long LEGACY_NS = 1_000_000_000;

    private static final Set<Integer> PASSING = Set.of(Errno.EAGAIN, Errno.ENOMEM, Errno.ENOBUFS, Errno.EINTR);

    private final Consumer<String> notices;
    private final LegacyTables legacy;
    private Set<String> legacyTables;
    private long nextLegacyNs = Long.MIN_VALUE;
    private List<OutputChain> chains = List.of();
    private boolean told;
    private boolean again;
    private Optional<NetfilterNetlink> events = Optional.empty();
    private Optional<NetfilterNetlink> reader = Optional.empty();

    /// In the namespace of the calling thread. Where rules cannot be read there are none, with a notice if there may be some.
    FirewallWatch(Consumer<String> notices) {
        this.notices = notices;
        legacy = new LegacyTables();
        legacyTables = legacy.withOutputRules();
        try {
            events = Optional.of(NetfilterNetlink.listening());
            reader = Optional.of(NetfilterNetlink.reading());
            reader.get().begin();
        } catch (SystemCallException e) {
            unreadable(e);
        }
    }

    /// @param e what the kernel answered: EINVAL and others where it has no nftables
    private void unreadable(SystemCallException e) {
        closeNetlink();
        chains = List.of();
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
    Optional<OutputRules> work(long nowNs) {
        boolean read = nftables();
        if (nextLegacyNs == Long.MIN_VALUE || nowNs - nextLegacyNs >= 0) {
            nextLegacyNs = nowNs + LEGACY_NS;
            Set<String> now = legacy.withOutputRules();
            read |= !now.equals(legacyTables);
            legacyTables = now;
        }
        return read && !isReading() ? Optional.of(new OutputRules(chains, legacyTables)) : Optional.empty();
    }

    private boolean nftables() {
        if (events.isEmpty() || reader.isEmpty()) {
            boolean first = !told;
            told = true;
            return first;
        }
        NetfilterNetlink rules = reader.get();
        try {
            if (events.get().changed() || again) {
                again = false;
                rules.begin();
            }
            if (rules.isReading() && rules.advance(MESSAGES_AT_ONCE)) {
                chains = rules.chains();
                return true;
            }
            return false;
        } catch (SystemCallException e) {
            if (PASSING.contains(e.errno())) {
                again = true;
                return false;
            }
            unreadable(e);
            return true;
        }
    }

    private void closeNetlink() {
        events.ifPresent(NetfilterNetlink::close);
        reader.ifPresent(NetfilterNetlink::close);
        events = Optional.empty();
        reader = Optional.empty();
    }

    /// What becomes readable when the rules of nftables change.
    List<Descriptor> wakers() {
        return events.stream().map(Descriptor.class::cast).toList();
    }

    @Override
    public void close() {
        closeNetlink();
        legacy.close();
    }
}
