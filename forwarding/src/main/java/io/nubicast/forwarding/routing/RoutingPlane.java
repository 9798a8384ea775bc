package io.nubicast.forwarding.routing;

import io.nubicast.wire.Address;
import java.util.Collection;
import java.util.Map;

/// What forwards a router's multicast: the kernel's multicast routing table, or user space. The router's thread calls everything;
/// a plane may have threads of its own.
///
/// Life: construct (takes the table, or throws [io.nubicast.forwarding.PlaneUnavailable] with who has it) → [#ports(Collection)],
/// then puts and removals as often as wanted → `close`, which removes all of it.
public interface RoutingPlane extends AutoCloseable {
    /// For people: `mroute`, `forwarder`.
    String name();

    /// These are the ports from now on. Routes whose incoming port is gone are removed, and outgoing ports that are gone are taken
    /// out of the others, which lose nothing. A port whose device is not there is served when it comes.
    void ports(Collection<RoutingPort> ports);

    /// Puts a route, or replaces the one of that source and group, in one step (MFC-014). In force on return.
    void put(GroupRoute route);

    /// Removes the route of that source and group, if there is one.
    void remove(Address source, Address group);

    /// The routes that were put and not removed.
    Collection<GroupRoute> routes();

    /// What passed that route; of none, nothing.
    GroupTraffic traffic(Address source, Address group);

    /// What passed the ports, by their ids.
    Map<Integer, PortTraffic> traffic();

    /// Compares what is in force with what was put, repairs it, and says what was wrong (MFC-015).
    ///
    /// @return one line a difference; empty when there was none
    Collection<String> audit();

    /// Hands over what happened since, oldest first, at most `most` events. Never blocks. What was lost because the queue was full
    /// is counted in [#lostEvents()].
    void poll(Listener listener, int most);

    /// A descriptor that poll(2) finds readable when [#poll(Listener, int)] has something.
    int readable();

    /// Events that were lost because nobody polled.
    long lostEvents();

    @Override
    void close();

    /// Is told of events.
    @FunctionalInterface
    interface Listener {
        void on(RoutingEvent event);
    }
}
