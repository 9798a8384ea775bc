package io.nubicast.dataplane.packet;

import java.util.Arrays;

/// The devices that did not take a segmentation-offloaded frame: their copies leave as single frames for a while, which grows with
/// each refusal. Written by one worker, which gives the time; [#isRefused(int)] may be asked by any thread.
final class RefusedBursts {
    static final long FIRST_NS = 1_000_000_000L;
    static final long MOST_NS = 64_000_000_000L;
    private static final int CAPACITY = 64;

    /// Is given device and errno.
    interface Listener {
        void refused(int device, int errno);
    }

    private final Listener told;
    private final int[] devices = new int[CAPACITY];
    private final long[] untilNs = new long[CAPACITY];
    private final long[] periodNs = new long[CAPACITY];
    private int count;
    private volatile int[] now = {};

    /// @param told is given device and errno with the first refusal of each device
    RefusedBursts(Listener told) {
        this.told = told;
    }

    /// Whether no device ever refused.
    boolean isEmpty() {
        return count == 0;
    }

    /// Whether that device gets no bursts now.
    boolean contains(int device, long nowNs) {
        for (int i = 0; i < count; i++) {
            if (devices[i] == device) {
                return nowNs - untilNs[i] < 0;
            }
        }
        return false;
    }

    /// The device refused a burst just now.
    void add(int device, int errno, long nowNs) {
        int at = 0;
        while (at < count && devices[at] != device) {
            at++;
        }
        if (at == count) {
            if (count == CAPACITY) {
                at = 0;
            } else {
                count++;
            }
            devices[at] = device;
            periodNs[at] = FIRST_NS;
            now = Arrays.copyOf(devices, count);
            told.refused(device, errno);
        } else if (nowNs - untilNs[at] >= 0) {
            periodNs[at] = Math.min(MOST_NS, 2 * periodNs[at]);
        } else {
            // From the same batch.
            return;
        }
        untilNs[at] = nowNs + periodNs[at];
    }

    /// Whether that device ever refused. Any thread.
    boolean isRefused(int device) {
        for (int each : now) {
            if (each == device) {
                return true;
            }
        }
        return false;
    }
}
