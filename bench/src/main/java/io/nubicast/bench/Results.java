package io.nubicast.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What was measured of one quantity: samples by case and variant.
///
/// @param <S> a sample
final class Results<S> {
    private final Map<Case, Map<Variant, List<S>>> samples = new LinkedHashMap<>();

    /// In what a measurement is made.
    record Case(Cell cell, Load load) {}

    void add(Cell cell, Variant variant, S sample) {
        add(new Case(cell, Load.SATURATED), variant, sample);
    }

    void add(Case place, Variant variant, S sample) {
        samples.computeIfAbsent(place, c -> new EnumMap<>(Variant.class))
                .computeIfAbsent(variant, v -> new ArrayList<>())
                .add(sample);
    }

    List<S> of(Cell cell, Variant variant) {
        return of(new Case(cell, Load.SATURATED), variant);
    }

    List<S> of(Case place, Variant variant) {
        return samples.getOrDefault(place, Map.of()).getOrDefault(variant, List.of());
    }

    List<Case> cases() {
        return List.copyOf(samples.keySet());
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
    /// @param frames in which they left
    /// @param sendingNs CPU time of the source's calls that send
    record Window(long wallNs, long cpuNs, long copies, long frames, long sendingNs) {
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

        /// The same of source and relay together.
        static double costWithSourceNs(List<Window> windows) {
            return quantile(windows.stream().filter(window -> window.copies() >= FEWEST_COPIES)
                    .mapToDouble(window -> (double) (window.cpuNs() + window.sendingNs()) / window.copies()).toArray(),
                    0.1);
        }

        /// Of that the source's part, on average.
        static double sourceNs(List<Window> windows) {
            return (double) windows.stream().mapToLong(Window::sendingNs).sum()
                    / windows.stream().mapToLong(Window::copies).sum();
        }

        static double meanBurst(List<Window> windows) {
            return (double) windows.stream().mapToLong(Window::copies).sum()
                    / windows.stream().mapToLong(Window::frames).sum();
        }

        double cpuNsPerCopy() {
            return (double) cpuNs / copies;
        }
    }

    /// A saturated slice with real receivers.
    ///
    /// @param receivedPerSecond copies that the members read, while source and relay were at it
    /// @param reordered copies that came after a later one
    record Throughput(List<Window> windows, double receivedPerSecond, long reordered) {
        /// Copies that left the relay's host.
        double leftPerSecond() {
            return windows.stream().mapToLong(Window::copies).sum() * 1e9
                    / windows.stream().mapToLong(Window::wallNs).sum();
        }
    }

    /// A slice at a fixed rate, with real receivers.
    ///
    /// @param copiesPerSecond received
    /// @param loss 0..1
    record Latency(double copiesPerSecond, double loss, long reordered, double p50Us, double p99Us, double maxUs) {}

    /// A slice of a load, seen by one member of all.
    ///
    /// @param loss of the copies of all members, 0..1, or of that one's, whichever is more
    /// @param meanBurst datagrams a frame
    /// @param overloaded whether it was ended early, because more and more datagrams waited
    record Paced(double datagramsPerSecond, double loss, double meanBurst, long reordered, double p50Us, double p99Us,
            double maxUs, boolean overloaded) {}

    /// What the members got of datagrams that they could check.
    ///
    /// @param copies received, of all members together
    /// @param badChecksums counted by the kernel of the members
    /// @param faults in words, empty when all is well
    record Checked(long copies, long badChecksums, String faults) {}
}
