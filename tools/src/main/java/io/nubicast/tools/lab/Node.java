package io.nubicast.tools.lab;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// A machine of the lab: one network namespace. Any thread.
public final class Node {
    private final NetworkLab lab;
    private final String name;
    private final String namespace;

    Node(NetworkLab lab, String name, String namespace) {
        this.lab = lab;
        this.name = name;
        this.namespace = namespace;
    }

    /// Its name in the lab, `ecs1`.
    public String name() {
        return name;
    }

    /// Its name for `ip netns exec` and for entering it, `nbdemo1234-ecs1`.
    public String namespace() {
        return namespace;
    }

    /// Gives an interface an address with its prefix length, `10.0.0.1/24`.
    public Node address(String networkInterface, String cidr) {
        ip("addr", "add", cidr, "dev", networkInterface);
        return this;
    }

    /// Adds a route, the words after `ip route add`: `default via 10.0.0.254`.
    public Node route(String words) {
        List<String> all = new ArrayList<>(List.of("route", "add"));
        all.addAll(List.of(words.split(" +")));
        ip(all.toArray(String[]::new));
        return this;
    }

    /// Sets a sysctl by its file under /proc/sys: `net/ipv4/ip_forward`.
    public Node sysctl(String file, String value) {
        run("sh", "-c", "echo " + value + " > /proc/sys/" + file);
        return this;
    }

    /// Runs `ip` on this node's network.
    ///
    /// @throws LabException with the command and its output when it fails
    public String ip(String... words) {
        List<String> all = new ArrayList<>(List.of(Leftovers.ip(), "-n", namespace));
        all.addAll(List.of(words));
        return NetworkLab.checked(all, "");
    }

    /// Loads rules written in nft's own language.
    public Node nft(String rules) {
        NetworkLab.checked(inside(List.of(NetworkLab.nft(), "-f", "-")), rules);
        return this;
    }

    /// Runs a command inside to its end (at most 20 s) and returns what it printed.
    ///
    /// @throws LabException with its output when its status is not 0
    public String run(String... words) {
        return NetworkLab.checked(inside(List.of(words)), "");
    }

    /// Starts a command inside that runs on; the lab ends it when it closes. The caller redirects the outputs first.
    public Process start(ProcessBuilder builder) {
        builder.command(inside(builder.command()));
        try {
            return lab.started(builder.start());
        } catch (IOException e) {
            throw new LabException("cannot start in " + name + ": " + String.join(" ", builder.command()), e);
        }
    }

    private List<String> inside(List<String> words) {
        List<String> all = new ArrayList<>(List.of(Leftovers.ip(), "netns", "exec", namespace));
        all.addAll(words);
        return all;
    }

    @Override
    public String toString() {
        return namespace;
    }
}
