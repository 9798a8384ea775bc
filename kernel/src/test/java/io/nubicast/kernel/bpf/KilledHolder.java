package io.nubicast.kernel.bpf;

import io.nubicast.kernel.sys.NetworkNamespace;
import io.nubicast.kernel.tun.TapDevice;
import java.util.Optional;

/// A process of its own, to be killed: it has a program on `west` and a TAP device.
final class KilledHolder {
    private KilledHolder() {}

    /// Arguments: namespace, mechanism, owner.
    @SuppressWarnings("SystemOut")
    public static void main(String[] arguments) throws Exception {
        NetworkNamespace.enter(arguments[0]);
        try (BpfCollection loaded = BpfCollection.of(BpfObject.ofResource(KilledHolder.class, "count.o")).load();
                Attachment attachment = Attachment.attach(Attachment.Mechanism.valueOf(arguments[1]),
                        loaded.program("tcx/egress"),
                        new Attachment.Place(Namespace.index("west"), BpfLink.Direction.EGRESS, arguments[2]),
                        Optional.empty());
                TapDevice device = TapDevice.open("held")) {
            System.out.println("ready " + attachment.place() + device.name());
            System.in.read();
        }
    }
}
