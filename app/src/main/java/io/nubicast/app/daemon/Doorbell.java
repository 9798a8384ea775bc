package io.nubicast.app.daemon;

import io.nubicast.proxy.management.ControlServer;
import io.nubicast.proxy.status.ProxyRequests;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The Unix socket of a daemon. It is opened first of all, because it is also what tells a second daemon of the same role that
/// there is one already; until the daemon serves, it says so.
final class Doorbell implements AutoCloseable {
    private final ControlServer server;
    private volatile @Nullable ProxyRequests requests;

    /// @throws IOException when another daemon answers there, or the place cannot be used
    Doorbell(Path path) throws IOException {
        server = ControlServer.open(path, this::answer);
    }

    private String answer(String request) {
        ProxyRequests serving = requests;
        return serving == null ? "{\"error\":\"the daemon is starting: ask again\"}" : serving.answer(request);
    }

    void serves(ProxyService service) {
        requests = new ProxyRequests(service);
    }

    @Override
    public void close() {
        server.close();
    }
}
