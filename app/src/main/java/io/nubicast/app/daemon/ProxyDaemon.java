package io.nubicast.app.daemon;

/// A daemon of the proxy.
public final class ProxyDaemon {
    private ProxyDaemon() {}

    /// Serves until SIGTERM.
    public static int run(DaemonSettings settings) {
        System.err.println("nubicast: " + settings.role().title() + " is not wired yet");
        return io.nubicast.app.ExitCode.UNAVAILABLE;
    }
}
