package io.nubicast.dataplane;

/// How a plane works, as far as it can: each takes what concerns it and leaves the rest.
///
/// @param burst the most datagrams that leave as one segmentation-offloaded frame, 1..64; 1 switches coalescing off
/// @param workers threads over which flows are spread, 1..64
/// @param pinned whether each worker stays on a processor of its own
/// @param realTimePriority of the workers under SCHED_FIFO, 1..99; 0 for the ordinary scheduler
/// @param mindsFirewall whether members behind an interface with output rules are left to the kernel's own path, which those rules
///     see; not when the user asked for this very plane
/// @param kernelBursts where copies are made inside the kernel: whether datagrams of local senders are gathered first and copied as
///     bursts, for throughput, instead of each in its sender's own call, for delay
/// @param dropsOriginal where copies are made inside the kernel: whether the multicast datagram itself does not leave
/// @param keepsForwarding where copies are made inside the kernel: whether it goes on to make them when the plane is closed or its
///     process ends, until the next one takes over
public record PlaneOptions(int burst, int workers, boolean pinned, int realTimePriority, boolean mindsFirewall,
        boolean kernelBursts, boolean dropsOriginal, boolean keepsForwarding) {
    public static final int MOST_BURST = 64;
    public static final int MOST_WORKERS = 64;
    /// Coalescing on, one worker, minds the firewall.
    public static final PlaneOptions DEFAULT = new PlaneOptions(MOST_BURST, 1, false, 0, true);

    /// @throws IllegalArgumentException for a value out of its range
    public PlaneOptions {
        range("burst", burst, 1, MOST_BURST);
        range("workers", workers, 1, MOST_WORKERS);
        range("realTimePriority", realTimePriority, 0, 99);
    }

    private static void range(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " " + value + " is not within " + least + ".." + most);
        }
    }

    /// Copies in the kernel as each datagram is sent; originals leave.
    public PlaneOptions(int burst, int workers, boolean pinned, int realTimePriority, boolean mindsFirewall) {
        this(burst, workers, pinned, realTimePriority, mindsFirewall, false, false, false);
    }

    /// As this, but with other settings for copies inside the kernel.
    public PlaneOptions withKernel(boolean bursts, boolean drops) {
        return new PlaneOptions(burst, workers, pinned, realTimePriority, mindsFirewall, bursts, drops,
                keepsForwarding);
    }

    /// As this, but with copies inside the kernel that outlive the process or do not.
    public PlaneOptions withKeptForwarding(boolean keeps) {
        return new PlaneOptions(burst, workers, pinned, realTimePriority, mindsFirewall, kernelBursts, dropsOriginal,
                keeps);
    }

    /// As this, but minding the firewall or not.
    public PlaneOptions withMindsFirewall(boolean minds) {
        return new PlaneOptions(burst, workers, pinned, realTimePriority, minds, kernelBursts, dropsOriginal,
                keepsForwarding);
    }
}
