package io.nubicast.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What was measured of one quantity: samples by cell and variant.
///
/// @param <S> a sample
final class Results<S> {
    private final Map<Cell, Map<Variant, List<S>>> samples = new LinkedHashMap<>();

    void add(Cell cell, Variant variant, S sample) {
        samples.computeIfAbsent(cell, c -> new EnumMap<>(Variant.class))
                .computeIfAbsent(variant, v -> new ArrayList<>())
                .add(sample);
    }

    List<S> of(Cell cell, Variant variant) {
        return samples.getOrDefault(cell, Map.of()).getOrDefault(variant, List.of());
    }

    List<Cell> cells() {
        return List.copyOf(samples.keySet());
    }

    boolean isEmpty() {
        return samples.isEmpty();
    }

    /// The value below which a part `q` of the values lies; NaN of none.
    static double quantile(double[] values, double q) {
        if (values.length == 0) {
            return Double.NaN;
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
    }

    /// 10 ms of a saturated relay.
    ///
    /// @param wallNs how long it really was
    /// @param cpuNs of all threads of the relay's process
    /// @param copies that left the host
    record Window(long wallNs, long cpuNs, long copies) {
        /// Below, the relay was hardly scheduled in that time, and the window says little.
        private static final int FEWEST_COPIES = 200;

        /// The fastest decile of windows in which the relay really ran.
        static double costNs(List<Window> windows) {
            return costNs(windows, 0.1);
        }

        static double costNs(List<Window> windows, double q) {
            return quantile(windows.stream().filter(window -> window.copies() >= FEWEST_COPIES)
                    .mapToDouble(Window::cpuNsPerCopy).toArray(), q);
        }

        double cpuNsPerCopy() {
            return (double) cpuNs / copies;
        }
    }

    /// A saturated slice with real receivers.
    ///
    /// @param received copies
    /// @param reordered copies that came after a later one
    record Throughput(List<Window> windows, long received, long reordered) {
        /// That left the relay's host while the slice lasted.
        double copiesPerSecond() {
            return windows.stream().mapToLong(Window::copies).sum() * 1e9
                    / windows.stream().mapToLong(Window::wallNs).sum();
        }
    }

    /// A slice at a fixed rate.
    ///
    /// @param copiesPerSecond received
    /// @param loss 0..1
    record Latency(double copiesPerSecond, double loss, long reordered, double p50Us, double p99Us, double maxUs) {}
}
