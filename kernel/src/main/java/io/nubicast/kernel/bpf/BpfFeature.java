package io.nubicast.kernel.bpf;

import io.nubicast.kernel.sys.Errno;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.kernel.sys.SystemCalls;
import io.nubicast.kernel.sys.UnsupportedFeature;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What eBPF can do here, found by trying it once.
public final class BpfFeature {
    /// Programs that choose the socket of an incoming datagram.
    public static final BpfFeature SOCKET_LOOKUP = new BpfFeature("sk_lookup", "5.9",
            () -> load(BpfProgram.Type.SK_LOOKUP));
    /// Programs at interfaces that decide themselves, by [Attachment.Mechanism#CLSACT] at least.
    public static final BpfFeature INTERFACE_PROGRAMS = new BpfFeature("eBPF at interfaces", "4.5",
            () -> load(BpfProgram.Type.SCHED_CLS));
    /// Programs at interfaces by links, [Attachment.Mechanism#TCX].
    public static final BpfFeature TCX = new BpfFeature("TCX", "6.6", BpfQueries::tryTcx);
    /// Maps of maps.
    public static final BpfFeature MAP_IN_MAP = new BpfFeature("a map of maps", "4.12",
            () -> create(new BpfMapSpec("probe", BpfMap.Kind.ARRAY_OF_MAPS, 4, 4, 1, 0,
                    new BpfMapSpec("probe", BpfMap.Kind.ARRAY, 4, 8, 1, 0))));
    /// Arrays that are memory of this process too.
    public static final BpfFeature MAPPED_ARRAY = new BpfFeature("an array of eBPF in memory (BPF_F_MMAPABLE)", "5.5",
            () -> create(new BpfMapSpec("probe", BpfMap.Kind.ARRAY, 4, 8, 1, BpfMap.MMAPABLE)));

    private final String title;
    private final String minimumKernel;
    private final Probe probe;
    /// Null before it was asked for, "" when nothing is missing.
    private volatile @Nullable String missing;

    /// Tries it.
    @FunctionalInterface
    private interface Probe {
        /// EINVAL means that the kernel does not know it.
        void run() throws SystemCallException, VerifierRejection;
    }

    private BpfFeature(String title, String minimumKernel, Probe probe) {
        this.title = title;
        this.minimumKernel = minimumKernel;
        this.probe = probe;
    }

    /// A function of the kernel that programs at interfaces call.
    ///
    /// @param number in linux/bpf.h
    /// @param name `bpf_clone_redirect`
    /// @param minimumKernel the first version that has it for them: `4.2`
    public static BpfFeature helper(int number, String name, String minimumKernel) {
        BpfCode call = new BpfAssembler().call(number).exit().assemble();
        return new BpfFeature(name, minimumKernel, () -> {
            try {
                BpfProgram.load(BpfProgram.Type.SCHED_CLS, "probe", call).close();
            } catch (VerifierRejection e) {
                // Without arguments it is refused anyway: for these words only where there is no such function.
                String log = e.log();
                if (log.contains("unknown func") || log.contains("invalid func") || log.contains("cannot use helper")) {
                    SystemCalls.check("bpf BPF_PROG_LOAD", -Errno.EINVAL);
                }
            }
        });
    }

    /// The first reason why not all of them can be had; empty when they can.
    public static Optional<String> missing(List<BpfFeature> features) {
        return features.stream().flatMap(feature -> feature.missing().stream()).findFirst();
    }

    private static void load(BpfProgram.Type type) throws SystemCallException, VerifierRejection {
        BpfProgram.load(type, "probe", new BpfAssembler().move(BpfAssembler.Register.R0, 1).exit().assemble()).close();
    }

    private static void create(BpfMapSpec spec) throws SystemCallException {
        BpfMap.create(spec).close();
    }

    /// Why it cannot be had, as a clause for people; empty when it can. Asked of the kernel once in a process.
    public Optional<String> missing() {
        String known = missing;
        if (known == null) {
            known = probe();
            missing = known;
        }
        return known.isEmpty() ? Optional.empty() : Optional.of(known);
    }

    private String probe() {
        try {
            probe.run();
            return "";
        } catch (SystemCallException e) {
            return e.errno() == Errno.EINVAL
                    ? String.valueOf(new UnsupportedFeature(title, minimumKernel).getMessage())
                    : reason(e);
        } catch (VerifierRejection e) {
            return String.valueOf(e.getMessage());
        }
    }

    /// What the failure of a call that this feature needs means, as a clause for people.
    public String reason(SystemCallException e) {
        return switch (e.errno()) {
            case Errno.EPERM, Errno.EACCES ->
                title + " needs CAP_BPF and CAP_NET_ADMIN, for example root (" + e.getMessage() + ")";
            case Errno.ENOSYS -> title + " needs a kernel with bpf(2) (" + e.getMessage() + ")";
            default -> title + " does not work here (" + e.getMessage() + ")";
        };
    }
}
