package io.nubicast.app.daemon;

import io.nubicast.forwarding.Capability;

/// An option that was given and that not every data plane can honour.
///
/// @param option as it was written: `--workers 4`
/// @param needs what the plane must be able to do
public record PlaneWish(String option, Capability needs) {
    /// Whether the daemon must not run without it, whichever plane was found: copies would not be understood, or accepted from whom
    /// they should not be.
    boolean isIndispensable() {
        return needs == Capability.MARKS_COPIES;
    }

    /// For people, of a plane that cannot: `--workers 4 has no effect: data plane socket has one worker`.
    String complaint(String plane) {
        String why = switch (needs) {
            case COALESCES -> "sends every copy by itself";
            case SPREADS_FLOWS -> "has one worker";
            case MARKS_COPIES -> "neither sets nor sees the type of service";
            case OUTLIVES_PROCESS -> "makes copies only while it runs";
            case PLACES_WORKERS -> "leaves it to the system where and when its threads run";
            default -> "cannot do that";
        };
        return option + " has no effect: data plane " + plane + " " + why;
    }
}
