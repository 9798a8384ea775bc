package io.nubicast.dataplane.gre;

import io.nubicast.dataplane.gre.TunnelStatus.CarriedBy;
import io.nubicast.forwarding.PlaneUnavailable;
import io.nubicast.kernel.sys.SystemCallException;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Decides which tunnels the kernel's programs carry, and loads them when the first one wants them. Where they cannot be had, user space
/// carries everything. One thread.
final class KernelCarrier implements AutoCloseable {
    private final Consumer<String> notices;
    private @Nullable KernelTunnels programs;
    private String missing = "";

    KernelCarrier(Consumer<String> notices) {
        this.notices = notices;
    }

    /// Makes it so.
    CarriedBy evaluate(Tunnel tunnel, TunnelConfig config, TunnelPath path, Optional<Underlay.Hop> hop) {
        if (!path.up || hop.isEmpty()) {
            return left(tunnel, "the line protocol is down");
        }
        Optional<String> obstacle = KernelTunnels.obstacle(config, hop.get());
        if (obstacle.isPresent()) {
            return left(tunnel, obstacle.get());
        }
        KernelTunnels loaded = programs();
        if (loaded == null) {
            return new CarriedBy(false, missing);
        }
        try {
            loaded.carry(tunnel, path, hop.get());
            return new CarriedBy(true, "");
        } catch (IOException e) {
            return left(tunnel, String.valueOf(e.getMessage()));
        }
    }

    private @Nullable KernelTunnels programs() {
        if (programs == null && missing.isEmpty()) {
            try {
                programs = KernelTunnels.load();
            } catch (PlaneUnavailable e) {
                missing = "eBPF " + e.getMessage();
                notices.accept("tunnels are carried in user space: " + missing);
            }
        }
        return programs;
    }

    private CarriedBy left(Tunnel tunnel, String reason) {
        if (programs != null) {
            try {
                programs.leave(tunnel);
            } catch (SystemCallException e) {
                notices.accept(tunnel + " is still carried by the kernel: " + e.getMessage());
                return new CarriedBy(true, "");
            }
        }
        return new CarriedBy(false, reason);
    }

    /// The tunnel is about to go.
    void forget(Tunnel tunnel) {
        if (programs != null) {
            try {
                programs.forget(tunnel);
            } catch (SystemCallException e) {
                notices.accept(tunnel + ": " + e.getMessage());
            }
        }
    }

    KernelTunnels.Counts counts(Tunnel tunnel) {
        return programs == null ? KernelTunnels.Counts.NONE : programs.counts(tunnel);
    }

    @Override
    public void close() {
        if (programs != null) {
            programs.close();
        }
    }
}
