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

    /// One more than the largest number that a program can see as its processor's (bpf_get_smp_processor_id): where there are gaps,
    /// more than there are processors.
    public static int limit() {
        return Holder.LIMIT;
    }

    /// As [#limit()], of a list of the kernel.
    static int limit(String list) {
        String text = list.strip();
        return 1 + Integer.parseInt(text.substring(Math.max(text.lastIndexOf('-'), text.lastIndexOf(',')) + 1));
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
        static final int LIMIT;

        static {
            try {
                String list = Files.readString(POSSIBLE);
                POSSIBLE_COUNT = count(list);
                LIMIT = limit(list);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
