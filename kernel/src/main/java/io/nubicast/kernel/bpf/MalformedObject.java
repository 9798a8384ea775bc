package io.nubicast.kernel.bpf;

import java.io.IOException;
import java.io.Serial;

/// A file is no object that [BpfObject] can use. The message says what about it, and what to change where a compiler made it so.
public final class MalformedObject extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    MalformedObject(String what) {
        super("the eBPF object cannot be used: " + what);
    }
}
