package io.nubicast.app.demo;

import io.nubicast.app.demo.Hop.Reading;
import io.nubicast.app.demo.Hop.Role;
import io.nubicast.tools.lab.NetworkLab;
import io.nubicast.tools.lab.Node;
import io.nubicast.tools.lab.Switch;
import io.nubicast.tools.mpegts.TsHealth;
import io.nubicast.tools.traffic.Interfaces;
import io.nubicast.tools.traffic.ReceiveOptions;
import io.nubicast.tools.traffic.SendOptions;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The manual's two pictures, every machine a network namespace.
///
///     ECS1 10.0.0.11 ┐                               ┌ VM1 192.168.1.21  proxy client
///     ECS2 10.0.0.12 ┤                               │
///     ECS3 10.0.0.13 ┼ VPC ── router .1 ── .1 ── LAN ┼ VM2 192.168.1.22
///     ECS4 10.0.0.14 ┘ no multicast                  └ VM3 192.168.1.23
///
/// Picture 1: ECS1 sends to 239.10.10.1, its proxy server copies to ECS2, ECS3 and ECS4. Picture 2: ECS1 sends to 239.10.10.2,
/// the copy goes to VM1, whose proxy client turns it back into multicast for VM2 and VM3. A control receiver in ECS2 has joined
/// as well, but takes multicast only: it must stay silent.
final class LabScene implements Scene {
    static final String PREFIX = "nbdemo";

    private static final String GROUP_1 = "239.10.10.1";
    private static final String GROUP_2 = "239.10.10.2";
    private static final int PORT = 5000;
    private static final String NIC = "eth0";
    private static final String SERVER_FILE = """
            {"multi_group_array": [
              {"group_ip": "239.10.10.1", "group_port": 5000, "server_port": 5000,
               "member_array": ["10.0.0.12", "10.0.0.13", "10.0.0.14"]},
              {"group_ip": "239.10.10.2", "group_port": 5000, "server_port": 5000,
               "member_array": ["192.168.1.21"]}
            ]}
            """;
    private static final String CLIENT_FILE = """
            {"multi_server_info_array": [
              {"server_ip": "10.0.0.11", "server_port": 5000, "group_port": 5000, "group_ip": "239.10.10.2"}
            ]}
            """;
    private static final long QUIET_NS = 400_000_000;
    private static final long DRAIN_NS = 3_000_000_000L;

    private final Workspace workspace;
    private final NetworkLab lab;
    private final Map<String, Node> nodes = new LinkedHashMap<>();
    private final Map<String, Member> picture1 = new LinkedHashMap<>();
    private final Map<String, Member> picture2 = new LinkedHashMap<>();
    private final List<String> refusals = new ArrayList<>();
    private final List<Blocked> blocked = new ArrayList<>();
    private @Nullable Member control;
    private volatile @Nullable Source source1;
    private volatile @Nullable Source source2;
    private volatile @Nullable Daemon server;
    private volatile @Nullable Daemon client;

    private LabScene(Workspace workspace, NetworkLab lab) {
        this.workspace = workspace;
        this.lab = lab;
    }

    static LabScene open() {
        NetworkLab lab = NetworkLab.open(PREFIX);
        return new LabScene(Workspace.create(), lab);
    }

    @Override
    public List<String> introduction() {
        return List.of("Builds a VPC that carries no multicast (ECS1 to ECS4) and a LAN behind a router (VM1 to VM3)",
                "from network namespaces, and streams a test pattern from ECS1 to everybody.");
    }

