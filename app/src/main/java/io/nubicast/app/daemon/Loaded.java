package io.nubicast.app.daemon;

import io.nubicast.forwarding.InterfaceSelection;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.proxy.config.AddressRules;
import io.nubicast.proxy.config.ClientConfig;
import io.nubicast.proxy.config.ClientFile;
import io.nubicast.proxy.config.ClientRoutes;
import io.nubicast.proxy.config.Fault;
import io.nubicast.proxy.config.OwnAddresses;
import io.nubicast.proxy.config.Reading;
import io.nubicast.proxy.config.ServerConfig;
import io.nubicast.proxy.config.ServerFileReader;
import io.nubicast.proxy.config.ServerRoutes;
import java.util.List;
import java.util.Optional;

/// What the configuration file of a role said when it was read.
///
/// @param faults errors and warnings, in the order of the text
/// @param meaning empty exactly when there is an error among the faults
record Loaded(List<Fault> faults, Optional<Meaning> meaning) {
    Loaded {
        faults = List.copyOf(faults);
    }

    /// A configuration that can be served.
    sealed interface Meaning {
        RouteTable table();

        /// How much it is: `2 groups, 5 members`.
        String summary();

        /// What changed since another configuration of the same role, for the log.
        String changesSince(Meaning before);
    }

    /// @param options from the command line, also for the keys of counters
    record Server(ServerConfig config, ServerRoutes.Options options, RouteTable table) implements Meaning {
        /// Another configuration with the same options; what is the same in it costs nothing.
        Server with(ServerConfig other) {
            return new Server(other, options, ServerRoutes.of(other, options, config, table));
        }

        @Override
        public String summary() {
            return count(config.groups().size(), "group") + ", " + count(config.members(), "member");
        }

        @Override
        public String changesSince(Meaning before) {
            return before instanceof Server server ? config.changesSince(server.config) : "";
        }
    }

    /// @param options from the command line, also for the keys of counters
    record Client(ClientConfig config, ClientRoutes.Options options, RouteTable table) implements Meaning {
        /// Another configuration with the same options.
        Client with(ClientConfig other) {
            return new Client(other, options, ClientRoutes.of(other, options));
        }

        @Override
        public String summary() {
            int entries = config.entries().size();
            return entries + (entries == 1 ? " entry of " : " entries of ")
                    + count(config.entries().stream().map(ClientConfig.Entry::server).distinct().count(), "server");
        }

        @Override
        public String changesSince(Meaning before) {
            return before instanceof Client client ? config.changesSince(client.config) : "";
        }
    }

    /// Reads the file that the settings name, by the rules for this host as it is now.
    static Loaded read(DaemonSettings settings) {
        return new Reader(settings).read();
    }

    /// Reads the file again and again. What a change of the file leaves as it was is neither parsed nor made a second time. Any
    /// thread.
    static final class Reader {
        private final DaemonSettings settings;
        private final ServerFileReader file = new ServerFileReader();
        private Optional<Server> last = Optional.empty();

        Reader(DaemonSettings settings) {
            this.settings = settings;
        }

        /// By the rules for this host as it is now.
        synchronized Loaded read() {
            AddressRules rules = rules(settings);
            return switch (settings.role()) {
                case SERVER -> server(file.read(settings.configuration(), rules));
                case CLIENT -> client(settings, ClientFile.read(settings.configuration(), rules));
            };
        }

        private Loaded server(Reading<ServerConfig> reading) {
            Optional<Server> now = reading.config().map(this::server);
            last = now.or(() -> last);
            return new Loaded(reading.faults(), now.map(server -> server));
        }

        private Server server(ServerConfig config) {
            ServerRoutes.Options options = new ServerRoutes.Options(
                    interfaces(settings, InterfaceSelection.ALL), settings.ttl(), settings.marker());
            return new Server(config, options, last.isPresent()
                    ? ServerRoutes.of(config, options, last.get().config(), last.get().table())
                    : ServerRoutes.of(config, options));
        }
    }

    /// For this host as it is now.
    static AddressRules rules(DaemonSettings settings) {
        return new AddressRules(OwnAddresses.ofThisHost(), settings.allowLoopback(), settings.dialect());
    }

    private static Loaded client(DaemonSettings settings, Reading<ClientConfig> reading) {
        ClientRoutes.Options options = new ClientRoutes.Options(
                interfaces(settings, InterfaceSelection.ARRIVAL), settings.localAddress(), settings.ttl(),
                settings.marker());
        return new Loaded(reading.faults(),
                reading.config().map(config -> new Client(config, options, ClientRoutes.of(config, options))));
    }

    private static InterfaceSelection interfaces(DaemonSettings settings, InterfaceSelection otherwise) {
        return settings.interfaces().isEmpty() ? otherwise : new InterfaceSelection.Named(settings.interfaces());
    }

    private static String count(long number, String thing) {
        return number + " " + thing + (number == 1 ? "" : "s");
    }
}
