package io.nubicast.kernel.bpf;

import java.io.IOException;
import java.io.Serial;

/// Another process has its program where this one was to go.
public final class InterfaceTaken extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int process;

    InterfaceTaken(String owner, int interfaceIndex, BpfLink.Direction direction, int process) {
        super(owner + " is at work on interface " + interfaceIndex + " (" + direction + ") already, in "
                + (process > 0 ? "process " + process : "another process") + "; stop it or name another interface");
        this.process = process;
    }

    /// The other process, or 0 where it cannot be seen from here.
    public int process() {
        return process;
    }
}
