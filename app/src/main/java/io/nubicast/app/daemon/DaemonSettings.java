package io.nubicast.app.daemon;

import io.nubicast.dataplane.PlaneOptions;
import io.nubicast.proxy.config.Dialect;
import io.nubicast.proxy.config.Marker;
import io.nubicast.wire.Address;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What the command line of a daemon says, defaults filled in.
///
/// @param role which daemon
/// @param dialect of the configuration file
/// @param kernelDirectory where the daemon takes up and saves the running file of [Dialect#KERNEL]; empty: it only reads its file
/// @param configuration file
/// @param dataPlane `auto` or the name of a plane
/// @param planeOptions how the plane works
/// @param planeWishes those of them that were asked for on the command line
/// @param interfaces where the server captures or the client restores; empty: the role's rule
/// @param ttl 1..255, of unicast copies (server) or of the multicast (client)
/// @param marker how copies are marked, or must be
/// @param log file
/// @param control Unix socket on which the daemon answers
/// @param metrics where Prometheus may ask; empty: nowhere
/// @param management where `reload` and `list` of the original are answered; empty: nowhere
/// @param localAddress client: the own address to which copies must be sent, `0.0.0.0` for any
/// @param allowLoopback members and servers within 127.0.0.0/8, for a demo on one host
public record DaemonSettings(Role role, Dialect dialect, Optional<Path> kernelDirectory, Path configuration,
        String dataPlane, PlaneOptions planeOptions,
        List<PlaneWish> planeWishes, List<String> interfaces, int ttl, Marker marker, Path log, Path control,
        Optional<InetSocketAddress> metrics, Optional<InetSocketAddress> management, Address localAddress,
        boolean allowLoopback) {
    public DaemonSettings {
        planeWishes = List.copyOf(planeWishes);
        interfaces = List.copyOf(interfaces);
    }
}
