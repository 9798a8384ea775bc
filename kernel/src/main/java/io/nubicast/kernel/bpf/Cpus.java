package io.nubicast.kernel.bpf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Processors as per-CPU maps count them.
public final class Cpus {
    private static final Path POSSIBLE = Path.of("/sys/devices/system/cpu/possible");

    private Cpus() {}

    /// How many may ever be there, also those that are off.
    public static int possible() {
        return Holder.POSSIBLE_COUNT;
    }

    /// Of a list of the kernel, `0-3,8`.
    ///
    /// @throws NumberFormatException for anything else
    static int count(String list) {
        int count = 0;
        for (String range : list.strip().split(",", -1)) {
            int dash = range.indexOf('-');
            count += dash < 0
                    ? 1
                    : 1 + Integer.parseInt(range.substring(dash + 1)) - Integer.parseInt(range.substring(0, dash));
        }
        return count;
    }

    private static final class Holder {
        static final int POSSIBLE_COUNT;

        static {
            try {
                POSSIBLE_COUNT = count(Files.readString(POSSIBLE));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
