package io.nubicast.app.demo;

import io.nubicast.app.demo.Hop.Reading;
import io.nubicast.app.demo.Scene.Picture;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;

/// Reads the hops and works out rates and losses. One thread.
final class Board {
    private static final double NANOS = 1e9;
    /// Rates are over this many frames.
    private static final int MEMORY = 5;

    /// @param gap sent, but not here
    private record Past(long atNs, Reading reading, long gap) {}

    private final List<Picture> pictures;
    private final IdentityHashMap<Hop, Deque<Past>> pasts = new IdentityHashMap<>();

    Board(List<Picture> pictures) {
        this.pictures = List.copyOf(pictures);
    }

    /// The sources begin anew.
    void restart() {
        pasts.clear();
    }

    /// @param expecting false while nothing is meant to arrive: then nothing counts as lost
    Frame frame(String act, double elapsedSeconds, int seconds, boolean expecting) {
        List<Frame.Part> parts = new ArrayList<>();
        for (Picture picture : pictures) {
            List<Frame.Row> rows = new ArrayList<>();
            long sent = -1;
            for (Hop hop : picture.hops()) {
                Frame.Row row = row(hop, sent);
                rows.add(row);
                if (expecting && hop.role() == Hop.Role.SOURCE) {
                    sent = row.reading().packets();
                }
            }
            parts.add(new Frame.Part(picture, rows));
        }
        return new Frame(act, elapsedSeconds, seconds, parts);
    }

    /// After the end: rates over the whole time of the stream, and losses that are final.
    ///
    /// @param streamNs how long it was sent
    Frame total(String act, double elapsedSeconds, int seconds, long streamNs) {
        List<Frame.Part> parts = new ArrayList<>();
        for (Picture picture : pictures) {
            List<Frame.Row> rows = new ArrayList<>();
            long sent = picture.hops().getFirst().now().get().packets();
            for (Hop hop : picture.hops()) {
                Reading reading = hop.now().get();
                long lost = hop.role() == Hop.Role.MEMBER ? Math.max(0, sent - reading.packets()) : -1;
                rows.add(new Frame.Row(hop, reading, reading.packets() * NANOS / streamNs,
                        reading.bytes() * 8 * NANOS / streamNs, lost));
            }
            parts.add(new Frame.Part(picture, rows));
        }
        return new Frame(act, elapsedSeconds, seconds, parts);
    }

    /// What is still under way is no loss: what has been missing in each of the last frames is.
    private Frame.Row row(Hop hop, long sent) {
        Reading reading = hop.now().get();
        long nowNs = System.nanoTime();
        Deque<Past> past = pasts.computeIfAbsent(hop, ignored -> new ArrayDeque<>());
        double packetRate = -1;
        double bitRate = -1;
        // What the VPC dropped is asked for once a second only, too seldom for a rate.
        if (!past.isEmpty() && reading.packets() >= 0 && hop.role() != Hop.Role.BLOCKED) {
            Past first = past.getFirst();
            double span = (nowNs - first.atNs()) / NANOS;
            packetRate = Math.max(0, (reading.packets() - Math.max(0, first.reading().packets())) / span);
            if (reading.bytes() >= 0) {
                bitRate = Math.max(0, (reading.bytes() - Math.max(0, first.reading().bytes())) * 8 / span);
            }
        }
        boolean mustArrive = hop.role() == Hop.Role.MEMBER && sent >= 0;
        past.addLast(new Past(nowNs, reading, mustArrive ? Math.max(0, sent - reading.packets()) : 0));
        if (past.size() > MEMORY) {
            past.removeFirst();
        }
        long lost = mustArrive ? past.stream().mapToLong(Past::gap).min().orElse(0) : -1;
        return new Frame.Row(hop, reading, packetRate, bitRate, lost);
    }
}
