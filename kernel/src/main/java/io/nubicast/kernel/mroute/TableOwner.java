package io.nubicast.kernel.mroute;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Finds out who owns a multicast routing table: the kernel does not tell, but the owner has a raw IGMP socket in the same
/// network namespace.
final class TableOwner {
    private static final Path PROC = Path.of("/proc");
    /// The "port" of a raw socket is its protocol: IGMP.
    private static final String IGMP = ":0002";
    private static final int LOCAL_ADDRESS = 1;
    private static final int INODE = 9;

    private TableOwner() {}

    /// Whoever has a raw IGMP socket in the namespace of the calling thread: `pimd (process 4711)`.
    static String likely() {
        try {
            Set<String> sockets = igmpSockets();
            List<String> holders = new ArrayList<>();
            try (Stream<Path> processes = Files.list(PROC)) {
                for (Path process : processes.filter(TableOwner::isProcess).toList()) {
                    if (holdsOne(process, sockets)) {
                        holders.add(name(process));
                    }
                }
            }
            return holders.isEmpty() ? "another multicast router" : String.join(" or ", holders);
        } catch (IOException | UncheckedIOException e) {
            return "another multicast router";
        }
    }

    private static Set<String> igmpSockets() throws IOException {
        try (Stream<String> lines = Files.lines(PROC.resolve("thread-self/net/raw"))) {
            return lines.skip(1).map(line -> line.trim().split("\\s+", -1))
                    .filter(fields -> fields.length > INODE && fields[LOCAL_ADDRESS].endsWith(IGMP))
                    .map(fields -> "socket:[" + fields[INODE] + "]").collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static boolean isProcess(Path path) {
        String name = path.getFileName().toString();
        return !name.isEmpty() && name.chars().allMatch(Character::isDigit)
                && !name.equals(Long.toString(ProcessHandle.current().pid()));
    }

    private static boolean holdsOne(Path process, Set<String> sockets) {
        try (Stream<Path> descriptors = Files.list(process.resolve("fd"))) {
            return descriptors.anyMatch(descriptor -> sockets.contains(target(descriptor)));
        } catch (IOException | UncheckedIOException e) {
            // It ended, or is not ours to look at.
            return false;
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return "";
        }
    }

    private static String name(Path process) {
        String number = "process " + process.getFileName();
        try {
            return Files.readString(process.resolve("comm")).strip() + " (" + number + ")";
        } catch (IOException e) {
            return number;
        }
    }
}
