package io.nubicast.dataplane.packet;

import io.nubicast.dataplane.linux.Admission;
import io.nubicast.dataplane.linux.OwnAddresses;
import io.nubicast.dataplane.linux.PlaneEvents;
import io.nubicast.engine.NanoClock;
import io.nubicast.forwarding.DropCounters;
import io.nubicast.forwarding.PlaneEvent;
import io.nubicast.kernel.socket.FrameSocket;
import io.nubicast.kernel.socket.ReceiveBatch;
import io.nubicast.kernel.sys.Errno;
import io.nubicast.wire.DropReason;
import java.lang.foreign.Arena;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The hot loop of the plane `packet`: receives, and gives what one call brought to its [PacketEngine], which sends it. It never
/// waits for a burst to grow. One thread, which alone writes its counters; others give it a table through a volatile field, read
/// once a batch.
final class PacketWorker implements Runnable {
    /// Datagrams a system call.
    static final int SLOTS = 64;
    private static final int SLOT_BYTES = 65_536 + PacketEngine.MOST_LINK_BYTES;
    /// How often the socket is asked for what it had no room for: not with each datagram, where it would cost more than the look-up.
    private static final long OVERFLOW_EVERY_NS = 20_000_000L;
    /// How long a processor may take to bring a frame into a socket.
    private static final long LAST_FRAMES_NS = 2_000_000L;

    private final WorkerSocket sockets;
    private final ReceiveBatch batch;
    private final PacketEngine engine;
    private final NanoClock clock;
    private final PlaneEvents events;
    private final Runnable start;
    private long overflow;
    private long overflowAskedNs;

    private volatile PacketTable table = PacketTable.EMPTY;
    private volatile OwnAddresses ownAddresses = OwnAddresses.NONE;
    private volatile DeviceAddresses devices = DeviceAddresses.NONE;
    private volatile boolean stopped;

    /// @param burst the most datagrams of a frame
    /// @param start run first, on the worker's thread
    /// @param kernel whose frames may come, or null
    /// @param number of the worker
    PacketWorker(Arena arena, WorkerSocket sockets, FrameFanOut frames, KernelPath rest, int burst, NanoClock clock,
            PlaneEvents events, Admission admission, @Nullable KernelCopies kernel, int number,
            Runnable start) {
        this.sockets = sockets;
        this.clock = clock;
        this.events = events;
        this.start = start;
        batch = new ReceiveBatch(arena, SLOTS, SLOT_BYTES, 0);
        engine = new PacketEngine(arena, batch.segment(), SLOTS, frames, rest, burst, admission,
                kernel, number);
    }

    /// From the next batch on datagrams are handled by this. Any thread.
    void publish(PacketTable newTable) {
        table = newTable;
    }

    /// What tells local senders from those on the wire. Any thread.
    void publish(OwnAddresses newAddresses) {
        ownAddresses = newAddresses;
    }

    /// What tells a device's own frames from those of a device above it. Any thread.
    void publish(DeviceAddresses newDevices) {
        devices = newDevices;
    }

    DropCounters drops() {
        return engine.drops();
    }

    /// Ends [#run()] within the receive timeout. Any thread.
    void stop() {
        stopped = true;
        sockets.stop();
    }

    @Override
    public void run() {
        start.run();
        FrameSocket socket = sockets.await();
        if (socket == null) {
            return;
        }
        while (!stopped) {
            if (sockets.isReplaced()) {
                // What the old one still holds came before; also what was on its way into it when its filter was closed.
                drain(socket);
                LockSupport.parkNanos(LAST_FRAMES_NS);
                drain(socket);
                countOverflow(socket);
                overflow = 0;
                socket = sockets.take();
            }
            onReceived(socket, batch.receive(socket));
        }
    }

    private void drain(FrameSocket socket) {
        boolean more = true;
        while (more && !stopped) {
            more = onReceived(socket, batch.receiveNow(socket));
        }
    }

    /// @return whether there was something
    private boolean onReceived(FrameSocket socket, int received) {
        long nowNs = clock.nowNs();
        if (nowNs - overflowAskedNs >= OVERFLOW_EVERY_NS) {
            overflowAskedNs = nowNs;
            countOverflow(socket);
        }
        if (received > 0) {
            onBatch(received, nowNs);
            return true;
        }
        if (received == -Errno.EINVAL) {
            // The kernel could not describe a frame's segmentation: it has dropped that one.
            engine.drops().add(DropReason.UNREADABLE_BURST);
            return true;
        }
        // An interface that goes down says so once; the control thread hears of it, too.
        if (received < 0 && received != -Errno.ENETDOWN) {
            events.add(new PlaneEvent.Notice("capturing failed: " + Errno.name(-received)));
            LockSupport.parkNanos(10_000_000L);
        }
        return false;
    }

    private void countOverflow(FrameSocket socket) {
        long lost = socket.receiveOverflow();
        if (lost >= 0 && lost != overflow) {
            engine.drops().add(DropReason.RECEIVE_BUFFER_FULL, (lost - overflow) & 0xFFFFFFFFL);
            overflow = lost;
        }
    }

    private void onBatch(int received, long nowNs) {
        engine.begin(table, ownAddresses, devices);
        for (int slot = 0; slot < received; slot++) {
            engine.add(slot, batch.offset(slot), batch.length(slot), batch.deviceIndex(slot), batch.deviceType(slot),
                    batch.packetType(slot), nowNs);
        }
        engine.end();
    }
}
