package io.nubicast.proxy.management;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The connections of one listening socket, a virtual thread each, so that none waits for another. Who says nothing for too
/// long is closed; when there are too many, whoever was silent longest makes room.
final class Connections implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Connections.class);
    /// After accept failed, for example without a free descriptor.
    private static final Duration PAUSE = Duration.ofMillis(50);

    /// Talks on one connection until either side has enough. Runs on the connection's own thread.
    interface Conversation {
        void talk(Connection connection) throws IOException;
    }

    /// One connection, and when it was last heard of.
    static final class Connection {
        private final SocketChannel channel;
        private volatile long lastHeardNs;

        Connection(SocketChannel channel) {
            this.channel = channel;
            heard();
        }

        SocketChannel channel() {
            return channel;
        }

        void heard() {
            lastHeardNs = System.nanoTime();
        }

        void close() {
            try {
                channel.close();
            } catch (IOException e) {
                LOG.debug("closing a management connection: {}", e.getMessage());
            }
        }
    }

    /// @param most connections at the same time, at least 1
    /// @param idle how long one may be silent
    record Limits(int most, Duration idle) {
        static final Limits DEFAULT = new Limits(64, Duration.ofSeconds(30));
    }

    private final String name;
    private final ServerSocketChannel listener;
    private final Limits limits;
    private final Conversation conversation;
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private @Nullable Thread acceptor;

    Connections(String name, ServerSocketChannel listener, Limits limits, Conversation conversation) {
        this.name = name;
        this.listener = listener;
        this.limits = limits;
        this.conversation = conversation;
    }

    void start() {
        acceptor = Thread.ofVirtual().name(name + "-accept").start(this::accept);
        Thread.ofVirtual().name(name + "-idle").start(this::closeIdle);
    }

    private void accept() {
        while (listener.isOpen()) {
            try {
                SocketChannel channel = listener.accept();
                if (open.size() >= limits.most) {
                    closeQuietest();
                }
                Connection connection = new Connection(channel);
                open.add(connection);
                Thread.ofVirtual().name(name).start(() -> talk(connection));
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                LOG.warn("{} cannot accept a connection: {}", name, e.getMessage());
                pause(PAUSE);
            }
        }
    }

    private void talk(Connection connection) {
        try {
            conversation.talk(connection);
        } catch (IOException e) {
            LOG.debug("{}: {}", name, e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("{} could not answer", name, e);
        } finally {
            open.remove(connection);
            connection.close();
        }
    }

    private void closeQuietest() {
        Connection quietest = null;
        for (Connection connection : open) {
            if (quietest == null || connection.lastHeardNs - quietest.lastHeardNs < 0) {
                quietest = connection;
            }
        }
        if (quietest != null) {
            open.remove(quietest);
            quietest.close();
        }
    }

    private void closeIdle() {
        Duration round = limits.idle.dividedBy(4).plusMillis(1);
        while (listener.isOpen()) {
            pause(round);
            long now = System.nanoTime();
            for (Connection connection : open) {
                if (now - connection.lastHeardNs > limits.idle.toNanos()) {
                    connection.close(); // its own thread then takes it from the set
                }
            }
        }
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    int count() {
        return open.size();
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            LOG.debug("closing {}: {}", name, e.getMessage());
        }
        awaitAcceptor();
        for (Connection connection : open) {
            connection.close();
        }
        open.clear();
    }

    /// The socket is really closed only when nobody waits in it any more; until then the kernel takes connections.
    private void awaitAcceptor() {
        try {
            if (acceptor != null) {
                acceptor.join(Duration.ofSeconds(1));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// A listening socket that closes itself again when binding it fails.
    static ServerSocketChannel bound(StandardProtocolFamily family, java.net.SocketAddress address) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open(family);
        try {
            if (family != StandardProtocolFamily.UNIX) {
                listener.setOption(java.net.StandardSocketOptions.SO_REUSEADDR, true);
            }
            listener.bind(address, 128);
            return listener;
        } catch (IOException | RuntimeException e) {
            listener.close();
            throw e;
        }
    }
}
