package io.nubicast.dataplane.socket;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/// Which UDP ports the applications of this host listen on, from `/proc/net/udp` and `udp6` (proc_net_udp(5)): a socket for IPv6
/// usually takes IPv4 too.
final class ClientListeners {
    /// Of the calling thread's network namespace, which need not be the process's.
    private static final Path DIRECTORY = Path.of("/proc/thread-self/net");
    private static final int WORD = 8;
    private static final String ANY = "0".repeat(WORD);
    private static final String ANY_IPV6 = ANY.repeat(4);
    /// ::ffff:0:0/96
    private static final String MAPPED = ANY + ANY + "FFFF0000";
    /// The remote address of what is not connected.
    private static final String NOBODY = ANY + ":0000";
    private static final String NOBODY_IPV6 = ANY_IPV6 + ":0000";
    /// Above every place.
    private static final long NOWHERE = Long.MAX_VALUE;

    private final Path directory;

    ClientListeners() {
        this(DIRECTORY);
    }

    ClientListeners(Path directory) {
        this.directory = directory;
    }

    /// Where unconnected sockets listened at one moment.
    static final class Snapshot {
        /// Sorted.
        private final long[] places;

        private Snapshot(long[] places) {
            this.places = places;
        }

        /// Whether one of them takes unicast to that address and port. Does not allocate.
        boolean takes(int address, int port) {
            return Arrays.binarySearch(places, place(address, port)) >= 0
                    || Arrays.binarySearch(places, place(0, port)) >= 0;
        }
    }

    private static long place(int address, int port) {
        return (long) address << 16 | port;
    }

    /// What is there now; nothing where the tables cannot be read.
    Snapshot now() {
        return new Snapshot(Stream.of("udp", "udp6").flatMapToLong(this::read).sorted().toArray());
    }

    /// Whether an unconnected socket takes unicast to that address and port.
    boolean takes(int address, int port) {
        return now().takes(address, port);
    }

    private LongStream read(String table) {
        try {
            return Files.readAllLines(directory.resolve(table), StandardCharsets.US_ASCII).stream()
                    .map(line -> line.strip().split(" +", -1))
                    .filter(words -> words.length > 2 && (words[2].equals(NOBODY) || words[2].equals(NOBODY_IPV6)))
                    .mapToLong(words -> parse(words[1]));
        } catch (IOException e) {
            // There is no table of IPv6 where that is switched off.
            return LongStream.empty();
        }
    }

    /// @param local `ADDRESS:PORT` in hexadecimal, the address as the machine's byte order makes it of the network's; of IPv6
    ///     addresses the last of their four words counts, where the others say that it is one of IPv4
    private static long parse(String local) {
        int colon = local.indexOf(':');
        String address = local.substring(0, colon);
        boolean isIpv4 = colon == WORD || address.startsWith(ANY_IPV6) || address.startsWith(MAPPED);
        if (!isIpv4) {
            return NOWHERE;
        }
        int word = Integer.parseUnsignedInt(address.substring(colon - WORD), 16);
        return place(Integer.reverseBytes(word), Integer.parseInt(local.substring(colon + 1), 16));
    }
}
