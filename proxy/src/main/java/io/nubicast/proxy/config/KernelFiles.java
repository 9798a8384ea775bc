package io.nubicast.proxy.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/// The two files of each half of the kernel dialect. Every change lands in *running*; a clean stop makes it *startup*; a start
/// takes up running where there is one, because then the last stop was not clean, and startup where there is none.
///
/// The original deletes running at each start, so that what was changed since the last clean stop is lost with a crash. Here it is
/// not: only a clean stop takes running away.
public enum KernelFiles {
    SERVER("multi_server"), CLIENT("multi_client");

    /// For commands and daemons where nothing else is said.
    public static final String DEFAULT_DIRECTORY = "/usr/local/etc";
    /// The environment variable that names another directory.
    public static final String DIRECTORY_VARIABLE = "NUBICAST_KERNEL_DIR";

    /// A longer file was not cleared: it need not be parsed to see that its array is there.
    private static final long MOST_BYTES_CLEARED = 4096;

    private final String name;

    KernelFiles(String name) {
        this.name = name;
    }

    /// Where the files are.
    ///
    /// @param variables the process's environment
    public static Path directory(Map<String, String> variables) {
        String named = variables.getOrDefault(DIRECTORY_VARIABLE, "");
        return Path.of(named.isEmpty() ? DEFAULT_DIRECTORY : named);
    }

    public Path running(Path directory) {
        return directory.resolve(name + "_running_config");
    }

    public Path startup(Path directory) {
        return directory.resolve(name + "_startup_config");
    }

    /// Makes the running file where there is none, from startup or empty, and the array in it where it was cleared.
    ///
    /// @return [EditResult.Outcome#BAD_FILE] when it is there and cannot be understood
    /// @throws IOException when it cannot be read or written
    public EditResult prepare(Path directory) throws IOException {
        Path running = running(directory);
        Path startup = startup(directory);
        Files.createDirectories(directory);
        return ConfigFiles.locked(running, () -> {
            if (Edit.isBlank(running) && !Edit.isBlank(startup)) {
                ConfigFiles.replace(running, Files.readString(startup, StandardCharsets.UTF_8));
            }
            if (Files.exists(running) && Files.size(running) > MOST_BYTES_CLEARED) {
                return EditResult.UNCHANGED;
            }
            Edit edit = this == SERVER ? KernelServerEdit.EDIT : KernelClientEdit.EDIT;
            return edit.changeLocked(running, true, entries -> EditResult.UNCHANGED);
        });
    }

    /// Running becomes startup, as at a clean stop; false when there is no running file.
    public boolean save(Path directory) throws IOException {
        Path running = running(directory);
        return ConfigFiles.locked(running, () -> {
            if (!Files.exists(running)) {
                return false;
            }
            Files.move(running, startup(directory), StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            return true;
        });
    }
}
