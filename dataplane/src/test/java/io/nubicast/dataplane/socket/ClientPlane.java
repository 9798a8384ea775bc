package io.nubicast.dataplane.socket;

import io.nubicast.dataplane.PlaneOptions;
import io.nubicast.dataplane.Steering;
import io.nubicast.dataplane.ebpf.EbpfClientPlane;
import io.nubicast.dataplane.socket.SocketClientPlane.Intake;
import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.DataPlane;
import io.nubicast.forwarding.PlaneUnavailable;
import io.nubicast.kernel.bpf.Attachment;

/// The clients of Linux that are tested.
enum ClientPlane {
    /// The plane `ebpf`.
    KERNEL,
    /// The same as on Linux before 6.6.
    KERNEL_BY_CLSACT,
    /// The plane `socket`, copies steered.
    STEERED,
    /// The plane `socket`, ports bound.
    BOUND;

    /// Skips the test where it cannot be had.
    void assume() {
        if (this != BOUND) {
            Steering.assume();
        }
    }

    /// In the caller's namespace.
    DataPlane open(CounterRegistry counters) throws PlaneUnavailable {
        return switch (this) {
            case KERNEL -> new EbpfClientPlane(counters, PlaneOptions.DEFAULT);
            case KERNEL_BY_CLSACT ->
                new EbpfClientPlane(counters, PlaneOptions.DEFAULT, Attachment.Mechanism.CLSACT);
            case STEERED -> new SocketClientPlane(counters, PlaneOptions.DEFAULT, Intake.STEERED);
            case BOUND -> new SocketClientPlane(counters, PlaneOptions.DEFAULT, Intake.BOUND);
        };
    }
}