    @Override
    public void build() {
        Switch cloud = lab.bridge("vpc");
        Switch lan = lab.bridge("lan");
        Node router = node("router");
        cloud.attach(router, NIC, "10.0.0.1/24");
        lan.attach(router, "eth1", "192.168.1.1/24");
        router.sysctl("net/ipv4/ip_forward", "1");
        for (int i = 1; i <= 4; i++) {
            machine("ecs" + i, cloud, "10.0.0.1" + i, "10.0.0.1");
        }
        for (int i = 1; i <= 3; i++) {
            machine("vm" + i, lan, "192.168.1.2" + i, "192.168.1.1");
        }
        cloud.blockMulticast(GROUP_1, GROUP_2);
        blocked.add(new Blocked(cloud, GROUP_1));
        blocked.add(new Blocked(cloud, GROUP_2));
        control = Member.start("control", namespace("ecs2"),
                ReceiveOptions.defaults().withGroup(address(GROUP_1), PORT).withInterface(NIC)
                        .withBind(address(GROUP_1)));
        for (String name : List.of("ecs2", "ecs3", "ecs4")) {
            // As an unmodified application: joined, bound to any address.
            picture1.put(name, Member.start(name, namespace(name),
                    ReceiveOptions.defaults().withGroup(address(GROUP_1), PORT).withInterface(NIC)));
        }
        for (String name : List.of("vm2", "vm3")) {
            // The strictest application: bound to the group, so that nothing but multicast reaches it.
            picture2.put(name, Member.start(name, namespace(name),
                    ReceiveOptions.defaults().withGroup(address(GROUP_2), PORT).withInterface(NIC)
                            .withBind(address(GROUP_2))));
        }
    }

    private Node node(String name) {
        Node node = lab.node(name);
        nodes.put(name, node);
        return node;
    }

    private void machine(String name, Switch network, String address, String gateway) {
        Node node = node(name);
        network.attach(node, NIC, address + "/24");
        node.route("default via " + gateway);
    }

    private Optional<String> namespace(String name) {
        return Optional.ofNullable(nodes.get(name)).map(Node::namespace);
    }

    private static InetAddress address(String text) {
        return Interfaces.address(text);
    }

    private Source source(String group) {
        return Source.start("ecs1 to " + group, namespace("ecs1"), SendOptions.defaults()
                .withDestination(address(group), PORT).withInterface(NIC).withTs(Path.of("sample"), 1316));
    }

    @Override
    public List<Picture> pictures() {
        List<Hop> first = new ArrayList<>();
        first.add(new Hop("ECS1", "application sends", Role.SOURCE, () -> read(source1)));
        first.add(new Hop("ECS1", "proxy server", Role.PROXY, () -> daemon(server, GROUP_1)));
        first.add(new Hop("VPC", "multicast dropped", Role.BLOCKED, blocked.getFirst()::reading));
        picture1.forEach(
                (name, member) -> first.add(new Hop(upper(name), "receives", Role.MEMBER, () -> read(member))));
        first.add(new Hop("ECS2", "control: multicast", Role.CONTROL, this::silence));
        List<Hop> second = new ArrayList<>();
        second.add(new Hop("ECS1", "application sends", Role.SOURCE, () -> read(source2)));
        second.add(new Hop("ECS1", "proxy server", Role.PROXY, () -> daemon(server, GROUP_2)));
        second.add(new Hop("VPC", "multicast dropped", Role.BLOCKED, blocked.getLast()::reading));
        second.add(new Hop("VM1", "proxy client", Role.PROXY, () -> daemon(client, GROUP_2)));
        picture2.forEach(
                (name, member) -> second.add(new Hop(upper(name), "receives", Role.MEMBER, () -> read(member))));
        return List.of(
                new Picture("Picture 1: only a server",
                        "ECS1 app → 239.10.10.1 → proxy server → VPC → ECS2, ECS3, ECS4",
                        "ECS1 → VPC → ECS2, ECS3, ECS4", first),
                new Picture("Picture 2: a server and a client",
                        "ECS1 app → 239.10.10.2 → server → VPC → router → VM1 client → LAN → VM2, VM3",
                        "ECS1 → VPC → VM1 → VM2, VM3", second));
    }

    private static String upper(String name) {
        return name.toUpperCase(java.util.Locale.ROOT);
    }

    private static Reading read(@Nullable Source source) {
        return source == null ? Reading.UNKNOWN : Reading.of(source.packets(), source.bytes());
    }

    static Reading read(Member member) {
        var report = member.report();
        TsHealth health = report.ts().orElseThrow();
        return new Reading(report.packets(), report.bytes(), Health.text(health), Health.well(health));
    }

    private static Reading daemon(@Nullable Daemon daemon, String group) {
        return daemon == null ? Reading.UNKNOWN : daemon.status().reading(group);
    }

