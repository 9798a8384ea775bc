package io.nubicast.app.demo;

import java.util.List;

/// What is shown at one moment.
///
/// @param act what is going on
/// @param elapsedSeconds since the command began
/// @param seconds when it will end
record Frame(String act, double elapsedSeconds, int seconds, List<Part> parts) {
    Frame {
        parts = List.copyOf(parts);
    }

    /// A picture with the numbers of its hops.
    record Part(Scene.Picture picture, List<Row> rows) {
        Part {
            rows = List.copyOf(rows);
        }
    }

    /// A hop with its numbers.
    ///
    /// @param packetsPerSecond over about the last second; negative: not known
    /// @param bitsPerSecond the same
    /// @param lost sent before, but not here; negative: says nothing here
    record Row(Hop hop, Hop.Reading reading, double packetsPerSecond, double bitsPerSecond, long lost) {
        boolean well() {
            return reading.well() && lost <= 0;
        }
    }
}
