package io.nubicast.kernel.bpf;

import static io.nubicast.kernel.sys.SystemCalls.check;

import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.kernel.sys.Errno;
import io.nubicast.kernel.sys.RareCalls;
import io.nubicast.kernel.sys.Scratch;
import io.nubicast.kernel.sys.Structs;
import io.nubicast.kernel.sys.SystemCallException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// A directory of bpffs: maps, programs and links that have a name there outlive the process, until the name is removed and
/// nobody has them open. A restart takes them over.
public final class BpfPins {
    /// Where bpffs usually is.
    public static final Path DEFAULT_MOUNT = Path.of("/sys/fs/bpf");

    private static final long BPF_FS_MAGIC = 0xCAFE4A11L;

    private final Path directory;

    private BpfPins(Path directory) {
        this.directory = directory;
    }

    /// Opens a directory, which is made where it is missing.
    ///
    /// @param directory below a mounted bpffs; the names in it have no dots, which the kernel keeps for itself
    /// @throws IOException when bpffs is not mounted there, with the command that does it
    public static BpfPins at(Path directory) throws IOException {
        Path existing = directory.toAbsolutePath();
        while (!Files.exists(existing) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        if (!isBpffs(existing)) {
            throw new IOException("what outlives the process is kept in " + directory
                    + ", and that is no bpffs; mount it first: mount -t bpf bpf " + DEFAULT_MOUNT);
        }
        Files.createDirectories(directory);
        return new BpfPins(directory);
    }

    /// Finds a directory that is there already.
    ///
    /// @return empty when it is not, or is no bpffs
    public static Optional<BpfPins> existing(Path directory) throws IOException {
        return Files.isDirectory(directory) && isBpffs(directory)
                ? Optional.of(new BpfPins(directory))
                : Optional.empty();
    }

    /// Asks the kernel itself: what Java says is about the mounts of the process, and a thread may have its own.
    private static boolean isBpffs(Path directory) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment found = arena.allocate(Structs.STATFS);
            check("statfs " + directory,
                    RareCalls.statfs(Scratch.capture(), arena.allocateFrom(directory.toString()), found));
            return found.get(ValueLayout.JAVA_LONG, 0) == BPF_FS_MAGIC;
        }
    }

    /// Gives it a name.
    ///
    /// @param object map, program or link
    /// @throws SystemCallException EEXIST when the name is taken, EPERM without CAP_BPF or for a name with a dot
    public void pin(String name, Descriptor object) throws SystemCallException {
        check("bpf BPF_OBJ_PIN " + directory.resolve(name), call(BpfCalls.OBJ_PIN, name, object.fd()));
    }

    /// The map of that name.
    ///
    /// @param like what it must be: kind, sizes, capacity and flags
    /// @throws IOException when it is something else
    public Optional<BpfMap> map(String name, BpfMapSpec like) throws IOException {
        int fd = open(name);
        if (fd < 0) {
            return Optional.empty();
        }
        BpfMap map = BpfMap.adopt(fd, like);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(Structs.BPF_MAP_INFO);
            BpfCalls.info(fd, info);
            if (field(info, "type") != like.kind().number || field(info, "key_size") != like.keyBytes()
                    || field(info, "value_size") != like.valueBytes() || field(info, "max_entries") != like.capacity()
                    || field(info, "map_flags") != like.flags()) {
                map.close();
                throw new IOException("the map " + directory.resolve(name) + " is not what this version wants, " + like
                        + "; stop what uses it and remove it");
            }
            return Optional.of(map);
        } catch (SystemCallException e) {
            map.close();
            throw e;
        }
    }

    private static int field(MemorySegment info, String field) {
        return info.get(ValueLayout.JAVA_INT, Structs.offset(Structs.BPF_MAP_INFO, field));
    }

    /// The link of that name.
    public Optional<BpfLink> link(String name) throws SystemCallException {
        int fd = open(name);
        return fd < 0 ? Optional.empty() : Optional.of(BpfLink.adopt(fd));
    }

    /// The program of that name.
    ///
    /// @param type that it was loaded with
    public Optional<BpfProgram> program(String name, BpfProgram.Type type) throws SystemCallException {
        int fd = open(name);
        return fd < 0 ? Optional.empty() : Optional.of(BpfProgram.adopt(fd, type));
    }

    /// -1 when there is none.
    private int open(String name) throws SystemCallException {
        int fd = call(BpfCalls.OBJ_GET, name, 0);
        return fd == -Errno.ENOENT ? -1 : check("bpf BPF_OBJ_GET " + directory.resolve(name), fd);
    }

    private int call(int command, String name, int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(Structs.BPF_OBJ_PIN);
            attributes.set(ValueLayout.JAVA_LONG, 0, arena.allocateFrom(directory.resolve(name).toString()).address());
            attributes.set(ValueLayout.JAVA_INT, Structs.offset(Structs.BPF_OBJ_PIN, "bpf_fd"), fd);
            return BpfCalls.call(command, attributes, Structs.BPF_OBJ_PIN);
        }
    }

    /// Takes the name away.
    ///
    /// @return whether there was one
    public boolean remove(String name) throws IOException {
        return Files.deleteIfExists(directory.resolve(name));
    }

    /// Takes all names away, and the directory.
    public void removeAll() throws IOException {
        try (DirectoryStream<Path> names = Files.newDirectoryStream(directory)) {
            for (Path name : names) {
                Files.deleteIfExists(name);
            }
        }
        Files.deleteIfExists(directory);
    }

    @Override
    public String toString() {
        return directory.toString();
    }
}
