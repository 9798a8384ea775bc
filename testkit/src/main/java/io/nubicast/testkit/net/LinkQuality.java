package io.nubicast.testkit.net;

/// How well a link carries packets. Immutable. Each receiver of a packet on a LAN has its own luck.
///
/// @param delayNs how long each packet takes
/// @param jitterNs how much longer it may take, evenly spread; packets stay in order unless `reordering`
/// @param loss probability that it does not arrive, 0..1
/// @param duplication probability that it arrives twice, 0..1
/// @param reordering whether a packet that takes longer is overtaken by those behind it
public record LinkQuality(long delayNs, long jitterNs, double loss, double duplication, boolean reordering) {
    /// One millisecond, and nothing goes wrong.
    public static final LinkQuality GOOD = new LinkQuality(1_000_000, 0, 0, 0, false);

    public LinkQuality {
        if (delayNs < 0 || jitterNs < 0 || !(loss >= 0 && loss <= 1) || !(duplication >= 0 && duplication <= 1)) {
            throw new IllegalArgumentException("a quality of a link is out of its range");
        }
    }

    public LinkQuality withLoss(double probability) {
        return new LinkQuality(delayNs, jitterNs, probability, duplication, reordering);
    }

    public LinkQuality withDuplication(double probability) {
        return new LinkQuality(delayNs, jitterNs, loss, probability, reordering);
    }

    /// Packets may be late by that much, and are overtaken.
    public LinkQuality withReordering(long upToNs) {
        return new LinkQuality(delayNs, upToNs, loss, duplication, true);
    }
}
