package io.nubicast.router.config;

import io.nubicast.router.config.Meaning.Context;
import io.nubicast.router.config.TunnelConfig.Source;
import io.nubicast.router.iface.InterfaceAddress;
import io.nubicast.router.pim.PimConfig;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What must hold between lines.
final class CrossChecks {
    private CrossChecks() {}

    /// A tunnel or loopback that a line names must be configured; physical interfaces are there by themselves.
    static void mustExist(Context context, String parameter, InterfaceName name) {
        if (name.kind().isPhysical()) {
            context.meaning().named(name);
        } else if (!context.meaning().interfaces.containsKey(name.toString())) {
            context.fault(parameter, name + " is not configured", "configure 'interface " + name + "' first");
        }
    }

    static void check(Meaning meaning) {
        List<InterfaceDraft> interfaces = List.copyOf(meaning.interfaces.values());
        addresses(meaning, interfaces);
        devices(meaning, interfaces);
        tunnels(meaning, interfaces);
        multicast(meaning, interfaces);
    }

    private static void fault(Meaning meaning, @Nullable Line line, String parameter, String message, String advice) {
        meaning.problems.add(line == null
                ? new Problem(true, 0, -1, "", message, advice)
                : new Problem(true, line.origin().number(), line.arguments().column(parameter), line.origin().raw(),
                        message, advice));
    }

    private static void notice(Meaning meaning, @Nullable Line line, String message) {
        meaning.problems.add(line == null
                ? new Problem(false, 0, -1, "", message, "")
                : new Problem(false, line.origin().number(), -1, line.origin().raw(), message, ""));
    }

    private record Owned(InterfaceDraft draft, InterfaceAddress address, Line line) {}

    private static void addresses(Meaning meaning, List<InterfaceDraft> interfaces) {
        List<Owned> seen = new ArrayList<>();
        for (InterfaceDraft draft : interfaces) {
            boolean primary = draft.addresses.values().stream().anyMatch(line -> !line.arguments().has("secondary"));
            draft.addresses.forEach((address, line) -> {
                if (!primary) {
                    fault(meaning, line, "address", draft.name + " has a secondary address, but no primary one",
                            "configure the primary address first, or remove the secondary one first");
                }
                for (Owned other : seen) {
                    if (overlap(address, other.address)) {
                        fault(meaning, line, "address", address + " overlaps with " + other.address + " of "
                                + other.draft.name, "give each interface a subnet of its own");
                    }
                }
                seen.add(new Owned(draft, address, line));
            });
        }
    }

    private static boolean overlap(InterfaceAddress one, InterfaceAddress other) {
        return one.prefixLength() <= other.prefixLength()
                ? one.contains(other.address())
                : other.contains(one.address());
    }

    private static void devices(Meaning meaning, List<InterfaceDraft> interfaces) {
        Map<String, InterfaceDraft> owners = new HashMap<>();
        for (InterfaceDraft draft : interfaces) {
            draft.device.ifPresent(device -> {
                InterfaceDraft other = owners.putIfAbsent(device, draft);
                if (other != null) {
                    fault(meaning, draft.deviceLine, "device", device + " is the device of " + other.name + " already",
                            "name another device");
                }
            });
        }
    }

    /// What tells tunnels apart on the wire (GRE-002).
    private record Ends(String source, Address destination, String transport, String key) {}

    private static void tunnels(Meaning meaning, List<InterfaceDraft> interfaces) {
        Map<Ends, InterfaceDraft> seen = new LinkedHashMap<>();
        for (InterfaceDraft draft : interfaces) {
            TunnelDraft tunnel = draft.tunnel;
            if (!draft.isTunnel() || tunnel.source.isEmpty() || tunnel.destination.isEmpty()) {
                continue;
            }
            Ends ends = new Ends(sourceText(meaning, tunnel.source.get()), tunnel.destination.get(),
                    tunnel.udp ? "udp " + tunnel.port : "ip", tunnel.key.toString());
            InterfaceDraft other = seen.putIfAbsent(ends, draft);
            if (other != null) {
                fault(meaning, tunnel.destinationLine, "destination", draft.name + " and " + other.name
                        + " have the same source, destination and key", "give one of them another 'tunnel key' first");
            }
            keepalive(meaning, draft);
        }
    }

    /// Keepalives do not survive address translation (GRE-041).
    private static void keepalive(Meaning meaning, InterfaceDraft draft) {
        Optional<Address> source = draft.tunnel.source.flatMap(each -> sourceAddress(meaning, each));
        if (draft.tunnel.keepalive.isPresent() && source.isPresent() && !source.get().isPublic()
                && draft.tunnel.destination.filter(Address::isPublic).isPresent()) {
            notice(meaning, draft.tunnel.sourceLine, draft.name + " has keepalive and its source " + source.get()
                    + " is private: keepalives do not work through address translation");
        }
    }

    private static Optional<Address> sourceAddress(Meaning meaning, Source source) {
        return switch (source) {
            case Source.OfAddress given -> Optional.of(given.address());
            case Source.OfInterface given -> Optional.ofNullable(meaning.interfaces.get(given.name().toString()))
                    .flatMap(draft -> draft.build().addresses().stream().findFirst()).map(InterfaceAddress::address);
        };
    }

    private static String sourceText(Meaning meaning, Source source) {
        return sourceAddress(meaning, source).map(Address::toString).orElseGet(source::toString);
    }

    private static void multicast(Meaning meaning, List<InterfaceDraft> interfaces) {
        InterfaceDraft upstream = null;
        boolean pim = false;
        for (InterfaceDraft draft : interfaces) {
            if (draft.passive) {
                if (draft.pim.mode() == PimConfig.Mode.OFF) {
                    notice(meaning, draft.header,
                            draft.name + " has 'ip pim passive', which needs 'ip pim sparse-mode'");
                }
                draft.pim =
                        draft.pim.mode() == PimConfig.Mode.OFF ? draft.pim : draft.pim.withMode(PimConfig.Mode.PASSIVE);
            }
            boolean on = draft.pim.mode() != PimConfig.Mode.OFF;
            pim |= on;
            if (on && draft.proxyRole != InterfaceDraft.ProxyRole.NONE) {
                fault(meaning, draft.proxyLine, "", draft.name + " has PIM and cannot take part in the IGMP proxy",
                        "remove one of 'ip pim' and 'ip igmp proxy'");
            }
            if (draft.proxyRole == InterfaceDraft.ProxyRole.UPSTREAM) {
                if (upstream != null) {
                    fault(meaning, draft.proxyLine, "", "the IGMP proxy has one upstream interface, " + upstream.name
                            + " is it already", "make one of them downstream");
                }
                upstream = draft;
            }
        }
        if (pim && !meaning.multicastRouting) {
            notice(meaning, null,
                    "PIM is configured, but nothing is routed without 'ip multicast-routing distributed'");
        }
    }
}
