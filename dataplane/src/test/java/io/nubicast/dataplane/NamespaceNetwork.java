package io.nubicast.dataplane;

import io.nubicast.forwarding.SendError;
import io.nubicast.kernel.sys.NetworkNamespace;
import io.nubicast.tools.lab.NetworkLab;
import io.nubicast.tools.lab.Node;
import io.nubicast.tools.lab.Switch;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/// Machines of their own in network namespaces:
///
///        host            peer 0          peer 1          peer 2
///     10.77.0.1/24    10.77.0.11/24   10.77.0.12/24   10.77.0.13/24
///         eth0            eth0            eth0            eth0
///           └───────────────┴──── switch ────┴───────────────┘
///
/// Each machine is a thread that has entered the namespace: what it opens, and the threads that it starts, live there.
final class NamespaceNetwork implements ContractNetwork {
    private static final String DEVICE = "eth0";
    private static final long PATIENCE_SECONDS = 30;

    private final NetworkLab lab;
    private final Switch wire;
    private final Node hostNode;
    private final ExecutorService hostThread;
    private final List<ExecutorService> peerThreads = new ArrayList<>();

    private NamespaceNetwork(NetworkLab lab) throws Exception {
        this.lab = lab;
        wire = lab.bridge("wire");
        hostNode = lab.node("host");
        plugHostIn();
        hostThread = enter(hostNode);
        for (int peer = 0; peer < PEERS; peer++) {
            Node node = lab.node("peer" + peer);
            wire.attach(node, DEVICE, peer(peer) + "/24");
            peerThreads.add(enter(node));
        }
    }

    /// @param prefix of the namespaces, one a test class: `nbcontract`
    static NamespaceNetwork open(String prefix) throws Exception {
        Optional<String> missing = NetworkLab.missing();
        Assumptions.assumeTrue(missing.isEmpty(), () -> missing.orElseThrow());
        NetworkLab lab = NetworkLab.open(prefix);
        try {
            return new NamespaceNetwork(lab);
        } catch (Exception e) {
            lab.close();
            throw e;
        }
    }

    private static ExecutorService enter(Node node) throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name("in-" + node.name()).daemon().factory());
        return call(thread, () -> {
            NetworkNamespace.enter(node.namespace());
            return thread;
        });
    }

    private static <T> T call(ExecutorService thread, Callable<T> body) throws Exception {
        try {
            return thread.submit(body).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case Exception exception -> throw exception;
                case Error error -> throw error;
                case null, default -> throw e;
            }
        }
    }

    @Override
    public <T> T onHost(Callable<T> body) throws Exception {
        return call(hostThread, body);
    }

    @Override
    public <T> T onPeer(int peer, Callable<T> body) throws Exception {
        return call(peerThreads.get(peer), body);
    }

    @Override
    public String hostInterface() {
        return DEVICE;
    }

    @Override
    public String peerInterface(int peer) {
        return DEVICE;
    }

    @Override
    public Address host() {
        return Address.ipv4("10.77.0.1");
    }

    @Override
    public Address peer(int peer) {
        return Address.ipv4("10.77.0." + (11 + peer));
    }

    /// The host has no route to it.
    @Override
    public Address unsendable() {
        return Address.ipv4("192.0.2.1");
    }

    @Override
    public SendError unsendableKind() {
        return SendError.NO_ROUTE;
    }

    /// On the wire's network, but nobody has it: ARP goes unanswered.
    Address silent() {
        return Address.ipv4("10.77.0.99");
    }

    /// Takes the host's interface down and up again.
    void flap() {
        hostNode.ip("link", "set", DEVICE, "down");
        hostNode.ip("link", "set", DEVICE, "up");
    }

    /// Removes the host's interface and plugs in another of the same name and address.
    void replace() {
        hostNode.ip("link", "del", DEVICE);
        plugHostIn();
    }

    /// Always with the same Ethernet address: the peers' neighbour entries outlive a replaced interface.
    private void plugHostIn() {
        wire.attach(hostNode, DEVICE, host() + "/24");
        hostNode.ip("link", "set", DEVICE, "address", "02:00:0a:4d:00:01");
    }

    @Override
    public void close() {
        hostThread.shutdownNow();
        peerThreads.forEach(ExecutorService::shutdownNow);
        lab.close();
    }
}
