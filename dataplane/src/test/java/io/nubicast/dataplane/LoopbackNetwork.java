package io.nubicast.dataplane;

import io.nubicast.forwarding.SendError;
import io.nubicast.wire.Address;
import java.util.concurrent.Callable;

/// Everything on the loopback interface of this machine: needs no privilege. The host is 127.0.0.1, peers are 127.0.0.11 to 13.
final class LoopbackNetwork implements ContractNetwork {
    @Override
    public <T> T onHost(Callable<T> body) throws Exception {
        return body.call();
    }

    @Override
    public <T> T onPeer(int peer, Callable<T> body) throws Exception {
        return body.call();
    }

    @Override
    public String hostInterface() {
        return "lo";
    }

    @Override
    public String peerInterface(int peer) {
        return "lo";
    }

    @Override
    public Address host() {
        return Address.ipv4("127.0.0.1");
    }

    @Override
    public Address peer(int peer) {
        return Address.ipv4("127.0.0." + (11 + peer));
    }

    /// The loopback network's broadcast address: EACCES without SO_BROADCAST, and nothing leaves the machine either way.
    @Override
    public Address unsendable() {
        return Address.ipv4("127.255.255.255");
    }

    @Override
    public SendError unsendableKind() {
        return SendError.NOT_PERMITTED;
    }

    @Override
    public void close() {}
}
