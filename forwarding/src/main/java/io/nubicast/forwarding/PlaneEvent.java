package io.nubicast.forwarding;

import io.nubicast.wire.Address;

/// What a data plane tells its daemon, through a bounded queue: [DataPlane#pollEvent()]. Each is logged once per cause.
public sealed interface PlaneEvent {
    /// For the log, and for `proxy status`: what happened and what to do.
    String text();

    /// A local application sends to a group with IP_MULTICAST_LOOP switched off, so its datagrams cannot be captured here.
    record SenderWithoutLoop(Address source, int sourcePort, Address group, int groupPort) implements PlaneEvent {
        @Override
        public String text() {
            return "sender " + source + ":" + sourcePort + " to " + group + ":" + groupPort
                    + " switched multicast loop off, so its datagrams are not captured: set IP_MULTICAST_LOOP to 1 in the"
                    + " application";
        }
    }

    /// A local application's datagrams to a configured group leave by an interface that is not captured.
    record WrongInterface(Address source, Address group, String seenOn, String captured) implements PlaneEvent {
        @Override
        public String text() {
            return "datagrams of " + source + " to " + group + " leave by " + seenOn + ", but the proxy captures on "
                    + captured
                    + ": add --interface " + seenOn + ", or a route: ip route add 224.0.0.0/4 dev " + captured;
        }
    }

    /// Two proxies feed each other; the duplicates are dropped while it lasts.
    record LoopDetected(Address source, Address group) implements PlaneEvent {
        @Override
        public String text() {
            return "datagrams of " + source + " to " + group
                    + " come back again and again from the wire: two proxies feed each other on a network that carries"
                    + " multicast; the repeated ones are dropped. Take one of them off this group, or name other interfaces";
        }
    }

    /// Another process makes the copies of an interface: two must not, each would send every one.
    record InterfaceHeld(String text) implements PlaneEvent {}

    /// Something else worth a line.
    record Notice(String text) implements PlaneEvent {}
}
