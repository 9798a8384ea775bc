package io.nubicast.dataplane.socket;

import java.util.Collection;

/// Takes copies where they arrive, before a socket could see them, and restores them; what it leaves comes in as ever. Everything
/// is called on the client's one thread.
public interface ClientShortcut extends AutoCloseable {
    /// Takes nothing.
    ClientShortcut NONE = new ClientShortcut() {
        @Override
        public void serve(ClientHost host, Collection<RestoreRoute> routes) {}

        @Override
        public void keep(long nowNs) {}

        @Override
        public void close() {}
    };

    /// What holds from now on. Sockets serve it already.
    void serve(ClientHost host, Collection<RestoreRoute> routes);

    /// Does what is due now and then. Cheap when called often, allocates nothing.
    void keep(long nowNs);

    /// Takes nothing any more, and has counted what it took.
    @Override
    void close();
}
