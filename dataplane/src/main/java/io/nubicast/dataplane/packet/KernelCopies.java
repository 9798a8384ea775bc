package io.nubicast.dataplane.packet;

import io.nubicast.dataplane.linux.CaptureScope;
import io.nubicast.dataplane.linux.OwnAddresses;
import io.nubicast.forwarding.DataPlane;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.OutputPort;
import io.nubicast.forwarding.RouteIndex;
import java.util.Map;
import java.util.Optional;

/// Copies that are made inside the kernel, before the packet plane sees a datagram. What it leaves to user space comes out of a
/// device of its own, each frame with a label of what is to be done ([Handovers]). Called on the control thread of the plane,
/// after which it is closed, but where a method says otherwise.
public interface KernelCopies extends AutoCloseable {
    /// Index of the device from which its frames come. Any thread.
    int device();

    /// What its labels mean. Any thread.
    Handovers handovers();

    /// From now on these groups are taken on these interfaces, and nothing else.
    ///
    /// @return whether all of it is: then what leaves by them need not be captured in another way; else nothing is
    boolean capture(CaptureScope scope);

    /// What tells local senders from those on the wire, and an interface's own frames from those of a device above it.
    ///
    /// @param hardwareAddresses 48 bits, by the index of each Ethernet device
    void publish(OwnAddresses own, Map<Integer, Long> hardwareAddresses);

    /// Makes ready for routes and ways; workers may be given them afterwards.
    ///
    /// @param worker the number of the worker whose part of the counters it counts in
    /// @param used by slot of `paths`: takes a 1 where frames left
    void prepare(RouteIndex index, MemberPlaces places, PathTable paths, int worker, byte[] used);

    /// Brings into force what was prepared. Where members go from user space to the kernel, a datagram must not overtake those that
    /// user space still has: their copies wait for that.
    ///
    /// @param urgent a table, which has to be in force soon
    void commit(boolean urgent);

    /// Takes over what was counted until now.
    void count();

    /// What else there is to do now and then.
    void tick(long nowNs);

    /// After how many milliseconds at most [#tick] is called again.
    int tickMs();

    /// The largest IP packet that [#device()] takes, when it is sent out there to the group, in order to copy it to the members, alone
    /// or with others in a burst; 0 when there is nothing to gain. Any thread.
    int burstMtu(Match match);

    /// Who carries that member's copies, and why; empty where the packet plane knows. Any thread.
    Optional<DataPlane.Carrier> carrier(Match match, OutputPort port);

    /// After the plane's threads have ended.
    @Override
    void close();
}
