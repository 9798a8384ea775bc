package io.nubicast.router.pim;

import io.nubicast.router.policy.AccessList;
import io.nubicast.router.rib.StaticMroute;
import io.nubicast.router.rp.StaticRp;
import io.nubicast.wire.Address;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What is configured for PIM. Immutable; made with `PimConfig.NONE.with…` or the canonical constructor.
///
/// @param routing `ip multicast-routing`: without it nothing is forwarded and PIM does not run
/// @param interfaces by name: those with an `ip pim` mode, or with another multicast line
/// @param rps `ip pim rp-address`, in the order of configuration
/// @param mroutes `ip mroute`
/// @param multipath `ip multicast multipath`: sources are spread over equal-cost paths instead of all taking the highest next hop
/// @param sptThresholds `ip pim spt-threshold`; the first whose groups match counts, 0 where none does
/// @param ssm which groups are source-specific (`ip pim ssm`)
/// @param registers limits and filters of Registers
/// @param acceptRps `ip pim accept-rp`: (\*,G) Joins and Registers only for these; empty: for every RP that is right for its group
/// @param routeLimit `ip multicast route-limit`: most groups and sources that are kept, 1..2147483647
/// @param joinPruneIntervalSeconds t_periodic, `ip pim message-interval`, 1..65535
public record PimConfig(boolean routing, Map<String, Interface> interfaces, List<StaticRp> rps,
        List<StaticMroute> mroutes, boolean multipath, List<SptThreshold> sptThresholds, Ssm ssm, Registers registers,
        List<AcceptRp> acceptRps, int routeLimit, int joinPruneIntervalSeconds) {
    /// Nothing configured.
    public static final PimConfig NONE = new PimConfig(false, Map.of(), List.of(), List.of(), false, List.of(),
            Ssm.DEFAULT, Registers.DEFAULT, List.of(), PimConfig.DEFAULT_ROUTE_LIMIT, 60);

    /// Of `ip multicast route-limit`.
    public static final int DEFAULT_ROUTE_LIMIT = 100_000;

    public PimConfig {
        interfaces = Map.copyOf(interfaces);
        rps = List.copyOf(rps);
        mroutes = List.copyOf(mroutes);
        sptThresholds = List.copyOf(sptThresholds);
        acceptRps = List.copyOf(acceptRps);
        if (routeLimit < 1) {
            throw new IllegalArgumentException("route limit " + routeLimit + " is not positive");
        }
        if (joinPruneIntervalSeconds < 1 || joinPruneIntervalSeconds > 65535) {
            throw new IllegalArgumentException(
                    "message interval " + joinPruneIntervalSeconds + " is not within 1..65535");
        }
    }

    /// Routing with these interfaces and RPs, everything else at its default.
    public static PimConfig of(Map<String, Interface> interfaces, List<StaticRp> rps) {
        return new PimConfig(true, interfaces, rps, List.of(), false, List.of(), Ssm.DEFAULT, Registers.DEFAULT,
                List.of(), DEFAULT_ROUTE_LIMIT, 60);
    }

    public PimConfig withInterfaces(Map<String, Interface> others) {
        return new PimConfig(routing, others, rps, mroutes, multipath, sptThresholds, ssm, registers, acceptRps,
                routeLimit, joinPruneIntervalSeconds);
    }

    public PimConfig withRps(List<StaticRp> others) {
        return new PimConfig(routing, interfaces, others, mroutes, multipath, sptThresholds, ssm, registers, acceptRps,
                routeLimit, joinPruneIntervalSeconds);
    }

    public PimConfig withMroutes(List<StaticMroute> others) {
        return new PimConfig(routing, interfaces, rps, others, multipath, sptThresholds, ssm, registers, acceptRps,
                routeLimit, joinPruneIntervalSeconds);
    }

    public PimConfig withSptThresholds(List<SptThreshold> others) {
        return new PimConfig(routing, interfaces, rps, mroutes, multipath, others, ssm, registers, acceptRps,
                routeLimit, joinPruneIntervalSeconds);
    }

    public PimConfig withSsm(Ssm other) {
        return new PimConfig(routing, interfaces, rps, mroutes, multipath, sptThresholds, other, registers, acceptRps,
                routeLimit, joinPruneIntervalSeconds);
    }

    public PimConfig withRegisters(Registers others) {
        return new PimConfig(routing, interfaces, rps, mroutes, multipath, sptThresholds, ssm, others, acceptRps,
                routeLimit, joinPruneIntervalSeconds);
    }

    public PimConfig withAcceptRps(List<AcceptRp> others) {
        return new PimConfig(routing, interfaces, rps, mroutes, multipath, sptThresholds, ssm, registers, others,
                routeLimit, joinPruneIntervalSeconds);
    }

    public PimConfig withRouteLimit(int other) {
        return new PimConfig(routing, interfaces, rps, mroutes, multipath, sptThresholds, ssm, registers, acceptRps,
                other, joinPruneIntervalSeconds);
    }

    public PimConfig withJoinPruneIntervalSeconds(int other) {
        return new PimConfig(routing, interfaces, rps, mroutes, multipath, sptThresholds, ssm, registers, acceptRps,
                routeLimit, other);
    }

    /// What PIM does on an interface. Dense and sparse-dense mode come later.
    public enum Mode {
        /// No `ip pim` line: no Hellos, no multicast in or out.
        OFF,
        /// `ip pim sparse-mode`.
        SPARSE,
        /// `ip pim passive`: multicast and local members, but no PIM messages either way (PIM-028).
        PASSIVE
    }

    /// The lines under one interface.
    ///
    /// @param helloIntervalMs `ip pim query-interval`, 1..65535000
    /// @param holdtimeSeconds of Hellos, 1..65535; 0 for 3.5 times the interval
    /// @param drPriority 0..2^32 - 1
    /// @param propagationDelayMs 0..32767
    /// @param overrideIntervalMs 0..65535
    /// @param neighborFilter `ip pim neighbor-filter`
    /// @param boundary `ip multicast boundary`: groups that it denies neither enter nor leave (PIM-050)
    /// @param ttlThreshold `ip multicast ttl-threshold`, 0..255
    /// @param borderSource `ip pim border-source`: sources beyond the subnet that are treated as directly connected (PIM-048)
    public record Interface(Mode mode, int helloIntervalMs, int holdtimeSeconds, long drPriority,
            int propagationDelayMs, int overrideIntervalMs, Optional<AccessList> neighborFilter,
            Optional<AccessList> boundary, int ttlThreshold, Optional<AccessList> borderSource) {
        /// `ip pim sparse-mode` and nothing else.
        public static final Interface SPARSE = new Interface(Mode.SPARSE, 30_000, 0, 1, 500, 2500, Optional.empty(),
                Optional.empty(), 0, Optional.empty());

        /// An interface without PIM.
        public static final Interface OFF = SPARSE.withMode(Mode.OFF);

        public Interface {
            if (helloIntervalMs < 1 || holdtimeSeconds < 0 || holdtimeSeconds > 0xFFFF || drPriority < 0
                    || drPriority > 0xFFFF_FFFFL || propagationDelayMs < 0 || propagationDelayMs > 0x7FFF
                    || overrideIntervalMs < 0 || overrideIntervalMs > 0xFFFF || ttlThreshold < 0
                    || ttlThreshold > 255) {
                throw new IllegalArgumentException("a value of an interface is out of its range");
            }
        }

        /// Holdtime of Hellos in seconds, 0xFFFF for ever.
        public int effectiveHoldtimeSeconds() {
            return holdtimeSeconds != 0
                    ? holdtimeSeconds
                    : (int) Math.min(0xFFFE, Math.max(1, helloIntervalMs * 7L / 2000));
        }

        public Interface withMode(Mode other) {
            return new Interface(other, helloIntervalMs, holdtimeSeconds, drPriority, propagationDelayMs,
                    overrideIntervalMs, neighborFilter, boundary, ttlThreshold, borderSource);
        }

        public Interface withDrPriority(long other) {
            return new Interface(mode, helloIntervalMs, holdtimeSeconds, other, propagationDelayMs, overrideIntervalMs,
                    neighborFilter, boundary, ttlThreshold, borderSource);
        }

        public Interface withHello(int intervalMs, int holdtime) {
            return new Interface(mode, intervalMs, holdtime, drPriority, propagationDelayMs, overrideIntervalMs,
                    neighborFilter, boundary, ttlThreshold, borderSource);
        }

        public Interface withDelays(int propagationMs, int overrideMs) {
            return new Interface(mode, helloIntervalMs, holdtimeSeconds, drPriority, propagationMs, overrideMs,
                    neighborFilter, boundary, ttlThreshold, borderSource);
        }

        public Interface withNeighborFilter(AccessList list) {
            return new Interface(mode, helloIntervalMs, holdtimeSeconds, drPriority, propagationDelayMs,
                    overrideIntervalMs, Optional.of(list), boundary, ttlThreshold, borderSource);
        }

        public Interface withBoundary(AccessList list) {
            return new Interface(mode, helloIntervalMs, holdtimeSeconds, drPriority, propagationDelayMs,
                    overrideIntervalMs, neighborFilter, Optional.of(list), ttlThreshold, borderSource);
        }

        public Interface withTtlThreshold(int other) {
            return new Interface(mode, helloIntervalMs, holdtimeSeconds, drPriority, propagationDelayMs,
                    overrideIntervalMs, neighborFilter, boundary, other, borderSource);
        }

        public Interface withBorderSource(AccessList list) {
            return new Interface(mode, helloIntervalMs, holdtimeSeconds, drPriority, propagationDelayMs,
                    overrideIntervalMs, neighborFilter, boundary, ttlThreshold, Optional.of(list));
        }
    }

    /// `ip pim spt-threshold {0 | kbps | infinity} [group-list acl]` (PIM-044).
    ///
    /// @param kbps 0 to switch with the first packet, [#INFINITY] for never
    /// @param groups a standard list of groups; empty: all
    public record SptThreshold(long kbps, Optional<AccessList> groups) {
        public static final long INFINITY = Long.MAX_VALUE;

        public SptThreshold {
            if (kbps < 0) {
                throw new IllegalArgumentException("threshold " + kbps + " is negative");
            }
        }
    }

    /// Which groups have no shared tree (PIM-049): `ip pim ssm {default | range acl}`.
    ///
    /// @param enabled whether there are any
    /// @param range a standard list of groups; empty: 232.0.0.0/8
    public record Ssm(boolean enabled, Optional<AccessList> range) {
        /// 232.0.0.0/8, as RFC 7761 section 4.8 has it without a line of configuration.
        public static final Ssm DEFAULT = new Ssm(true, Optional.empty());

        /// Whether that group is source-specific.
        public boolean contains(Address group) {
            return enabled && range.map(list -> list.permits(group)).orElse(group.ipv4() >>> 24 == 232);
        }
    }

    /// What goes for Registers.
    ///
    /// @param sourceInterface `ip pim register-source`; empty: the address of the interface towards the RP
    /// @param ratePerSecond `ip pim register-rate-limit` at the DR, packets of all sources; 0 for no limit (PIM-066)
    /// @param accept `ip pim accept-register list`: an extended list, or a standard one of sources (PIM-051)
    public record Registers(String sourceInterface, int ratePerSecond, Optional<AccessList> accept) {
        public static final Registers DEFAULT = new Registers("", 0, Optional.empty());

        public Registers {
            if (ratePerSecond < 0) {
                throw new IllegalArgumentException("rate " + ratePerSecond + " is negative");
            }
        }
    }

    /// `ip pim accept-rp {address | auto-rp} [acl]` (PIM-051).
    ///
    /// @param rp [Address#ANY_IPV4] for every RP
    /// @param groups a standard list of groups; empty: all
    public record AcceptRp(Address rp, Optional<AccessList> groups) {
        boolean accepts(Address candidate, Address group) {
            return (rp.isUnspecified() || rp.equals(candidate)) && groups.map(list -> list.permits(group)).orElse(true);
        }
    }
}
