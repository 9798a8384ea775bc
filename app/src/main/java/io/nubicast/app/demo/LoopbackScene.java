package io.nubicast.app.demo;

import io.nubicast.app.demo.Hop.Role;
import io.nubicast.tools.traffic.Interfaces;
import io.nubicast.tools.traffic.ReceiveOptions;
import io.nubicast.tools.traffic.SendOptions;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Where no namespaces can be had: one machine, its loopback interface, the portable data plane. The members are addresses of
/// 127.0.0.0/8 (on macOS only 127.0.0.1), each with a socket of its own.
final class LoopbackScene implements Scene {
    private static final String GROUP = "239.10.10.1";
    private static final long QUIET_NS = 400_000_000;
    private static final long DRAIN_NS = 3_000_000_000L;

    private final String why;
    private final Workspace workspace;
    private final int port = freePort();
    private final Map<String, Member> members = new LinkedHashMap<>();
    private volatile @Nullable Source source;
    private volatile @Nullable Daemon server;

    /// @param why nothing better is possible here
    LoopbackScene(String why) {
        this.why = why;
        this.workspace = Workspace.create();
    }

    private static int freePort() {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            return socket.getLocalPort();
        } catch (SocketException e) {
            throw new DemoException("no UDP socket can be opened on 127.0.0.1: " + e.getMessage(), e);
        }
    }

    @Override
    public List<String> introduction() {
        return List.of("Network namespaces cannot be had here: " + why + ".",
                "So this runs on the loopback interface with the portable data plane. Left out: the VPC that blocks",
                "multicast, the proxy client (picture 2), kept source addresses, and the faster data plane.");
    }

    private static String loopback() {
        try {
            NetworkInterface loopback = NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
            if (loopback != null) {
                return loopback.getName();
            }
        } catch (IOException e) {
            throw new DemoException("the loopback interface cannot be found: " + e.getMessage(), e);
        }
        throw new DemoException("no interface has the address 127.0.0.1: ip link set lo up");
    }

    @Override
    public void build() {
        for (String address : List.of("127.0.0.12", "127.0.0.13", "127.0.0.14")) {
            if (usable(address)) {
                members.put(address, member(address));
            }
        }
        if (members.isEmpty()) {
            members.put("127.0.0.1", member("127.0.0.1"));
        }
    }

    private static boolean usable(String address) {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(address, 0))) {
            return socket.isBound();
        } catch (SocketException e) {
            return false;
        }
    }

    private Member member(String address) {
        return Member.start(address, Optional.empty(),
                ReceiveOptions.defaults().withoutGroup(port).withBind(Interfaces.address(address)));
    }

    @Override
    public List<Picture> pictures() {
        List<Hop> hops = new ArrayList<>();
        hops.add(new Hop("app", "application sends", Role.SOURCE, () -> {
            Source now = source;
            return now == null ? Hop.Reading.UNKNOWN : Hop.Reading.of(now.packets(), now.bytes());
        }));
        hops.add(new Hop("proxy", "proxy server", Role.PROXY, () -> {
            Daemon now = server;
            return now == null ? Hop.Reading.UNKNOWN : now.status().reading(GROUP);
        }));
        members.forEach((name, member) -> hops
                .add(new Hop(name.substring(name.lastIndexOf('.')), name + " receives", Role.MEMBER,
                        () -> LabScene.read(member))));
        return List.of(new Picture("On loopback: only a server", "app → 239.10.10.1 → proxy server → "
                + String.join(", ", members.keySet()), "app → proxy → members", hops));
    }

    @Override
    public boolean startWithoutProxy() {
        return false;
    }

    @Override
    public String proveBlocked() {
        return "";
    }

    @Override
    public void startProxies() {
        String file = "{\"multi_group_array\": [{\"group_ip\": \"" + GROUP + "\", \"group_port\": " + port
                + ", \"server_port\": " + port + ", \"member_array\": [\"" + String.join("\", \"", members.keySet())
                + "\"]}]}\n";
        server = Daemon.start("server", Optional.empty(), workspace, file,
                List.of("--data-plane", "portable", "--interface", loopback(), "--allow-loopback"));
    }

    @Override
    public boolean proxiesServe() {
        return server != null && server.serves();
    }

    @Override
    public List<String> startStream() {
        source = Source.start("app", Optional.empty(), SendOptions.defaults()
                .withDestination(Interfaces.address(GROUP), port).withInterface(loopback())
                .withTs(Path.of("sample"), 1316));
        return server == null ? List.of() : List.of(server.serving());
    }

    @Override
    public void endStream() {
        Source ended = source;
        if (ended != null) {
            ended.end();
            Drain.await(() -> members.values().stream().allMatch(member -> member.packets() >= ended.packets()),
                    () -> members.values().stream().mapToLong(Member::packets).sum(), QUIET_NS, DRAIN_NS);
        }
        members.values().forEach(Member::end);
    }

    @Override
    public List<Comparison> comparisons() {
        return Drain.compare(source, members);
    }

    @Override
    public List<String> complaints() {
        List<String> lines = new ArrayList<>();
        Source sent = source;
        if (sent != null) {
            sent.refused().ifPresent(lines::add);
        }
        Daemon daemon = server;
        if (daemon != null && !daemon.alive()) {
            lines.add("the proxy server ended too early");
            lines.addAll(daemon.printed());
        }
        return lines;
    }

    @Override
    public void close() {
        Daemon daemon = server;
        if (daemon != null) {
            daemon.end();
        }
        workspace.remove();
    }
}
