package io.nubicast.dataplane.ebpf;

import io.nubicast.kernel.bpf.Attachment;
import io.nubicast.kernel.bpf.BpfLink;
import io.nubicast.kernel.bpf.BpfPins;
import io.nubicast.kernel.bpf.InterfaceTaken;
import io.nubicast.kernel.netlink.RouteEvent;
import io.nubicast.kernel.netlink.RouteNetlink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Copies that the kernel goes on to make when no server is there any more: because one was started so
/// ([io.nubicast.dataplane.PlaneOptions#keepsForwarding()]), or, before Linux 6.6, because it was killed. The next server in the
/// network namespace takes them over without a gap; [#end()] ends them.
///
/// What keeps a program is the name of its link in bpffs, in a directory for each network namespace, since numbers of interfaces
/// are unique within one only. Methods speak of the calling thread's namespace.
public final class KeptForwarding {
    static final String OWNER = "nubicast-server";
    private static final Path NAMESPACE = Path.of("/proc/thread-self/ns/net");

    private KeptForwarding() {}

    /// An interface on which copies go on to be made.
    ///
    /// @param name of it
    /// @param index of it
    public record Kept(String name, int index) {}

    private static Path directory() throws IOException {
        String told = System.getenv("NUBICAST_BPF_DIR");
        Path directory = told == null || told.isEmpty() ? BpfPins.DEFAULT_MOUNT.resolve("nubicast") : Path.of(told);
        return directory.resolve("server-" + Files.getAttribute(NAMESPACE, "unix:ino"));
    }

    /// Makes room for names.
    ///
    /// @throws IOException when bpffs is not mounted there, with what to do
    static BpfPins make() throws IOException {
        return BpfPins.at(directory());
    }

    /// Where names may be.
    static Optional<BpfPins> find() throws IOException {
        return BpfPins.existing(directory());
    }

    static Attachment.Place place(int device) {
        return new Attachment.Place(device, BpfLink.Direction.EGRESS, OWNER);
    }

    /// The interfaces on which copies go on to be made although no server is at work there.
    ///
    /// @throws IOException without the privilege to look
    public static List<Kept> list() throws IOException {
        Optional<BpfPins> pins = find();
        List<Kept> found = new ArrayList<>();
        for (RouteEvent.Link each : interfaces()) {
            if (Attachment.isLeft(place(each.index()), pins)) {
                found.add(new Kept(each.name(), each.index()));
            }
        }
        return found;
    }

    /// Ends them, but not those of a server that is at work.
    ///
    /// @return where there were some
    public static List<Kept> end() throws IOException {
        List<Kept> ended = new ArrayList<>();
        Optional<BpfPins> pins = find();
        for (Kept each : list()) {
            if (end(each, pins)) {
                ended.add(each);
            }
        }
        return ended;
    }

    private static boolean end(Kept each, Optional<BpfPins> pins) throws IOException {
        try {
            return Attachment.removeLeftover(place(each.index()), pins);
        } catch (InterfaceTaken e) {
            // A server has just taken it over.
            return false;
        }
    }

    private static List<RouteEvent.Link> interfaces() throws IOException {
        try (RouteNetlink netlink = RouteNetlink.open()) {
            return netlink.links();
        }
    }
}
