package io.nubicast.dataplane.ebpf;

import io.nubicast.kernel.bpf.Attachment;
import io.nubicast.kernel.bpf.BpfLink;
import io.nubicast.kernel.bpf.BpfProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// The captured interfaces, each with the program on what leaves there. One thread but for [#cloneLimit()].
final class Uplinks implements AutoCloseable {
    private static final String OWNER = "nubicast-server";
    /// What the kernel takes when it is not told: net.core.netdev_max_backlog, and the queue of an Ethernet device.
    private static final int DEFAULT_QUEUE = 1_000;
    private static final Path BACKLOG = Path.of("/proc/sys/net/core/netdev_max_backlog");

    private final BpfProgram program;
    private final Attachment.Mechanism mechanism;
    private final Consumer<String> notices;
    private final Map<Integer, Attachment> attached = new HashMap<>();
    private final int cloneLimit;
    private Set<Integer> ethernet = Set.of();

    /// @param notices takes lines for people
    Uplinks(BpfProgram program, Attachment.Mechanism mechanism, Consumer<String> notices) {
        this.program = program;
        this.mechanism = mechanism;
        this.notices = notices;
        cloneLimit = Math.min(MemberRuns.BLOCK_MEMBERS, Math.min(backlog(), DEFAULT_QUEUE) / 2);
    }

    /// The kernel shows it in the first network namespace only; it holds for all.
    private static int backlog() {
        try {
            return Integer.parseInt(Files.readString(BACKLOG).strip());
        } catch (IOException | NumberFormatException e) {
            return DEFAULT_QUEUE;
        }
    }

    /// How many copies of one datagram the kernel may make: half of what its queues hold, so that two senders at once lose nothing.
    /// Any thread.
    int cloneLimit() {
        return cloneLimit;
    }

    /// Which interfaces have frames that begin with Ethernet addresses; no others are for programs.
    void devices(Set<Integer> withEthernet) {
        ethernet = withEthernet;
    }

    /// Attaches the program to all of these, where it is not yet.
    ///
    /// @return whether it is on all now
    boolean attach(Set<Integer> devices) {
        boolean all = true;
        for (int device : devices) {
            if (attached.containsKey(device)) {
                continue;
            }
            if (!ethernet.contains(device)) {
                all = false;
                notices.accept("interface " + device + " is no Ethernet: the copies of local senders are made by the"
                        + " packet plane on all interfaces");
                continue;
            }
            try {
                attached.put(device, Attachment.attach(mechanism, program,
                        new Attachment.Place(device, BpfLink.Direction.EGRESS, OWNER), Optional.empty()));
            } catch (IOException e) {
                all = false;
                notices.accept("no program can be attached to interface " + device + " (" + e.getMessage()
                        + "): the copies of local senders are made by the packet plane");
            }
        }
        return all;
    }

    /// Takes the program off all others.
    void detachAllBut(Set<Integer> devices) {
        for (Iterator<Map.Entry<Integer, Attachment>> each = attached.entrySet().iterator(); each.hasNext();) {
            Map.Entry<Integer, Attachment> link = each.next();
            if (!devices.contains(link.getKey())) {
                link.getValue().close();
                each.remove();
            }
        }
    }

    @Override
    public void close() {
        detachAllBut(Set.of());
    }
}
