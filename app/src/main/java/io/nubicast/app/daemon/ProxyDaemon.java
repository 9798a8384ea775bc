package io.nubicast.app.daemon;

/// A daemon of the proxy.
public final class ProxyDaemon {
    private ProxyDaemon() {}

    /// Serves until SIGTERM.
    public static int run(DaemonSettings settings) {
        throw new UnsupportedOperationException(settings.toString());
    }
}
