package io.nubicast.dataplane.packet;

import io.nubicast.kernel.socket.FrameBatch;
import io.nubicast.kernel.socket.FrameSocket;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The packet socket of one worker, which captures and sends. The control thread may replace it; the worker takes the new one when
/// it has read what the old one still held, and closes the old one.
///
/// A packet socket stays bound to the interface that it was bound to first, and one that is bound to a single interface costs what
/// leaves by others nothing: hence a new socket when other interfaces are captured.
final class WorkerSocket implements FrameOutput, AutoCloseable {
    private volatile @Nullable FrameSocket wanted;
    private volatile boolean stopped;
    private volatile @Nullable Thread waiting;
    private @Nullable FrameSocket current;

    /// The next socket, which receives already. Control thread.
    void replace(FrameSocket next) {
        wanted = next;
        LockSupport.unpark(waiting);
    }

    /// Ends [#await()]. Any thread.
    void stop() {
        stopped = true;
        LockSupport.unpark(waiting);
    }

    /// Waits for the first socket; null when stopped. Worker.
    @Nullable
    FrameSocket await() {
        waiting = Thread.currentThread();
        while (wanted == null && !stopped) {
            LockSupport.park(this);
        }
        current = wanted;
        return current;
    }

    /// Whether another socket waits to be taken. Worker.
    boolean isReplaced() {
        return wanted != current;
    }

    /// Takes the next socket and closes the one before, from which nothing more is read. Worker.
    FrameSocket take() {
        FrameSocket old = current;
        FrameSocket next = wanted;
        if (next == null) {
            throw new IllegalStateException("there is no socket");
        }
        current = next;
        if (old != null && old != next) {
            old.close();
        }
        return next;
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
        FrameSocket next = wanted;
        if (last != null) {
            last.close();
        }
        if (next != null && next != last) {
            next.close();
        }
    }
}
