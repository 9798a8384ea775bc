package io.nubicast.app.router;

import io.nubicast.router.config.ConfigStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/// Configurations in files: the start-up configuration is the file that the daemon was started with.
final class FileConfigStore implements ConfigStore {
    /// More is no configuration.
    private static final long MOST_BYTES = 16L << 20;

    private final Path startup;

    FileConfigStore(Path startup) {
        this.startup = startup;
    }

    @Override
    public Optional<String> startup() throws IOException {
        return Files.exists(startup) ? Optional.of(content(startup)) : Optional.empty();
    }

    /// Written beside it and moved into its place, so that a crash leaves the old one or the new one.
    @Override
    public void saveStartup(String text) throws IOException {
        Path target = Files.exists(startup) ? startup.toRealPath() : startup.toAbsolutePath();
        Path written = target.resolveSibling("." + target.getFileName() + ".new");
        Files.writeString(written, text, StandardCharsets.UTF_8);
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            Files.setPosixFilePermissions(written, Files.getPosixFilePermissions(target));
        }
        Files.move(written, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public String read(String file) throws IOException {
        return content(startup.toAbsolutePath().resolveSibling(file));
    }

    private static String content(Path file) throws IOException {
        if (!Files.exists(file)) {
            throw new NoSuchFileException(file.toString(), null, "there is no such file");
        }
        if (Files.isDirectory(file) || Files.size(file) > MOST_BYTES) {
            throw new IOException(file + " is no configuration file");
        }
        return Files.readString(file, StandardCharsets.UTF_8);
    }
}
