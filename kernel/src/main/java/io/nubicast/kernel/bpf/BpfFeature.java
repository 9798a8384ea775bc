package io.nubicast.kernel.bpf;

import io.nubicast.kernel.sys.Errno;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.kernel.sys.UnsupportedFeature;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What eBPF can do here, found by trying it once.
public final class BpfFeature {
    /// Programs that choose the socket of an incoming datagram.
    public static final BpfFeature SOCKET_LOOKUP = new BpfFeature("sk_lookup", "5.9", BpfProgram.Type.SK_LOOKUP);

    private final String title;
    private final String minimumKernel;
    private final BpfProgram.Type type;
    /// Null before it was asked for, "" when nothing is missing.
    private volatile @Nullable String missing;

    private BpfFeature(String title, String minimumKernel, BpfProgram.Type type) {
        this.title = title;
        this.minimumKernel = minimumKernel;
        this.type = type;
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
        BpfCode pass = new BpfAssembler().move(BpfAssembler.Register.R0, 1).exit().assemble();
        try (BpfProgram program = BpfProgram.load(type, "probe", pass)) {
            return program.isOpen() ? "" : title + " cannot be probed";
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