    private Reading silence() {
        long heard = control == null ? 0 : control.packets();
        return new Reading(heard, -1, heard == 0 ? "silent" : "hears multicast", heard == 0);
    }

    @Override
    public boolean startWithoutProxy() {
        source1 = source(GROUP_1);
        source2 = source(GROUP_2);
        return true;
    }

    @Override
    public String proveBlocked() {
        endSources();
        long sent = read(source1).packets() + read(source2).packets();
        Map<String, Supplier<Long>> all = new LinkedHashMap<>();
        picture1.forEach((name, member) -> all.put(upper(name), member::packets));
        picture2.forEach((name, member) -> all.put(upper(name), member::packets));
        all.put("the control receiver in ECS2", () -> silence().packets());
        all.forEach((name, packets) -> {
            if (packets.get() > 0) {
                throw new DemoException("multicast is not blocked: without a proxy " + packets.get()
                        + " datagrams reached " + name);
            }
        });
        blocked.forEach(Blocked::refresh);
        long dropped = blocked.stream().mapToLong(each -> each.reading().packets()).sum();
        source1 = null;
        source2 = null;
        if (dropped >= 0 && dropped < sent) {
            throw new DemoException(
                    "the VPC dropped " + dropped + " of " + sent + " multicast datagrams, yet none arrived");
        }
        return "Without a proxy ECS1 sent " + sent + " datagrams and nobody received one"
                + (dropped < 0 ? "" : ": the VPC dropped them");
    }

    @Override
    public void startProxies() {
        server = Daemon.start("server", Optional.ofNullable(nodes.get("ecs1")), workspace, SERVER_FILE, List.of());
        client = Daemon.start("client", Optional.ofNullable(nodes.get("vm1")), workspace, CLIENT_FILE, List.of());
    }

    @Override
    public boolean proxiesServe() {
        return server != null && server.serves() && client != null && client.serves();
    }

    @Override
    public List<String> startStream() {
        List<String> lines = new ArrayList<>();
        if (server != null && client != null) {
            lines.add("ECS1: " + server.serving());
            lines.add("VM1: " + client.serving());
        }
        blocked.forEach(Blocked::restart);
        source1 = source(GROUP_1);
        source2 = source(GROUP_2);
        return lines;
    }

    private void endSources() {
        for (Source source : new Source[]{source1, source2}) {
            if (source != null) {
                source.end();
                source.refused().ifPresent(text -> refusals.add("ECS1 application: " + text));
            }
        }
    }

    @Override
    public void endStream() {
        endSources();
        Drain.await(this::complete, this::received, QUIET_NS, DRAIN_NS);
        picture1.values().forEach(Member::end);
        picture2.values().forEach(Member::end);
        if (control != null) {
            control.end();
        }
        blocked.forEach(Blocked::refresh);
    }

    private boolean complete() {
        return picture1.values().stream().allMatch(member -> member.packets() >= read(source1).packets())
                && picture2.values().stream().allMatch(member -> member.packets() >= read(source2).packets());
    }

    private long received() {
        return picture1.values().stream().mapToLong(Member::packets).sum()
                + picture2.values().stream().mapToLong(Member::packets).sum();
    }

    @Override
    public List<Comparison> comparisons() {
        List<Comparison> all = new ArrayList<>();
        all.addAll(Drain.compare(source1, picture1));
        all.addAll(Drain.compare(source2, picture2));
        return all;
    }

    @Override
    public List<String> complaints() {
        List<String> lines = new ArrayList<>(refusals);
        if (silence().packets() > 0) {
            lines.add("the control receiver in ECS2 heard " + silence().packets()
                    + " multicast datagrams: the VPC does carry multicast");
        }
        Map<String, Daemon> daemons = new LinkedHashMap<>();
        if (server != null) {
            daemons.put("proxy server on ECS1", server);
        }
        if (client != null) {
            daemons.put("proxy client on VM1", client);
        }
        daemons.forEach((name, daemon) -> {
            if (!daemon.alive()) {
                lines.add("the " + name + " ended too early");
                lines.addAll(daemon.printed());
            }
        });
        return lines;
    }

    @Override
    public void close() {
        lab.close();
        workspace.remove();
    }
}
