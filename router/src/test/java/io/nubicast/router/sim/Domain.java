package io.nubicast.router.sim;

import io.nubicast.router.iface.InterfaceAddress;
import io.nubicast.router.igmp.IgmpConfig;
import io.nubicast.router.igmp.IgmpInterfaceConfig;
import io.nubicast.router.pim.PimConfig;
import io.nubicast.router.rp.StaticRp;
import io.nubicast.testkit.net.SimLink;
import io.nubicast.testkit.net.SimNetwork;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;

/// A multicast domain: routers, hosts and links with addresses of their own. Link `n` is 10.n/256.n%256.0/24; on it, routers and hosts
/// have the addresses .1, .2, … in the order of their attachment. Router `n` has the loopback 10.255.n/256.n%256.
///
/// Life: routers, links, hosts → [#start()] → time. Unicast routes follow links and routers 50 ms after they change.
public final class Domain {
    private static final long ROUTES_FOLLOW_NS = 50_000_000L;

    private final SimNetwork network;
    private final Random random;
    private final ShortestPaths paths = new ShortestPaths();
    private final Map<String, RouterPlan> plans = new LinkedHashMap<>();
    private final Map<String, SimNetwork.Host> hosts = new LinkedHashMap<>();
    private final Map<SimLink, ShortestPaths.Net> nets = new HashMap<>();
    private final Map<SimLink, Integer> taken = new HashMap<>();
    private List<StaticRp> rps = List.of();
    private UnaryOperator<PimConfig> pimChange = UnaryOperator.identity();

    /// A router before and while it runs.
    private static final class RouterPlan {
        final Address loopback;
        final Map<Integer, Integer> prefixLengths = new HashMap<>();
        final List<ShortestPaths.Foot> feet = new ArrayList<>();
        final Map<Integer, PimConfig.Interface> interfaces = new HashMap<>();
        final SimNetwork.Host host;

        RouterPlan(Address loopback, SimNetwork.Host host) {
            this.loopback = loopback;
            this.host = host;
        }
    }

    /// @param seed of the network and of every protocol core
    public Domain(long seed) {
        network = new SimNetwork(seed);
        random = new Random(seed * 31 + 1);
    }

    public SimNetwork network() {
        return network;
    }

    public ShortestPaths paths() {
        return paths;
    }

    public long nowNs() {
        return network.nowNs();
    }

    /// A router with a loopback.
    public Domain router(String name) {
        int number = plans.size() + 1;
        Address loopback = Address.ofIpv4(0x0AFF0000 + number);
        SimNetwork.Host host = network.host(name, ports -> {
            RouterPlan plan = plan(name);
            return new SimRouter(ports, plan.prefixLengths, address -> paths.lookup(name, address), pimConfig(plan),
                    igmpConfig(plan), new Random(random.nextLong()), nowNs());
        });
        RouterPlan plan = new RouterPlan(loopback, host);
        plans.put(name, plan);
        attach(name, plan, 0, network.link(name + " loopback"), new InterfaceAddress(loopback, 32));
        return this;
    }

    /// A link between routers, at least one; hosts may follow.
    public SimLink link(String... routers) {
        SimLink link = network.link("link" + nets.size());
        Address net = Address.ofIpv4(0x0A000000 + (nets.size() << 8));
        for (String router : routers) {
            RouterPlan plan = plan(router);
            int port = plan.prefixLengths.size();
            attach(router, plan, port, link, new InterfaceAddress(next(link, net), 24));
        }
        return link;
    }

    private void attach(String router, RouterPlan plan, int port, SimLink link, InterfaceAddress address) {
        ShortestPaths.Net net = nets.computeIfAbsent(link, key -> paths.net(address));
        plan.prefixLengths.put(port, address.prefixLength());
        plan.interfaces.put(port, PimConfig.Interface.SPARSE);
        plan.feet.add(paths.attach(router, net, port, address.address()));
        plan.host.attach(port, link, address.address());
    }

    private Address next(SimLink link, Address net) {
        return Address.ofIpv4(net.ipv4() + taken.merge(link, 1, Integer::sum));
    }

    /// A host on a link.
    public Domain host(String name, SimLink link) {
        ShortestPaths.Net net = Objects.requireNonNull(nets.get(link));
        Address address = Address.ofIpv4((net.prefix.address().ipv4() & 0xFFFFFF00)
                + taken.merge(link, 1, Integer::sum));
        hosts.put(name, network.host(name, ports -> new SimHost(ports, address, new Random(random.nextLong())))
                .attach(1, link, address));
        return this;
    }

    /// The loopback of that router is the RP of all groups.
    public Domain rp(String router) {
        rps = List.of(new StaticRp(plan(router).loopback, Optional.empty(), false));
        return this;
    }

