package io.nubicast.app.demo;

import io.nubicast.app.demo.Scene.Comparison;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The end of a stream: what is still under way arrives, then both ends are compared.
final class Drain {
    private static final long NAP_NS = 10_000_000;

    private Drain() {}

    /// Waits until all has arrived, or nothing more has for a while.
    static void await(BooleanSupplier complete, LongSupplier received, long quietNs, long limitNs) {
        long startNs = System.nanoTime();
        long lastNs = startNs;
        long last = -1;
        while (!complete.getAsBoolean()) {
            long now = received.getAsLong();
            long nowNs = System.nanoTime();
            if (now != last) {
                last = now;
                lastNs = nowNs;
            }
            if (nowNs - lastNs > quietNs || nowNs - startNs > limitNs) {
                return;
            }
            LockSupport.parkNanos(NAP_NS);
        }
        // One more moment: a duplicate would still be on its way.
        LockSupport.parkNanos(quietNs / 4);
    }

    /// Compares every member, ended, with its source, ended.
    static List<Comparison> compare(@Nullable Source source, Map<String, Member> members) {
        if (source == null) {
            return List.of();
        }
        String sent = source.fingerprint();
        List<Comparison> all = new ArrayList<>();
        members.forEach((name, member) -> all.add(new Comparison(name.toUpperCase(Locale.ROOT), source.packets(),
                member.packets(), source.packets() > 0 && sent.equals(member.fingerprint()))));
        return all;
    }
}
