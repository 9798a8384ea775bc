package io.nubicast.dataplane.gre;

import io.nubicast.dataplane.gre.TunnelStatus.LineState;

/// Whether a tunnel is up (GRE-031), without I/O and clock. One thread.
///
/// A tunnel that was found recursive stays down for a while, 10 s and each time twice as long, up to 60 s: being down makes the routes
/// go that led into it, so being up at once would bring them back.
final class LineProtocol {
    private static final long FIRST_HOLD_NS = 10_000_000_000L;
    private static final long LONGEST_HOLD_NS = 60_000_000_000L;

    /// What the state follows from.
    ///
    /// @param shutdown by the administrator
    /// @param source has an address, on an interface that is up
    /// @param route to the destination
    /// @param recursive that route leads into the tunnel
    /// @param keepalive answered, or not wanted
    /// @param track bound to the tunnel is up, or there is none
    record Conditions(boolean shutdown, boolean source, boolean route, boolean recursive, boolean keepalive,
            boolean track) {}

    private LineState state = new LineState(false, "initializing");
    private boolean held;
    private long heldUntilNs;
    private long releasedNs;
    private long holdNs = FIRST_HOLD_NS;

    /// Evaluates.
    ///
    /// @return the state from now on
    LineState on(Conditions now, long nowNs) {
        if (held && heldUntilNs - nowNs <= 0) {
            held = false;
            releasedNs = nowNs;
        }
        if (now.recursive && !held && !now.shutdown) {
            // a long time without: what happened then does not count any more
            holdNs = releasedNs != 0 && nowNs - releasedNs < LONGEST_HOLD_NS
                    ? Math.min(2 * holdNs, LONGEST_HOLD_NS)
                    : FIRST_HOLD_NS;
            held = true;
            heldUntilNs = nowNs + holdNs;
        }
        state = evaluate(now);
        return state;
    }

    private LineState evaluate(Conditions now) {
        if (now.shutdown) {
            return down("administratively down");
        }
        if (!now.source) {
            return down("tunnel source has no usable address");
        }
        if (!now.route) {
            return down("no route to the tunnel destination");
        }
        if (held) {
            return down("temporarily disabled due to recursive routing");
        }
        if (!now.track) {
            return down("tracked object is down");
        }
        return now.keepalive ? new LineState(true, "") : down("keepalives are not answered");
    }

    private static LineState down(String reason) {
        return new LineState(false, reason);
    }

    LineState state() {
        return state;
    }

    /// Whether it is down because it was recursive.
    boolean isHeld() {
        return held;
    }

    /// When to evaluate again whatever happens; [Long#MAX_VALUE] for no need.
    long nextDeadlineNs() {
        return held ? heldUntilNs : Long.MAX_VALUE;
    }
}
