package io.nubicast.dataplane.ebpf;

import io.nubicast.forwarding.PlaneUnavailable;
import io.nubicast.kernel.bpf.BpfCollection;
import io.nubicast.kernel.bpf.BpfObject;
import io.nubicast.kernel.bpf.VerifierRejection;
import io.nubicast.kernel.sys.Errno;
import io.nubicast.kernel.sys.SystemCallException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Brings programs into the kernel, and says for people why it cannot. What is in `src/main/bpf` is here as objects, also what other
/// packages use.
public final class KernelPrograms {
    private static final String PRIVILEGE = "needs CAP_BPF and CAP_NET_ADMIN, for example root";

    private KernelPrograms() {}

    /// An object of this package.
    public static BpfObject object(String name) {
        try {
            return BpfObject.ofResource(KernelPrograms.class, name);
        } catch (IOException e) {
            throw new UncheckedIOException("the build is broken", e);
        }
    }

    /// Loads it.
    ///
    /// @throws PlaneUnavailable with the verifier's reason, whose whole log then is in a file that the message names, or with what
    ///         is missing
    public static BpfCollection load(BpfCollection.Loading loading) throws PlaneUnavailable {
        try {
            return loading.load();
        } catch (VerifierRejection e) {
            throw new PlaneUnavailable("cannot be loaded: " + e.getMessage() + log(e), e);
        } catch (SystemCallException e) {
            throw unavailable(e);
        }
    }

    private static String log(VerifierRejection rejection) {
        try {
            Path file = Files.createTempFile("nubicast-verifier-", ".log");
            Files.writeString(file, rejection.log());
            return " (all of its log: " + file + ")";
        } catch (IOException e) {
            return " (its log cannot be kept: " + e.getMessage() + ")";
        }
    }

    /// What a failed call means.
    public static PlaneUnavailable unavailable(SystemCallException e) {
        return new PlaneUnavailable(switch (e.errno()) {
            case Errno.EPERM, Errno.EACCES -> PRIVILEGE + " (" + e.getMessage() + ")";
            case Errno.ENOSYS -> "needs a kernel with bpf(2) (" + e.getMessage() + ")";
            case Errno.EINVAL -> "needs a newer kernel (" + e.getMessage() + ")";
            default -> "does not work here (" + e.getMessage() + ")";
        }, e);
    }
}
