package io.nubicast.dataplane;

import io.nubicast.dataplane.ebpf.EbpfClientPlane;
import io.nubicast.dataplane.ebpf.EbpfServerPlane;
import io.nubicast.dataplane.packet.PacketServerPlane;
import io.nubicast.dataplane.portable.PortableClientPlane;
import io.nubicast.dataplane.portable.PortableServerPlane;
import io.nubicast.dataplane.socket.SocketClientPlane;
import io.nubicast.dataplane.socket.SocketServerPlane;
import io.nubicast.forwarding.Capability;
import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.DataPlane;
import io.nubicast.forwarding.PlaneUnavailable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// The data planes of a role, best first, and the choice among them (`--data-plane auto|socket|portable`).
public final class Planes {
    /// The value of `--data-plane` that takes the best plane that works here.
    public static final String AUTO = "auto";

    /// In the order in which `auto` tries them. A new plane is one line here.
    private static final List<Candidate> SERVER =
            List.of(new Candidate("ebpf", EbpfServerPlane::new), new Candidate("packet", PacketServerPlane::new),
                    new Candidate("socket", (counters, options) -> new SocketServerPlane(counters, options)),
                    new Candidate("portable", (counters, options) -> new PortableServerPlane(counters)));
    private static final List<Candidate> CLIENT =
            List.of(new Candidate("ebpf", EbpfClientPlane::new),
                    new Candidate("socket", (counters, options) -> new SocketClientPlane(counters, options)),
                    new Candidate("portable", (counters, options) -> new PortableClientPlane(counters)));

    private Planes() {}

    /// Which side of the proxy the plane serves.
    public enum Role {
        SERVER, CLIENT
    }

    /// An open plane.
    ///
    /// @param plane open, with an empty table; the caller closes it
    /// @param line for the log and for people: which was chosen, why, and what it does not do
    public record Choice(DataPlane plane, String line) {}

    /// Opens a plane. It throws with the reason where it cannot run.
    @FunctionalInterface
    interface Opener {
        DataPlane open(CounterRegistry counters, PlaneOptions options) throws PlaneUnavailable;
    }

    record Candidate(String name, Opener opener) {}

    /// The values that `--data-plane` takes, `auto` first.
    public static List<String> names(Role role) {
        List<String> names = new ArrayList<>(List.of(AUTO));
        candidates(role).forEach(candidate -> names.add(candidate.name()));
        return names;
    }

    /// Opens the plane of that name, or with [#AUTO] the first that works.
    ///
    /// @throws PlaneUnavailable when the one wanted, or none, can run here; the message says what each needs
    public static Choice open(Role role, String wanted, CounterRegistry counters, PlaneOptions options)
            throws PlaneUnavailable {
        return open(candidates(role), wanted, counters, options);
    }

    private static List<Candidate> candidates(Role role) {
        return switch (role) {
            case SERVER -> SERVER;
            case CLIENT -> CLIENT;
        };
    }

    static Choice open(List<Candidate> candidates, String wanted, CounterRegistry counters, PlaneOptions options)
            throws PlaneUnavailable {
        List<String> reasons = new ArrayList<>();
        boolean known = false;
        for (Candidate candidate : candidates) {
            if (!wanted.equals(AUTO) && !wanted.equals(candidate.name())) {
                continue;
            }
            known = true;
            try {
                DataPlane plane = candidate.opener().open(counters, options.withMindsFirewall(wanted.equals(AUTO)));
                return new Choice(plane, line(plane, reasons));
            } catch (PlaneUnavailable e) {
                reasons.add(candidate.name() + " " + e.getMessage());
            }
        }
        if (!known) {
            throw new PlaneUnavailable("there is no data plane " + wanted + "; use " + AUTO + " or one of "
                    + candidates.stream().map(Candidate::name).collect(Collectors.joining(", ")));
        }
        throw new PlaneUnavailable("no data plane can run here: " + String.join("; ", reasons));
    }

    private static String line(DataPlane plane, List<String> reasons) {
        List<String> clauses = new ArrayList<>(reasons);
        clauses.add(plane.capabilities().contains(Capability.KEEPS_SOURCE)
                ? "source address and port are kept"
                : "source addresses are not kept");
        plane.remark().ifPresent(clauses::add);
        return "data plane " + plane.name() + ": " + String.join("; ", clauses);
    }
}
