package io.nubicast.app.daemon;

import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.RateLimit;
import io.nubicast.forwarding.Route;
import io.nubicast.proxy.config.AddressRules;
import io.nubicast.proxy.config.ClientChange;
import io.nubicast.proxy.config.ClientConfig;
import io.nubicast.proxy.config.ClientRoutes;
import io.nubicast.proxy.config.KernelCode;
import io.nubicast.proxy.config.ServerChange;
import io.nubicast.proxy.config.ServerConfig;
import io.nubicast.proxy.config.ServerRoutes;
import io.nubicast.proxy.status.KernelCounts;
import io.nubicast.proxy.status.KernelRequests;
import io.nubicast.proxy.status.Totals;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// A service as the commands of the kernel dialect see it. Any thread; one change at a time.
final class KernelService implements KernelRequests.Running {
    private final ProxyService service;

    KernelService(ProxyService service) {
        this.service = service;
    }

    @Override
    public AddressRules rules() {
        return Loaded.rules(service.settings());
    }

    @Override
    public Optional<ServerConfig> groups() {
        return service.inForce().meaning() instanceof Loaded.Server server
                ? Optional.of(server.config())
                : Optional.empty();
    }

    @Override
    public Optional<ClientConfig> entries() {
        return service.inForce().meaning() instanceof Loaded.Client client
                ? Optional.of(client.config())
                : Optional.empty();
    }

    @Override
    public KernelCode changeGroups(Function<ServerConfig, ServerChange> change) {
        synchronized (service) {
            if (!(service.inForce().meaning() instanceof Loaded.Server server)) {
                return KernelCode.PARAMETER;
            }
            ServerChange changed = change.apply(server.config());
            if (changed.code() == KernelCode.OK && !changed.config().equals(server.config())) {
                service.change(server.with(changed.config()));
            }
            return changed.code();
        }
    }

    @Override
    public KernelCode changeEntries(Function<ClientConfig, ClientChange> change) {
        synchronized (service) {
            if (!(service.inForce().meaning() instanceof Loaded.Client client)) {
                return KernelCode.PARAMETER;
            }
            ClientChange changed = change.apply(client.config());
            if (changed.code() == KernelCode.OK && !changed.config().equals(client.config())) {
                service.change(client.with(changed.config()));
            }
            return changed.code();
        }
    }

    @Override
    public KernelCounts kernelCounts() {
        return service.kernelCounts();
    }

    @Override
    public KernelCounts kernelCounts(ServerConfig.Group group) {
        Loaded.Meaning meaning = service.inForce().meaning();
        return meaning instanceof Loaded.Server server
                ? counts(meaning, ServerRoutes.match(group, server.options()))
                : service.kernelCounts();
    }

    @Override
    public KernelCounts kernelCounts(ClientConfig.Entry entry) {
        Loaded.Meaning meaning = service.inForce().meaning();
        return meaning instanceof Loaded.Client client
                ? counts(meaning, ClientRoutes.match(entry, client.options()))
                : service.kernelCounts();
    }

    private KernelCounts counts(Loaded.Meaning meaning, Match match) {
        Route route = meaning.table().routes().stream().filter(served -> served.match().equals(match)).findAny()
                .orElseGet(() -> new Route("", match, List.of(), RateLimit.NONE));
        return Totals.kernel(route, service.counters());
    }
}
