package io.nubicast.kernel.bpf;

import java.io.IOException;
import java.io.Serial;

/// The kernel's verifier refused a program. The message has the line that says why; [#log()] has all.
public final class VerifierRejection extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String log;

    VerifierRejection(String program, String log) {
        super("the kernel refuses the program " + program + ": " + reason(log));
        this.log = log;
    }

    /// The last line that is not the summary of the work done.
    private static String reason(String log) {
        return log.lines().map(String::strip).filter(line -> !line.isEmpty() && !line.startsWith("processed "))
                .reduce((earlier, later) -> later).orElse("without a word");
    }

    /// What the verifier wrote, many lines.
    public String log() {
        return log;
    }
}
