package io.nubicast.proxy.dialect;

import io.nubicast.proxy.config.AddressRules;
import io.nubicast.proxy.config.ClientChange;
import io.nubicast.proxy.config.ClientConfig;
import io.nubicast.proxy.config.Dialect;
import io.nubicast.proxy.config.Fault;
import io.nubicast.proxy.config.KernelCode;
import io.nubicast.proxy.config.OwnAddresses;
import io.nubicast.proxy.config.ServerChange;
import io.nubicast.proxy.config.ServerConfig;
import io.nubicast.proxy.status.KernelCounts;
import io.nubicast.proxy.status.KernelRequests;
import io.nubicast.proxy.status.ProxyRequests;
import io.nubicast.proxy.status.ProxyStatus;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A daemon of the kernel dialect that forwards nothing.
final class FakeKernel implements ProxyRequests.Running, KernelRequests.Running {
    @Nullable
    ServerConfig groups;
    @Nullable
    ClientConfig entries;

    static FakeKernel server() {
        FakeKernel kernel = new FakeKernel();
        kernel.groups = ServerConfig.EMPTY;
        return kernel;
    }

    static FakeKernel client() {
        FakeKernel kernel = new FakeKernel();
        kernel.entries = ClientConfig.EMPTY;
        return kernel;
    }

    @Override
    public ProxyStatus status() {
        throw new IllegalStateException("nobody asks for it");
    }

    @Override
    public List<Fault> reload() {
        throw new IllegalStateException("a change of the kernel dialect reloads nothing");
    }

    @Override
    public List<Fault> check() {
        return List.of();
    }

    @Override
    public Optional<KernelRequests.Running> kernel() {
        return Optional.of(this);
    }

    @Override
    public AddressRules rules() {
        return new AddressRules(OwnAddresses.NONE, false, Dialect.KERNEL);
    }

    @Override
    public Optional<ServerConfig> groups() {
        return Optional.ofNullable(groups);
    }

    @Override
    public Optional<ClientConfig> entries() {
        return Optional.ofNullable(entries);
    }

    @Override
    public KernelCode changeGroups(Function<ServerConfig, ServerChange> change) {
        ServerChange changed = change.apply(groups().orElseThrow());
        groups = changed.config();
        return changed.code();
    }

    @Override
    public KernelCode changeEntries(Function<ClientConfig, ClientChange> change) {
        ClientChange changed = change.apply(entries().orElseThrow());
        entries = changed.config();
        return changed.code();
    }

    @Override
    public KernelCounts kernelCounts() {
        return new KernelCounts(1, 2, 3, 5_000_000_000L, 5, 6, 7, 8);
    }

    @Override
    public KernelCounts kernelCounts(ServerConfig.Group group) {
        return new KernelCounts(0, 0, 9, 10, 0, 0, 0, 0);
    }

    @Override
    public KernelCounts kernelCounts(ClientConfig.Entry entry) {
        return new KernelCounts(11, 12, 0, 0, 0, 0, 0, 0);
    }
}
