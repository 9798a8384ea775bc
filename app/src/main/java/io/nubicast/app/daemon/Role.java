package io.nubicast.app.daemon;

import io.nubicast.proxy.config.KernelFiles;

/// The two daemons of the proxy.
public enum Role {
    /// Multicast in, unicast copies out.
    SERVER("server", 65000),
    /// Unicast copies in, multicast out.
    CLIENT("client", 65001);

    private final String word;
    private final int managementPort;

    Role(String word, int managementPort) {
        this.word = word;
        this.managementPort = managementPort;
    }

    /// As in commands and file names.
    public String word() {
        return word;
    }

    /// TCP, when no port file says otherwise.
    public int managementPort() {
        return managementPort;
    }

    /// Of the kernel dialect.
    public KernelFiles kernelFiles() {
        return this == SERVER ? KernelFiles.SERVER : KernelFiles.CLIENT;
    }

    /// The name of the kernel dialect's service: `multis`, `multic`.
    public String service() {
        return this == SERVER ? "multis" : "multic";
    }

    /// `proxy server`.
    public String title() {
        return "proxy " + word;
    }
}
