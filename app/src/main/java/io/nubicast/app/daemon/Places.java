package io.nubicast.app.daemon;

import io.nubicast.proxy.config.KernelFiles;
import io.nubicast.proxy.management.ControlSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// Where files and sockets are when the command line does not say. Values of the environment are given, not read.
public final class Places {
    /// Names the directory of the configuration files and logs instead of `/etc/multicast`.
    public static final String DIRECTORY_VARIABLE = "NUBICAST_MULTICAST_DIR";

    private final Map<String, String> environment;
    private final Path system;
    private final int uid;

    /// @param system directory for sockets where it is writable: `/run`
    /// @param uid of this process
    Places(Map<String, String> environment, Path system, int uid) {
        this.environment = environment;
        this.system = system;
        this.uid = uid;
    }

    /// Those of this process.
    public static Places ofThisProcess() {
        return new Places(System.getenv(), Path.of("/run"), uid());
    }

    /// The directory of `server_cfg.json.txt` and `client_cfg.json.txt`.
    public Path multicastDirectory() {
        String named = environment.getOrDefault(DIRECTORY_VARIABLE, "");
        return Path.of(named.isEmpty() ? "/etc/multicast" : named);
    }

    public Path configuration(Role role) {
        return multicastDirectory().resolve(role.word() + "_cfg.json.txt");
    }

    public Path log(Role role) {
        return multicastDirectory().resolve(role.word() + "_log.txt");
    }

    /// The file with the management port that the original's commands read.
    public Path portFile(Role role) {
        return multicastDirectory().resolve(role.word() + "_port.txt");
    }

    /// The Unix socket on which the daemon answers. Root has `/run/nubicast`; others their runtime directory, or one in `/tmp`.
    public Path control(Role role) {
        return socketDirectory().resolve("proxy-" + role.word() + ".sock");
    }

    /// The directory of the kernel dialect's running and startup files.
    public Path kernelDirectory() {
        return KernelFiles.directory(environment);
    }

    /// The log of a daemon of the kernel dialect: `/var/log/multis.log`, or beside the files where the environment names their place.
    public Path kernelLog(Role role) {
        boolean named = !environment.getOrDefault(KernelFiles.DIRECTORY_VARIABLE, "").isEmpty();
        return (named ? kernelDirectory() : Path.of("/var/log")).resolve(role.service() + ".log");
    }

    /// The Unix socket of a daemon of the kernel dialect.
    public Path kernelControl(Role role) {
        return environment.getOrDefault(KernelFiles.DIRECTORY_VARIABLE, "").isEmpty()
                ? control(role)
                : ControlSocket.kernelPath("proxy-" + role.word(), environment);
    }

    private Path socketDirectory() {
        if (uid == 0 && Files.isWritable(system)) {
            return system.resolve("nubicast");
        }
        String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
        if (!runtime.isEmpty() && Files.isWritable(Path.of(runtime))) {
            return Path.of(runtime, "nubicast");
        }
        return Path.of("/tmp", "nubicast-" + uid);
    }

    /// The effective user of this process; 0 where there is no such thing.
    static int uid() {
        try {
            return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (java.io.IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return System.getProperty("user.name", "").equals("root")
                    ? 0
                    : Math.floorMod(
                            System.getProperty("user.name", "").hashCode(), 1 << 30);
        }
    }
}
