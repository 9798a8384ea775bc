package io.nubicast.dataplane.packet;

import java.util.Arrays;

/// Finds, among the datagrams that one receive call brought, the runs that can leave as one segmentation-offloaded frame a member:
/// those of one flow with equal size, TTL and DSCP, the last one may be shorter. It waits for nothing and knows no time.
///
/// Runs of one flow are numbered in the order of their datagrams, so that who sends run after run keeps the order of every flow;
/// between flows there is none to keep, so interleaved flows coalesce, too. One thread, allocates nothing after construction.
final class Coalescer {
    /// More would not fit one frame (IPv4's total length), headers included.
    static final int MOST_RUN_BYTES = 65_000;
    private static final int END = -1;

    private final int burst;
    private final int mask;
    /// By place in the table of flows: the flow's latest run, valid where its generation is the current one.
    private final int[] latest;
    private final int[] generations;
    private int generation;
    /// Of the flow of the datagram added last, which often is the next one's, too; -1 before the first.
    private int lastPlace = -1;
    private long lastAddresses;
    private int lastPorts;

    private final long[] flowAddresses;
    private final int[] flowPorts;
    private final int[] classes;
    private final int[] first;
    private final int[] last;
    private final int[] counts;
    private final int[] segmentBytes;
    private final int[] totalBytes;
    private final boolean[] open;
    private int runs;
    /// By datagram: the next one of its run.
    private final int[] next;

    /// @param capacity the most datagrams a receive call brings
    /// @param burst the most datagrams of a run, 1 for none together
    Coalescer(int capacity, int burst) {
        this.burst = burst;
        int table = Integer.highestOneBit(Math.max(1, capacity)) * 4;
        mask = table - 1;
        latest = new int[table];
        generations = new int[table];
        flowAddresses = new long[capacity];
        flowPorts = new int[capacity];
        classes = new int[capacity];
        first = new int[capacity];
        last = new int[capacity];
        counts = new int[capacity];
        segmentBytes = new int[capacity];
        totalBytes = new int[capacity];
        open = new boolean[capacity];
        next = new int[capacity];
    }

    /// Forgets all: a new receive call.
    void clear() {
        runs = 0;
        lastPlace = -1;
        if (++generation == 0) {
            Arrays.fill(generations, 0);
            generation = 1;
        }
    }

    /// Adds a datagram behind those added before.
    ///
    /// @param datagram its number, the caller's slot: below the capacity, each once
    /// @param addresses of the flow: source and group
    /// @param ports of the flow: source port and group port
    /// @param treatment what else must be equal within a run: TTL and DSCP
    /// @param bytes of the payload
    /// @param alone it shares a frame with no other: it has no checksum, or it is a frame's worth itself
    /// @return the number of its run
    int add(int datagram, long addresses, int ports, int treatment, int bytes, boolean alone) {
        next[datagram] = END;
        if (burst > 1) {
            boolean same = lastPlace >= 0 && addresses == lastAddresses && ports == lastPorts;
            int place = same ? lastPlace : place(addresses, ports);
            int run = same || generations[place] == generation ? latest[place] : END;
            if (run >= 0 && !alone && open[run] && classes[run] == treatment && bytes > 0 && bytes <= segmentBytes[run]
                    && totalBytes[run] + bytes <= MOST_RUN_BYTES) {
                next[last[run]] = datagram;
                last[run] = datagram;
                counts[run]++;
                totalBytes[run] += bytes;
                open[run] = bytes == segmentBytes[run] && counts[run] < burst;
                return run;
            }
            latest[place] = runs;
            generations[place] = generation;
            lastPlace = place;
            lastAddresses = addresses;
            lastPorts = ports;
            flowAddresses[runs] = addresses;
            flowPorts[runs] = ports;
            classes[runs] = treatment;
            last[runs] = datagram;
            open[runs] = !alone && bytes > 0;
        }
        int run = runs++;
        first[run] = datagram;
        counts[run] = 1;
        segmentBytes[run] = bytes;
        totalBytes[run] = bytes;
        return run;
    }

    private int place(long addresses, int ports) {
        long hash = (addresses ^ ports * 0x9E3779B97F4A7C15L) * 0xD6E8FEB86659FD93L;
        int place = (int) (hash >>> 40) & mask;
        while (generations[place] == generation
                && (flowAddresses[latest[place]] != addresses || flowPorts[latest[place]] != ports)) {
            place = place + 1 & mask;
        }
        return place;
    }

    /// How many runs there are; the other accessors take a number below this.
    int runs() {
        return runs;
    }

    /// The run's first datagram.
    int first(int run) {
        return first[run];
    }

    /// The datagram behind that one in its run, or a negative number.
    int next(int datagram) {
        return next[datagram];
    }

    /// How many datagrams the run has.
    int count(int run) {
        return counts[run];
    }

    /// Payload bytes of each datagram but the last.
    int segmentBytes(int run) {
        return segmentBytes[run];
    }

    /// Payload bytes of all.
    int totalBytes(int run) {
        return totalBytes[run];
    }
}
