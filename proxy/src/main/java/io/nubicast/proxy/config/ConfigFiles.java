package io.nubicast.proxy.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/// How configuration files are replaced: whole or not at all, one writer at a time, mode and owner kept.
public final class ConfigFiles {
    /// For commands and daemons where nothing else is said.
    public static final String DEFAULT_DIRECTORY = "/etc/multicast";
    /// The environment variable that names another directory.
    public static final String DIRECTORY_VARIABLE = "NUBICAST_MULTICAST_DIR";
    public static final String SERVER_FILE = "server_cfg.json.txt";
    public static final String CLIENT_FILE = "client_cfg.json.txt";

    /// A file lock is held by the process; this one orders the threads of a process.
    private static final ReentrantLock IN_PROCESS = new ReentrantLock();

    private ConfigFiles() {}

    /// Why a file could not be changed, one clause for people.
    public static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException denied -> "permission denied; run as root, or as the owner of the directory";
            case NoSuchFileException missing -> "there is no " + missing.getFile();
            case FileSystemException other -> other.getReason() != null ? other.getReason() : e.toString();
            default -> e.getMessage() != null ? e.getMessage() : e.toString();
        };
    }

    /// What runs under a lock.
    interface Locked<R> {
        R run() throws IOException;
    }

    /// Runs `action` while nobody else edits `file`. The lock is a hidden file beside it that stays there, because the file
    /// itself is replaced by every edit.
    static <R> R locked(Path file, Locked<R> action) throws IOException {
        Path absolute = file.toAbsolutePath();
        Path lock = absolute.resolveSibling("." + absolute.getFileName() + ".lock");
        IN_PROCESS.lock();
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.lock();
            return action.run();
        } finally {
            IN_PROCESS.unlock();
        }
    }

    /// Replaces `file` by `text`: written beside it, forced to the disk, renamed over it. A symbolic link is followed.
    ///
    /// @throws IOException when anything failed; the old file is then untouched
    public static void replace(Path file, String text) throws IOException {
        Path target;
        try {
            target = file.toRealPath();
        } catch (NoSuchFileException e) {
            target = file.toAbsolutePath();
        }
        Path temporary =
                target.resolveSibling("." + target.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
        boolean renamed = false;
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                keepModeAndOwner(target, temporary);
                channel.force(true);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            renamed = true;
        } finally {
            if (!renamed) {
                Files.deleteIfExists(temporary);
            }
        }
        forceDirectory(target);
    }

    private static void keepModeAndOwner(Path old, Path fresh) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(fresh, PosixFileAttributeView.class);
        if (view == null) {
            return; // not a POSIX file system: Windows
        }
        if (!Files.exists(old, LinkOption.NOFOLLOW_LINKS)) {
            Set<PosixFilePermission> readable = EnumSet.of(PosixFilePermission.OWNER_READ,
                    PosixFilePermission.OWNER_WRITE, PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ);
            view.setPermissions(readable);
            return;
        }
        PosixFileAttributes was = Files.readAttributes(old, PosixFileAttributes.class);
        PosixFileAttributes is = view.readAttributes();
        try {
            if (!was.owner().equals(is.owner())) {
                view.setOwner(was.owner());
            }
            if (!was.group().equals(is.group())) {
                view.setGroup(was.group());
            }
        } catch (IOException e) {
            // Only root may give files away. Whoever may write here may also own the file.
        }
        view.setPermissions(was.permissions());
    }

    /// So that the rename survives a power cut; not every system can.
    private static void forceDirectory(Path file) {
        Path directory = file.getParent();
        if (directory == null) {
            return;
        }
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Windows opens no directories. The file itself is safe.
        }
    }
}
