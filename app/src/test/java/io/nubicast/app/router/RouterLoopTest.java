package io.nubicast.app.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nubicast.engine.NanoClock;
import io.nubicast.kernel.sys.WakeUp;
import io.nubicast.router.iface.RouterInterface;
import io.nubicast.router.port.Packet;
import io.nubicast.router.port.Protocol;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class RouterLoopTest {
    private RouterLoop loop;
    private Thread thread;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "eventfd and poll are Linux's");
        loop = new RouterLoop(NanoClock.SYSTEM);
        thread = Thread.ofPlatform().start(loop::run);
    }

    @AfterEach
    void stop() throws Exception {
        if (loop != null) {
            loop.stop();
            thread.join();
        }
    }

    @Test
    void whatItIsGivenIsDoneOnItsThreadInOrder() throws Exception {
        BlockingQueue<String> done = new LinkedBlockingQueue<>();
        for (int i = 0; i < 100; i++) {
            String name = "" + i;
            loop.execute(() -> done.add(name + (Thread.currentThread() == thread)));
        }

        for (int i = 0; i < 100; i++) {
            assertThat(done.poll(10, TimeUnit.SECONDS)).isEqualTo(i + "true");
        }
        assertThat(loop.call(() -> 42)).isEqualTo(42);
    }

    @Test
    void aFaultOfATaskComesBackToItsCallerAndEndsNothing() throws Exception {
        assertThatThrownBy(() -> loop.call(() -> {
            throw new IllegalStateException("broken");
        })).isInstanceOf(IllegalStateException.class).hasMessage("broken");
        loop.execute(() -> {
            throw new IllegalStateException("logged only");
        });

        assertThat(loop.call(() -> "alive")).isEqualTo("alive");
    }

    @Test
    void aReadableDescriptorAndADeadlineWakeIt() throws Exception {
        BlockingQueue<String> done = new LinkedBlockingQueue<>();
        WakeUp descriptor = WakeUp.open();
        loop.execute(() -> loop.add(descriptor, nowNs -> {
            descriptor.clear();
            done.add("read");
        }));
        descriptor.ring();
        assertThat(done.poll(10, TimeUnit.SECONDS)).isEqualTo("read");

        loop.call(() -> {
            loop.add(new Alarm(loop.nowNs() + 5_000_000, done));
            loop.remove(descriptor);
            return true;
        });
        assertThat(done.poll(10, TimeUnit.SECONDS)).isEqualTo("due");
        descriptor.close();
    }

    @Test
    void afterItsEndCallersAreToldSo() throws Exception {
        loop.stop();
        thread.join();

        assertThatThrownBy(() -> loop.call(() -> 1)).hasMessage("the router has ended");
    }

    private static final class Alarm implements Protocol {
        private final BlockingQueue<String> done;
        private long deadlineNs;

        Alarm(long deadlineNs, BlockingQueue<String> done) {
            this.deadlineNs = deadlineNs;
            this.done = done;
        }

        @Override
        public void onInterface(RouterInterface state, long nowNs) {}

        @Override
        public void onInterfaceGone(int interfaceId, long nowNs) {}

        @Override
        public void onPacket(int interfaceId, Packet packet, long nowNs) {}

        @Override
        public long nextDeadlineNs() {
            return deadlineNs;
        }

        @Override
        public void onDeadline(long nowNs) {
            deadlineNs = Long.MAX_VALUE;
            done.add("due");
        }

        @Override
        public void stop(long nowNs) {}
    }
}
