package io.nubicast.app.daemon;

import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;

/// Answers Prometheus over HTTP, `/metrics`. The numbers are collected when asked for.
final class MetricsEndpoint implements AutoCloseable {
    private final HTTPServer server;

    private MetricsEndpoint(HTTPServer server) {
        this.server = server;
    }

    static MetricsEndpoint open(InetSocketAddress address, ProxyService service) throws IOException {
        PrometheusRegistry registry = new PrometheusRegistry();
        registry.register(new ProxyMetrics(service));
        return new MetricsEndpoint(HTTPServer.builder().inetAddress(address.getAddress()).port(address.getPort())
                .registry(registry).buildAndStart());
    }

    /// Where it listens; another port than asked for when that was 0.
    int port() {
        return server.getPort();
    }

    @Override
    public void close() {
        server.close();
    }
}
