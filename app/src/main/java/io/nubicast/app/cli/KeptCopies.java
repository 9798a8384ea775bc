package io.nubicast.app.cli;

import io.nubicast.dataplane.ebpf.KeptForwarding;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;

/// What commands say of copies that the kernel makes although no server is there.
final class KeptCopies {
    private KeptCopies() {}

    /// Prints a line when there are some; nothing where this process may not look.
    static void tell(PrintStream err) {
        List<KeptForwarding.Kept> kept;
        try {
            kept = KeptForwarding.list();
        } catch (IOException e) {
            return;
        }
        if (!kept.isEmpty()) {
            err.println("nubicast: no proxy server runs, but its copies go on in the kernel on " + names(kept)
                    + "; 'nubicast proxy release' ends them, the next server takes them over");
        }
    }

    static String names(List<KeptForwarding.Kept> kept) {
        return kept.stream().map(KeptForwarding.Kept::name).collect(Collectors.joining(", "));
    }
}
