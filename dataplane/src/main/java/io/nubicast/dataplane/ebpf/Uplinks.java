package io.nubicast.dataplane.ebpf;

import io.nubicast.forwarding.PlaneEvent;
import io.nubicast.kernel.bpf.Attachment;
import io.nubicast.kernel.bpf.BpfPins;
import io.nubicast.kernel.bpf.BpfProgram;
import io.nubicast.kernel.bpf.InterfaceTaken;
import io.nubicast.kernel.sys.SystemCallException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// The captured interfaces, each with the program on what leaves there. One thread but for [#cloneLimit].
final class Uplinks implements AutoCloseable {
    /// What the kernel takes for net.core.netdev_max_backlog when it is not told.
    private static final int DEFAULT_BACKLOG = 1_000;
    private static final Path BACKLOG = Path.of("/proc/sys/net/core/netdev_max_backlog");

    private final BpfProgram program;
    private final Attachment.Mechanism mechanism;
    private final Optional<BpfPins> pins;
    private final boolean keep;
    private final Consumer<PlaneEvent> events;
    private final Map<Integer, Attachment> attached = new HashMap<>();
    /// Those where an earlier process's program still goes on.
    private final Map<Integer, Attachment> takenOver = new HashMap<>();
    /// Whether what an earlier process left elsewhere was looked for.
    private boolean begun;
    private final int backlog = backlog();
    private Set<Integer> ethernet = Set.of();

    /// @param pins where an earlier process may have left names
    /// @param keep whether programs go on when this is closed; then there are pins
    /// @param events takes what people should know
    Uplinks(BpfProgram program, Attachment.Mechanism mechanism, Optional<BpfPins> pins, boolean keep,
            Consumer<PlaneEvent> events) {
        this.pins = pins;
        this.keep = keep;
        this.program = program;
        this.mechanism = mechanism;
        this.events = events;
    }

    /// The kernel shows it in the first network namespace only, and it holds for all: elsewhere the kernel's own default is taken.
    private static int backlog() {
        try {
            return Integer.parseInt(Files.readString(BACKLOG).strip());
        } catch (IOException | NumberFormatException e) {
            return DEFAULT_BACKLOG;
        }
    }

    /// How many copies of one datagram the kernel may make: half of what its queues hold, so that two senders at once lose nothing.
    /// Any thread.
    ///
    /// @param queueLength of the device by which they leave; 0 when it has no queue
    int cloneLimit(int queueLength) {
        int room = queueLength == 0 ? backlog : Math.min(backlog, queueLength);
        return Math.min(MemberRuns.BLOCK_MEMBERS, room / 2);
    }

    /// Which interfaces have frames that begin with Ethernet addresses; no others are for programs.
    void devices(Set<Integer> withEthernet) {
        ethernet = withEthernet;
    }

    /// Attaches the program to all of these, where it is not yet. Where an earlier process left its own, that one goes on until
    /// [#begin()]. Where another process is at work it is left alone, and told.
    ///
    /// @return whether a program is on all now
    boolean attach(Set<Integer> devices) {
        boolean all = true;
        for (int device : devices) {
            if (attached.containsKey(device)) {
                continue;
            }
            if (!ethernet.contains(device)) {
                all = false;
                tell("interface " + device + " is no Ethernet: the copies of local senders are made by the"
                        + " packet plane on all interfaces");
                continue;
            }
            try {
                attached.put(device, attach(device));
            } catch (InterfaceTaken e) {
                // Not for user space either: each datagram would be copied twice.
                events.accept(new PlaneEvent.InterfaceHeld(String.valueOf(e.getMessage())));
            } catch (IOException e) {
                all = false;
                tell("no program can be attached to interface " + device + " (" + e.getMessage()
                        + "): the copies of local senders are made by the packet plane");
            }
        }
        return all;
    }

    private Attachment attach(int device) throws IOException {
        Attachment.Place place = KeptForwarding.place(device);
        Optional<Attachment> left = Attachment.takeOver(mechanism, place, pins, keep);
        if (left.isPresent()) {
            takenOver.put(device, left.get());
            return left.get();
        }
        return Attachment.attach(mechanism, program, place, keep ? pins : Optional.empty());
    }

    private void tell(String notice) {
        events.accept(new PlaneEvent.Notice(notice));
    }

    /// Whether [#begin()] has something to do.
    boolean isTakingOver() {
        return !begun || !takenOver.isEmpty();
    }

    /// Puts the program in the place of those that an earlier process left: each packet meets the old one or this, so its maps have to
    /// be filled. What was left elsewhere is ended, since nothing asks for it any more.
    void begin() {
        takenOver.forEach((device, attachment) -> {
            try {
                attachment.update(program);
                tell("took over the copies that an earlier server left to the kernel on interface " + device);
            } catch (SystemCallException e) {
                tell("the program of an earlier server stays on interface " + device + ": " + e.getMessage());
            }
        });
        takenOver.clear();
        if (!begun) {
            begun = true;
            try {
                KeptForwarding.end().forEach(each -> tell(
                        "ended the copies that an earlier server left to the kernel on " + each.name()
                                + ", which is not captured any more"));
            } catch (IOException e) {
                tell("copies that an earlier server left to the kernel may go on: " + e.getMessage());
            }
        }
    }

    /// Takes the program off all others, for good.
    void detachAllBut(Set<Integer> devices) {
        for (Iterator<Map.Entry<Integer, Attachment>> each = attached.entrySet().iterator(); each.hasNext();) {
            Map.Entry<Integer, Attachment> link = each.next();
            if (!devices.contains(link.getKey())) {
                takenOver.remove(link.getKey());
                detach(link.getValue());
                each.remove();
            }
        }
    }

    private void detach(Attachment attachment) {
        if (!keep) {
            attachment.close();
            return;
        }
        try {
            attachment.detach();
        } catch (IOException e) {
            tell("the program stays on interface " + attachment.place().interfaceIndex() + ": "
                    + e.getMessage());
        }
    }

    @Override
    public void close() {
        attached.values().forEach(Attachment::close);
        attached.clear();
    }
}
