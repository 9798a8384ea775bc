package io.nubicast.dataplane.packet;

import io.nubicast.kernel.socket.FrameBatch;
import io.nubicast.kernel.socket.FrameSocket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The packet socket of one worker, which captures and sends. The control thread may replace it; the worker takes the new one when
/// it has read what the old one still held.
///
/// A packet socket stays bound to the interface that it was bound to first, and one that is bound to a single interface costs what
/// leaves by others nothing: hence a new socket when other interfaces are captured.
final class WorkerSocket implements FrameOutput, AutoCloseable {
    /// Those that are still to be taken, in the order in which they began to capture.
    private final Queue<FrameSocket> next = new ConcurrentLinkedQueue<>();
    private final Queue<FrameSocket> retired = new ConcurrentLinkedQueue<>();
    private volatile boolean stopped;
    private volatile @Nullable Thread waiting;
    private @Nullable FrameSocket current;

    /// The next socket, which receives already. Control thread.
    void replace(FrameSocket socket) {
        next.add(socket);
        LockSupport.unpark(waiting);
    }

    /// Ends [#await()]. Any thread.
    void stop() {
        stopped = true;
        LockSupport.unpark(waiting);
    }

    /// Waits for the first socket and takes it; null when stopped. Worker.
    @Nullable
    FrameSocket await() {
        waiting = Thread.currentThread();
        while (next.isEmpty() && !stopped) {
            LockSupport.park(this);
        }
        return next.isEmpty() ? null : take();
    }

    /// Whether another socket waits to be taken. Worker.
    boolean isReplaced() {
        return !next.isEmpty();
    }

    /// Takes the next socket; from the one before nothing more is read. Worker.
    FrameSocket take() {
        FrameSocket old = current;
        FrameSocket taken = next.remove();
        current = taken;
        if (old != null) {
            retired.add(old);
        }
        return taken;
    }

    /// Closes those that were replaced, for which the kernel takes its time. Control thread.
    void closeRetired() {
        for (FrameSocket socket = retired.poll(); socket != null; socket = retired.poll()) {
            socket.close();
        }
    }

    @Override
    public int send(FrameBatch batch, int first, int count) {
        FrameSocket socket = current;
        if (socket == null) {
            throw new IllegalStateException("nothing was received yet");
        }
        return batch.send(socket, first, count);
    }

    /// When the worker has ended.
    @Override
    public void close() {
        FrameSocket last = current;
        if (last != null) {
            last.close();
        }
        closeRetired();
        for (FrameSocket socket = next.poll(); socket != null; socket = next.poll()) {
            socket.close();
        }
    }
}
