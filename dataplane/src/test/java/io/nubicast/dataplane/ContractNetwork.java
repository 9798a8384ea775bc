package io.nubicast.dataplane;

import io.nubicast.forwarding.SendError;
import io.nubicast.wire.Address;
import java.net.NetworkInterface;
import java.util.concurrent.Callable;

/// The network that a contract runs on: one host with the data plane and its applications, and at least three peers, which are
/// members to a server and servers to a client. Sockets opened inside [#onHost] or [#onPeer] belong there for good.
interface ContractNetwork extends AutoCloseable {
    int PEERS = 3;

    /// Runs it where the host is.
    <T> T onHost(Callable<T> body) throws Exception;

    /// Runs it where that peer is.
    ///
    /// @param peer 0..[#PEERS]-1
    <T> T onPeer(int peer, Callable<T> body) throws Exception;

    /// Where the host's applications send and join.
    String hostInterface();

    /// The interface on which a peer sends and joins.
    String peerInterface(int peer);

    Address host();

    Address peer(int peer);

    /// An address to which the kernel refuses to send, and as what that counts.
    Address unsendable();

    SendError unsendableKind();

    @Override
    void close();

    /// The interface of that name where the caller runs.
    static NetworkInterface device(String name) throws Exception {
        NetworkInterface device = NetworkInterface.getByName(name);
        if (device == null) {
            throw new IllegalStateException("no interface " + name);
        }
        return device;
    }
}
