package io.nubicast.dataplane.socket;

import io.nubicast.kernel.socket.Poller;

/// How copies come in: steered to one socket ([SteeredIntake]), or by a socket bound to each of their ports ([BoundIntake]). Each
/// also has a raw socket for what no UDP socket can serve. One thread.
interface ClientIntake extends AutoCloseable {
    /// For people, a clause: which way it is, and why not the better one.
    String remark();

    /// Whether applications may bind the ports on which copies arrive, whenever they start and without SO_REUSEADDR.
    boolean leavesPortsFree();

    /// Brings sockets and filters in line with routes and addresses.
    void serve(ClientHost host, ClientTable table);

    /// How many descriptors [#watch] adds. It changes with [#serve] and [#keep] only.
    int descriptors();

    void watch(Poller poller);

    /// Receives a batch of each descriptor that is ready.
    ///
    /// @param first the place of the first descriptor that [#watch] added
    void receive(Poller poller, int first, ClientReceiver receiver);

    /// Does what is due now and then. Cheap when called often.
    ///
    /// @return whether the descriptors are others now
    boolean keep(long nowNs, ClientReceiver receiver);

    /// Whether a UDP socket gets the datagrams with a checksum to that address and port, so that the raw socket's are not needed.
    boolean hasSocketFor(int address, int port);

    /// Whether an application of this host has got this datagram of the raw socket as it came, so that it must not get it again.
    ///
    /// @param batch number of the receive call; all datagrams of one call were received before its first was looked at
    /// @param receivedNs when the kernel received it, by the wall clock
    boolean isDirect(RestoreDatagram datagram, int address, long batch, long receivedNs, long nowNs);

    /// Whether a datagram of the raw socket that comes from no server is to be counted: nobody else does, and it is not an
    /// application's own affair.
    boolean countsStranger(int address, int port, boolean hasChecksum, long nowNs);

    @Override
    void close();
}
