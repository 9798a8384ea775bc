package io.nubicast.proxy.config;

import io.nubicast.forwarding.Rewrite;

/// For which of the original's two tools a file is written. Both have the same root keys; they differ in what is left out.
public enum Dialect {
    /// `/etc/multicast`: copies go to `server_port`, groups are multicast addresses.
    USER_SPACE,
    /// `/usr/local/etc`, the kernel module's running and startup files: no ports are written and all are kept, a broadcast address
    /// is a group as well, and a file that was cleared has no array.
    KERNEL;

    int serverPortWhenAbsent() {
        return this == KERNEL ? Rewrite.KEEP_PORT : ServerConfig.DEFAULT_SERVER_PORT;
    }
}
