package io.nubicast.dataplane.ebpf;

import io.nubicast.dataplane.linux.OwnAddresses;
import io.nubicast.dataplane.packet.Handovers;
import io.nubicast.forwarding.PlaneUnavailable;
import io.nubicast.kernel.bpf.BpfCollection;
import io.nubicast.kernel.bpf.BpfMap;
import io.nubicast.kernel.bpf.BpfProgram;
import io.nubicast.kernel.sys.SystemCallException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The programs of the server in the kernel, and their maps as `server.c` lays them out. One thread but for [#gates].
final class ServerPrograms implements AutoCloseable {
    /// struct key, port: the entry that says that a group is captured at all.
    static final int GROUP_ITSELF = 0x10000;
    /// struct version, tos
    static final int KEEP_TOS = 0x100;
    /// struct route and struct version
    static final int ROUTE_BYTES = 84;
    private static final int VERSION_BYTES = 36;
    private static final int KEY_BYTES = 12;
    private static final int COUNT_BYTES = 64;
    private static final Path POSSIBLE = Path.of("/sys/devices/system/cpu/possible");

    private final Arena arena = Arena.ofShared();
    private final BpfCollection loaded;
    private final BpfMap routes;
    private final BpfMap own;
    private final int processors;
    private final MemorySegment counts;
    private final MemorySegment key = arena.allocate(KEY_BYTES, 8);
    private final MemorySegment value = arena.allocate(ROUTE_BYTES, 8);
    private final MemorySegment address = arena.allocate(4, 8);
    private final MemorySegment present = arena.allocate(1, 8);
    private final Map<Key, byte[]> installed = new HashMap<>();
    private int[] ownAddresses = {};

    final MemberRuns runs;
    /// As [Handovers] wants it.
    final MemorySegment gates;

    /// struct key
    ///
    /// @param port 0 for any, or [#GROUP_ITSELF]
    record Key(int device, int group, int port) {}

    private ServerPrograms(BpfCollection loaded, int processors) throws SystemCallException {
        this.loaded = loaded;
        this.processors = processors;
        routes = loaded.map("routes");
        own = loaded.map("own");
        counts = loaded.map("counters").memory(arena);
        gates = loaded.map("gates").memory(arena);
        runs = new MemberRuns(loaded.map("blocks"), arena);
    }

    /// Loads them; they do nothing yet.
    static ServerPrograms load() throws SystemCallException, PlaneUnavailable {
        int processors;
        try {
            processors = processors(Files.readString(POSSIBLE));
        } catch (IOException e) {
            throw new PlaneUnavailable("cannot read " + POSSIBLE + ": " + e.getMessage(), e);
        }
        BpfCollection loaded = KernelPrograms.load(BpfCollection.of(KernelPrograms.object("server.o"))
                .capacity("counters", Handovers.SLOTS * processors).capacity("gates", Handovers.SLOTS));
        boolean complete = false;
        try {
            ServerPrograms programs = new ServerPrograms(loaded, processors);
            complete = true;
            return programs;
        } finally {
            if (!complete) {
                loaded.close();
            }
        }
    }

    /// One more than the highest number of a processor, of the kernel's list `0-3,8`.
    static int processors(String possible) {
        String list = possible.strip();
        return Integer.parseInt(list.substring(Math.max(list.lastIndexOf('-'), list.lastIndexOf(',')) + 1)) + 1;
    }

    /// For captured interfaces.
    BpfProgram uplink() {
        return loaded.program("tcx/egress");
    }

    /// For the device from which user space's bursts go.
    BpfProgram burst() {
        return loaded.program("tcx/egress/burst");
    }

    /// Brings the map of routes to these entries: new ones and changed ones first.
    ///
    /// @param wanted struct route by key; arrays are compared by what is in them
    void install(Map<Key, byte[]> wanted) throws SystemCallException {
        for (Map.Entry<Key, byte[]> entry : wanted.entrySet()) {
            if (!Arrays.equals(entry.getValue(), installed.get(entry.getKey()))) {
                put(entry.getKey());
                MemorySegment.copy(entry.getValue(), 0, value, ValueLayout.JAVA_BYTE, 0, ROUTE_BYTES);
                routes.put(key, value);
                installed.put(entry.getKey(), entry.getValue());
            }
        }
        if (installed.size() == wanted.size()) {
            return;
        }
        for (Key each : installed.keySet().toArray(new Key[0])) {
            if (!wanted.containsKey(each)) {
                put(each);
                boolean ignored = routes.remove(key);
                installed.remove(each);
            }
        }
    }

    private void put(Key from) {
        key.set(ValueLayout.JAVA_INT, 0, from.device());
        key.set(ValueLayout.JAVA_INT, 4, Integer.reverseBytes(from.group()));
        key.set(ValueLayout.JAVA_INT, 8, from.port());
    }

    /// A struct route.
    ///
    /// @param before goes on for now, or null
    /// @param moreFlags of both versions
    /// @param tap index of the device to which user space listens
    /// @param hardwareAddress 48 bits of the interface, 0 for any
    byte[] route(RouteVersion now, @Nullable RouteVersion before, int moreFlags, int tap,
            long hardwareAddress) {
        ByteBuffer to = ByteBuffer.allocate(ROUTE_BYTES).order(ByteOrder.nativeOrder());
        put(to, now, moreFlags);
        if (before != null) {
            put(to, before, moreFlags);
        }
        to.putInt(2 * VERSION_BYTES, tap);
        for (int octet = 0; octet < 6; octet++) {
            to.put(2 * VERSION_BYTES + 4 + octet, (byte) (hardwareAddress >>> 40 - 8 * octet));
        }
        return to.array();
    }

    private void put(ByteBuffer to, RouteVersion version, int moreFlags) {
        int slot = Handovers.slot(version.generation);
        int tos = version.route.typeOfService(KEEP_TOS);
        to.putInt(version.run.block()).putInt(version.run.start()).putInt(version.run.count())
                .putInt(version.generation).putInt(slot * processors).putInt(slot).putInt(version.flags(moreFlags))
                .putShort((short) version.mtu).putShort(Short.reverseBytes((short) version.port))
                .putShort((short) tos).putShort((short) 0);
    }

    /// The entry of a captured group itself.
    byte[] group(int flags, int tap, long hardwareAddress) {
        ByteBuffer to = ByteBuffer.allocate(ROUTE_BYTES).order(ByteOrder.nativeOrder());
        to.putInt(24, flags).putInt(2 * VERSION_BYTES, tap);
        for (int octet = 0; octet < 6; octet++) {
            to.put(2 * VERSION_BYTES + 4 + octet, (byte) (hardwareAddress >>> 40 - 8 * octet));
        }
        return to.array();
    }

    /// This host's addresses.
    void own(OwnAddresses addresses) throws SystemCallException {
        int[] now = addresses.toArray();
        for (int each : now) {
            if (Arrays.binarySearch(ownAddresses, each) < 0) {
                address.set(ValueLayout.JAVA_INT, 0, Integer.reverseBytes(each));
                own.put(address, present);
            }
        }
        for (int each : ownAddresses) {
            if (Arrays.binarySearch(now, each) < 0) {
                address.set(ValueLayout.JAVA_INT, 0, Integer.reverseBytes(each));
                boolean ignored = own.remove(address);
            }
        }
        ownAddresses = now;
    }

    /// What was counted of a generation, the processors' parts together: the first fields of struct count.
    void count(int generation, long[] into) {
        Arrays.fill(into, 0);
        long at = (long) Handovers.slot(generation) * processors * COUNT_BYTES;
        for (int processor = 0; processor < processors; processor++, at += COUNT_BYTES) {
            for (int field = 0; field < into.length; field++) {
                into[field] += counts.get(ValueLayout.JAVA_LONG, at + 8L * field);
            }
        }
    }

    /// Begins a generation's counters at 0.
    void clear(int generation) {
        long bytes = (long) processors * COUNT_BYTES;
        counts.asSlice(Handovers.slot(generation) * bytes, bytes).fill((byte) 0);
    }

    @Override
    public void close() {
        loaded.close();
        arena.close();
    }
}
