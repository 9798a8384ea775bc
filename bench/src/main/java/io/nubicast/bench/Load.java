package io.nubicast.bench;

import java.util.Locale;

/// What a source offers. Written `50 k/s poisson`.
record Load(int datagramsPerSecond, Shape shape) {
    /// Where the source keeps the relay busy instead.
    static final Load SATURATED = new Load(0, Shape.EVEN);

    /// How datagrams follow each other: at equal distances, at random moments, or 16 at once.
    enum Shape {
        EVEN, POISSON, BURSTS;

        String label() {
            return this == BURSTS ? "bursts of 16" : this == POISSON ? "Poisson" : "even";
        }
    }

    String argument() {
        return shape.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return datagramsPerSecond % 1000 == 0
                ? datagramsPerSecond / 1000 + " k/s " + shape.label()
                : datagramsPerSecond + "/s " + shape.label();
    }
}
