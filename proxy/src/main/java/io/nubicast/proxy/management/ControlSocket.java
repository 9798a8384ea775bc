package io.nubicast.proxy.management;

import io.nubicast.proxy.config.KernelFiles;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;

/// Where our Unix sockets are, and whose.
public final class ControlSocket {
    /// The owner of what only root may own.
    private static final int ROOT = 0;

    private ControlSocket() {}

    /// The usual place: `/run/nubicast/ROLE.sock` for root, otherwise in `$XDG_RUNTIME_DIR/nubicast` or
    /// `/tmp/nubicast-UID`.
    ///
    /// @param role `proxy-server` or `proxy-client`
    public static Path path(String role, Map<String, String> variables) {
        String runtime = variables.getOrDefault("XDG_RUNTIME_DIR", "");
        Path directory;
        long uid = ownUid();
        if (uid == ROOT) {
            directory = Path.of("/run/nubicast");
        } else if (!runtime.isEmpty()) {
            directory = Path.of(runtime, "nubicast");
        } else {
            directory = Path.of(System.getProperty("java.io.tmpdir", "/tmp"),
                    "nubicast-" + (uid < 0 ? System.getProperty("user.name") : Long.toString(uid)));
        }
        return directory.resolve(role + ".sock");
    }

    /// The place of a daemon of the kernel dialect: the usual one, or the directory of its files where the environment names that.
    public static Path kernelPath(String role, Map<String, String> variables) {
        return variables.getOrDefault(KernelFiles.DIRECTORY_VARIABLE, "").isEmpty()
                ? path(role, variables)
                : KernelFiles.directory(variables).resolve(role + ".sock");
    }

    /// The effective user of this process; -1 where the system does not tell.
    static long ownUid() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("Uid:")) {
                    return Long.parseLong(line.substring(4).strip().split("\\s+", -1)[1]); // real, effective, …
                }
            }
        } catch (IOException | RuntimeException e) {
            return -1; // no /proc: not Linux
        }
        return -1;
    }

    private static long uid(Path file) throws IOException {
        Object uid = Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        return uid instanceof Integer number ? Integer.toUnsignedLong(number) : -1;
    }

    /// Makes the directory, for its owner alone, or checks that nobody else can put a socket there.
    static void prepareDirectory(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Path parent = directory.getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            try {
                Files.createDirectory(directory,
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
            } catch (UnsupportedOperationException e) {
                Files.createDirectory(directory);
            }
            return;
        }
        long own = ownUid();
        if (own < 0) {
            return;
        }
        long owner = uid(directory);
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(directory);
        boolean othersWrite = permissions.contains(PosixFilePermission.OTHERS_WRITE)
                && ((int) Files.getAttribute(directory, "unix:mode") & 01000) == 0;
        if (owner != own && owner != ROOT || othersWrite) {
            throw new FileSystemException(directory.toString(), null,
                    "other users can put files there: name a directory of your own for the control socket");
        }
    }
}
