package io.nubicast.app.cli;

import io.nubicast.app.ExitCode;
import io.nubicast.app.daemon.PlaneWish;
import io.nubicast.app.daemon.Role;
import io.nubicast.dataplane.PlaneOptions;
import io.nubicast.dataplane.Planes;
import io.nubicast.forwarding.Capability;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of both daemons that say which data plane forwards, and how it works.
final class PlaneChoice {
    /// More workers than this only by the option: the members' hosts and the network want processors, too.
    private static final int MOST_WORKERS_UNASKED = 4;

    @Option(names = "--data-plane", paramLabel = "NAME", defaultValue = Planes.AUTO, completionCandidates = Names.class, description = "What"
            + " forwards: ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}, the best that works here.")
    private String name = Planes.AUTO;

    @Option(names = "--burst", paramLabel = "N", description = "At most so many datagrams leave as one frame a member, 1.."
            + PlaneOptions.MOST_BURST + "; default " + PlaneOptions.MOST_BURST + ". 1: every copy leaves by itself.")
    private @Nullable Integer burst;

    @Option(names = "--no-coalescing", description = "Every copy leaves by itself, as with --burst 1.")
    private boolean noCoalescing;

    @Option(names = "--workers", paramLabel = "N", description = "Spread flows over so many threads, 1.."
            + PlaneOptions.MOST_WORKERS + "; default half of the processors, at most " + MOST_WORKERS_UNASKED + ".")
    private @Nullable Integer workers;

    @Option(names = "--pin", description = "Keep each worker on a processor of its own.")
    private boolean pin;

    @Option(names = "--real-time", paramLabel = "PRIORITY", description = "Workers run before everything else that is not"
            + " real-time (SCHED_FIFO), with this priority, 1..99.")
    private @Nullable Integer realTime;

    @Option(names = "--kernel-copies", paramLabel = "send|burst", defaultValue = "send", description = "Server, data plane"
            + " ebpf: send, the default, copies each datagram in its sender's own call, for the least delay; burst gathers"
            + " what comes together and copies it as one frame a member, for the most throughput.")
    private String kernelCopies = "send";

    @Option(names = "--original", paramLabel = "pass|drop", defaultValue = "pass", description = "Server, data plane ebpf:"
            + " whether the multicast datagram itself leaves this host, too; default pass. Applications on this host get it"
            + " in both cases.")
    private String original = "pass";

    @Option(names = "--keep-forwarding", description = "Server, data plane ebpf: the kernel goes on to copy when the server"
            + " ends, is killed or replaced; the next one takes over without a gap, 'nubicast proxy release' ends it.")
    private boolean keepForwarding;

    /// The planes of both roles; of one role alone with its name.
    static final class Names implements Iterable<String> {
        Names() {}

        @Override
        public Iterator<String> iterator() {
            List<String> client = Planes.names(Planes.Role.CLIENT);
            return Planes.names(Planes.Role.SERVER).stream()
                    .map(plane -> client.contains(plane) ? plane : plane + " (server only)").iterator();
        }
    }

    /// Of the plane, or `auto`.
    String name(Role role) throws CommandFailed {
        List<String> names = Planes.names(role == Role.SERVER ? Planes.Role.SERVER : Planes.Role.CLIENT);
        if (!names.contains(name)) {
            throw usage(
                    "--data-plane " + name + ": there is none of that name; take one of " + String.join(", ", names));
        }
        return name;
    }

    /// Defaults filled in.
    PlaneOptions options() throws CommandFailed {
        return options(Runtime.getRuntime().availableProcessors());
    }

    PlaneOptions options(int processors) throws CommandFailed {
        int chosenBurst = burst == null ? PlaneOptions.MOST_BURST : within("--burst", burst, PlaneOptions.MOST_BURST);
        if (noCoalescing && burst != null && burst > 1) {
            throw usage("--no-coalescing and --burst " + burst + " contradict each other: leave one of them away");
        }
        int chosenWorkers = workers == null
                ? Math.min(MOST_WORKERS_UNASKED, Math.max(1, processors / 2))
                : within("--workers", workers, PlaneOptions.MOST_WORKERS);
        if (pin && chosenWorkers > processors) {
            throw usage(
                    "--pin: there is no processor of its own for each of " + chosenWorkers + " workers, this host has "
                            + processors + ": --workers " + processors);
        }
        int priority = realTime == null ? 0 : within("--real-time", realTime, 99);
        boolean bursts = second("--kernel-copies", kernelCopies, "send", "burst");
        if (keepForwarding && bursts) {
            throw usage("--keep-forwarding and --kernel-copies burst contradict each other: bursts are gathered in user"
                    + " space, while the server runs; leave one of them away");
        }
        return new PlaneOptions(noCoalescing ? 1 : chosenBurst, chosenWorkers, pin, priority, true)
                .withKernel(bursts, second("--original", original, "pass", "drop"))
                .withKeptForwarding(keepForwarding);
    }

    /// Whether it is the second of two words.
    private static boolean second(String option, String word, String first, String second) throws CommandFailed {
        if (!word.equals(first) && !word.equals(second)) {
            throw usage(option + " " + word + ": there is no such choice; take " + first + " or " + second);
        }
        return word.equals(second);
    }

    /// What was asked for and not every plane can do. Switching something off asks for nothing.
    List<PlaneWish> wishes() {
        List<PlaneWish> wishes = new ArrayList<>();
        if (burst != null && burst > 1) {
            wishes.add(new PlaneWish("--burst " + burst, Capability.COALESCES));
        }
        if (workers != null && workers > 1) {
            wishes.add(new PlaneWish("--workers " + workers, Capability.SPREADS_FLOWS));
        }
        if (pin) {
            wishes.add(new PlaneWish("--pin", Capability.PLACES_WORKERS));
        }
        if (realTime != null) {
            wishes.add(new PlaneWish("--real-time " + realTime, Capability.PLACES_WORKERS));
        }
        if (keepForwarding) {
            wishes.add(new PlaneWish("--keep-forwarding", Capability.OUTLIVES_PROCESS));
        }
        return wishes;
    }

    private static int within(String option, int value, int most) throws CommandFailed {
        if (value < 1 || value > most) {
            throw usage(option + " " + value + " is not within 1.." + most);
        }
        return value;
    }

    private static CommandFailed usage(String message) {
        return new CommandFailed(ExitCode.USAGE, message);
    }
}
