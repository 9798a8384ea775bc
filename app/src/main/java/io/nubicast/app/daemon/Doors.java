package io.nubicast.app.daemon;

import io.nubicast.proxy.management.ManagementPort;
import io.nubicast.proxy.management.TcpManagement;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The ways in which a running daemon is asked, besides its [Doorbell]: the original's TCP port, and Prometheus. Neither is open
/// beyond this host unless the command line says so.
final class Doors implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Doors.class);

    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    private final List<String> lines = new ArrayList<>();

    private Doors() {}

    /// @throws IOException with a message that says which door, why not, and what to change
    static Doors open(ProxyService service) throws IOException {
        Doors doors = new Doors();
        try {
            doors.management(service);
            doors.metrics(service);
            return doors;
        } catch (IOException | RuntimeException e) {
            doors.close();
            throw e;
        }
    }

    private void management(ProxyService service) throws IOException {
        if (service.settings().management().isEmpty()) {
            return;
        }
        boolean server = service.settings().role() == Role.SERVER;
        var address = service.settings().management().get();
        TcpManagement management = TcpManagement.open(server ? ManagementPort.SERVER : ManagementPort.CLIENT, address,
                new TcpManagement.Handler() {
                    @Override
                    public void reload() {
                        service.reload();
                    }

                    @Override
                    public long[] list() {
                        return server ? service.totals().ofServer() : service.totals().ofClient();
                    }
                });
        open.push(management);
        lines.add("answers reload and list at " + address.getAddress().getHostAddress() + " port " + management.port());
        if (!address.getAddress().isLoopbackAddress()) {
            LOG.warn("{} is reachable from the network, and whoever reaches it may reload and list without a password",
                    address);
        }
    }

    private void metrics(ProxyService service) throws IOException {
        if (service.settings().metrics().isEmpty()) {
            return;
        }
        var address = service.settings().metrics().get();
        try {
            MetricsEndpoint endpoint = MetricsEndpoint.open(address, service);
            open.push(endpoint);
            LOG.info("answers Prometheus at http://{}:{}/metrics", address.getAddress().getHostAddress(),
                    endpoint.port());
        } catch (IOException e) {
            throw new IOException("cannot listen on " + address.getAddress().getHostAddress() + ":" + address.getPort()
                    + " for Prometheus (" + e.getMessage() + "): name another port with --metrics", e);
        }
    }

    /// One line a door, for the log.
    List<String> lines() {
        return List.copyOf(lines);
    }

    @Override
    public void close() {
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                LOG.warn("closing: {}", e.toString());
            }
        }
    }
}
