package io.nubicast.dataplane.socket;

import io.nubicast.kernel.bpf.BpfFeature;
import io.nubicast.kernel.bpf.BpfLink;
import io.nubicast.kernel.bpf.BpfMap;
import io.nubicast.kernel.bpf.BpfProgram;
import io.nubicast.kernel.bpf.VerifierRejection;
import io.nubicast.kernel.socket.RawSocket;
import io.nubicast.kernel.socket.UdpSocket;
import io.nubicast.kernel.sys.SystemCallException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.Set;

/// Makes the kernel hand copies of configured servers to one socket, wherever an application is bound: an sk_lookup program in the
/// network namespace of the thread that opens it, and a map of the copies. It ends with [#close()] or with the process. One
/// thread.
final class CopySteering implements AutoCloseable {
    /// Servers times addresses of this host.
    static final int CAPACITY = 1 << 17;

    private static final ValueLayout.OfInt BE32 = ValueLayout.JAVA_INT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfShort BE16 = ValueLayout.JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);

    /// What the map holds; the zeros are those of [SteeringPrograms].
    record Steered(int remote, int local, int port) {}

    private final Arena arena = Arena.ofShared();
    private final MemorySegment key = arena.allocate(SteeringPrograms.KEY_BYTES, 4);
    private final MemorySegment present = arena.allocateFrom(ValueLayout.JAVA_INT, 1);
    private final BpfMap copies;
    private final BpfLink link;
    private final Set<Steered> keys = new HashSet<>();

    private CopySteering(BpfMap copies, BpfLink link) {
        this.copies = copies;
        this.link = link;
    }

    /// Steers nothing yet.
    ///
    /// @param socket bound, gets the copies
    /// @param capture gets copies without a checksum, and what strangers send
    /// @throws Unavailable with the reason as a clause for people
    static CopySteering open(UdpSocket socket, RawSocket capture) throws Unavailable {
        String missing = BpfFeature.SOCKET_LOOKUP.missing().orElse("");
        if (!missing.isEmpty()) {
            throw new Unavailable(missing);
        }
        try (BpfMap sockets = BpfMap.sockets("nubicast_socket", 1)) {
            BpfMap copies = BpfMap.hash("nubicast_copies", SteeringPrograms.KEY_BYTES, Integer.BYTES, CAPACITY);
            try (BpfProgram lookup = BpfProgram.load(BpfProgram.Type.SK_LOOKUP, "nubicast_lookup",
                    SteeringPrograms.lookup(copies, sockets));
                    BpfProgram filter = BpfProgram.load(BpfProgram.Type.SOCKET_FILTER, "nubicast_filter",
                            SteeringPrograms.capture(copies))) {
                sockets.put(0, socket);
                capture.attach(filter);
                return new CopySteering(copies, BpfLink.toNetworkNamespace(lookup));
            } catch (SystemCallException | VerifierRejection e) {
                copies.close();
                throw e;
            }
        } catch (SystemCallException e) {
            throw new Unavailable(BpfFeature.SOCKET_LOOKUP.reason(e));
        } catch (VerifierRejection e) {
            throw new Unavailable(String.valueOf(e.getMessage()));
        }
    }

    /// Cannot be had here.
    static final class Unavailable extends Exception {
        private static final long serialVersionUID = 1L;

        Unavailable(String reason) {
            super(reason);
        }
    }

    /// From now on exactly these. What was there before and is still wanted is not touched; what is new comes before what is no
    /// longer wanted goes.
    ///
    /// @return how many found no room
    /// @throws SystemCallException for anything but a full map
    int serve(Set<Steered> wanted) throws SystemCallException {
        int refused = 0;
        for (Steered each : wanted) {
            if (!keys.contains(each) && !add(each)) {
                refused++;
            }
        }
        for (Steered each : Set.copyOf(keys)) {
            if (!wanted.contains(each)) {
                remove(each);
            }
        }
        return refused;
    }

    private boolean add(Steered each) throws SystemCallException {
        if (keys.size() >= CAPACITY) {
            return false;
        }
        copies.put(write(each), present);
        keys.add(each);
        return true;
    }

    private void remove(Steered each) throws SystemCallException {
        if (keys.remove(each)) {
            copies.remove(write(each));
        }
    }

    private MemorySegment write(Steered each) {
        key.set(BE32, SteeringPrograms.KEY_REMOTE, each.remote());
        key.set(BE32, SteeringPrograms.KEY_LOCAL, each.local());
        key.set(BE16, SteeringPrograms.KEY_PORT, (short) each.port());
        return key;
    }

    @Override
    public void close() {
        link.close();
        copies.close();
        arena.close();
    }
}