    /// Changes what is configured on all routers beyond interfaces and RPs.
    public Domain configured(UnaryOperator<PimConfig> change) {
        pimChange = change;
        return this;
    }

    /// Configures an interface.
    public Domain interfaceConfig(String router, SimLink link, PimConfig.Interface config) {
        RouterPlan plan = plan(router);
        ShortestPaths.Net net = Objects.requireNonNull(nets.get(link));
        plan.feet.stream().filter(each -> each.net == net).forEach(each -> plan.interfaces.put(each.port, config));
        return this;
    }

    public Domain start() {
        network.start();
        return this;
    }

    public void runSeconds(double seconds) {
        network.runSeconds(seconds);
    }

    public SimRouter router(int number) {
        return routerNamed(plans.keySet().stream().toList().get(number));
    }

    public SimRouter routerNamed(String name) {
        return (SimRouter) plan(name).host.node();
    }

    /// Whether that router is switched on.
    public boolean isOn(String router) {
        return plan(router).host.isOn();
    }

    public List<String> routers() {
        return List.copyOf(plans.keySet());
    }

    public SimHost hostNamed(String name) {
        return (SimHost) Objects.requireNonNull(hosts.get(name)).node();
    }

    /// The address of a router on a link.
    public Address address(String router, SimLink link) {
        ShortestPaths.Net net = Objects.requireNonNull(nets.get(link));
        return plan(router).feet.stream().filter(each -> each.net == net).findFirst().orElseThrow().address;
    }

    /// The link behind a port of a router.
    public SimLink link(String router, int port) {
        ShortestPaths.Net net =
                plan(router).feet.stream().filter(each -> each.port == port).findFirst().orElseThrow().net;
        return nets.entrySet().stream().filter(each -> each.getValue() == net).findFirst().orElseThrow().getKey();
    }

    /// The router that has that address.
    public String routerAt(Address address) {
        return plans.entrySet().stream()
                .filter(each -> each.getValue().feet.stream().anyMatch(foot -> foot.address.equals(address)))
                .findFirst().orElseThrow().getKey();
    }

    public Address loopback(String router) {
        return plan(router).loopback;
    }

    public void join(String host, Address group) {
        hostNamed(host).join(group, nowNs());
        plan(Objects.requireNonNull(hosts.get(host)));
    }

    public void join(String host, Address group, Address source) {
        hostNamed(host).join(group, source, nowNs());
        plan(Objects.requireNonNull(hosts.get(host)));
    }

    public void leave(String host, Address group) {
        hostNamed(host).leave(group);
    }

    /// Lets a host send to a group that many times a second.
    public void send(String host, Address group, double perSecond) {
        hostNamed(host).send(group, (long) (1e9 / perSecond), nowNs());
        plan(Objects.requireNonNull(hosts.get(host)));
    }

    private static void plan(SimNetwork.Host host) {
        host.plan();
    }

    public void up(SimLink link, boolean up) {
        link.up(up);
        ShortestPaths.Net net = Objects.requireNonNull(nets.get(link));
        routesChange(() -> net.up = up);
    }

    /// Switches a router off without a word.
    public void crash(String router) {
        plan(router).host.crash();
        routesChange(() -> plan(router).feet.forEach(each -> each.on = false));
    }

    /// Switches it on again, or off and on.
    public void restart(String router) {
        if (isOn(router)) {
            plan(router).host.crash();
        }
        plan(router).host.switchOn();
        routesChange(() -> plan(router).feet.forEach(each -> each.on = true));
    }

    private void routesChange(Runnable change) {
        network.at(nowNs() + ROUTES_FOLLOW_NS, () -> {
            change.run();
            paths.changed();
            plans.values().forEach(each -> {
                if (each.host.isOn()) {
                    ((SimRouter) each.host.node()).onRoutesChanged(nowNs());
                    each.host.plan();
                }
            });
        });
    }

    private RouterPlan plan(String router) {
        return Objects.requireNonNull(plans.get(router), router);
    }

    private PimConfig pimConfig(RouterPlan plan) {
        Map<String, PimConfig.Interface> byName = new HashMap<>();
        plan.interfaces.forEach((port, config) -> byName.put(SimRouter.nameOf(port), config));
        return pimChange.apply(PimConfig.of(byName, rps));
    }

    private static IgmpConfig igmpConfig(RouterPlan plan) {
        Map<String, IgmpInterfaceConfig> byName = new HashMap<>();
        plan.interfaces.keySet().forEach(port -> byName.put(SimRouter.nameOf(port), IgmpInterfaceConfig.DEFAULT));
        return IgmpConfig.of(byName);
    }
}
