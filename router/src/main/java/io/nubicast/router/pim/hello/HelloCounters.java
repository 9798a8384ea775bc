package io.nubicast.router.pim.hello;

/// Hellos of an interface so far (GEN-005).
///
/// @param in Hellos that were taken
/// @param out Hellos that were sent
/// @param denied by the neighbour filter
/// @param overflow of neighbours beyond the limit
/// @param ignored while PIM is passive or down there, or with a source that is no neighbour's: our own, or no unicast address
/// @param conflicts secondary addresses that moved from one neighbour to another
public record HelloCounters(long in, long out, long denied, long overflow, long ignored, long conflicts) {
    static final HelloCounters NONE = new HelloCounters(0, 0, 0, 0, 0, 0);

    HelloCounters plusIn() {
        return new HelloCounters(in + 1, out, denied, overflow, ignored, conflicts);
    }

    HelloCounters plusOut() {
        return new HelloCounters(in, out + 1, denied, overflow, ignored, conflicts);
    }

    HelloCounters plusDenied() {
        return new HelloCounters(in, out, denied + 1, overflow, ignored, conflicts);
    }

    HelloCounters plusOverflow() {
        return new HelloCounters(in, out, denied, overflow + 1, ignored, conflicts);
    }

    HelloCounters plusIgnored() {
        return new HelloCounters(in, out, denied, overflow, ignored + 1, conflicts);
    }

    HelloCounters plusConflict() {
        return new HelloCounters(in, out, denied, overflow, ignored, conflicts + 1);
    }
}
