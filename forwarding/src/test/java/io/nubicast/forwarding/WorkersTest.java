package io.nubicast.forwarding;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.wire.Address;
import io.nubicast.wire.DropReason;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Several workers that serve one route.
class WorkersTest {
    private static final Address GROUP = Address.ipv4("239.1.1.1");
    private static final OutputPort FIRST = member("10.0.0.1");
    private static final OutputPort SECOND = member("10.0.0.2");

    private final CounterRegistry counters = new CounterRegistry();

    private static OutputPort member(String address) {
        return new OutputPort.UnicastMember(Address.ipv4(address));
    }

    private static Match toPort(int port) {
        return new Match(InterfaceSelection.ALL, Address.ANY_IPV4, new Match.Destination.Group(GROUP), port);
    }

    private static Route route(int port, RateLimit limit, OutputPort... members) {
        return new Route("test", toPort(port),
                Arrays.stream(members).map(m -> new Replication(m, new Rewrite(7126, 64))).toList(), limit);
    }

    private RouteIndex compile(RouteIndex previous, Route... routes) {
        return RouteIndex.compile(new RouteTable(List.of(routes)), counters, previous, 0);
    }

    private static CompiledRoute find(RouteIndex index, int port) {
        return Objects.requireNonNull(index.toGroup(GROUP.ipv4(), port));
    }

    @Test
    void readersSeeTheSumOfAllWorkers() {
        RouteIndex index = compile(RouteIndex.EMPTY, route(1, RateLimit.NONE, FIRST, SECOND));
        for (int worker = 0; worker < 3; worker++) {
            CompiledRoute own = find(index.forWorker(worker), 1);
            own.counters().received(3, 300);
            own.counters().received(100);
            own.counters().burst();
            own.counters().drops().add(DropReason.LOOP);
            own.replicationCounters(1).sent(3, 300);
            own.replicationCounters(1).sent(100);
        }

        RouteCounters sum = counters.of(toPort(1));
        assertThat(sum.packets()).isEqualTo(12);
        assertThat(sum.bytes()).isEqualTo(1_200);
        assertThat(sum.bursts()).isEqualTo(3);
        assertThat(sum.drops().of(DropReason.LOOP)).isEqualTo(3);
        assertThat(sum.of(SECOND).packets()).isEqualTo(12);
        assertThat(sum.of(SECOND).bytes()).isEqualTo(1_200);
        assertThat(sum.of(SECOND).frames()).isEqualTo(6);
        assertThat(sum.of(FIRST).packets()).isZero();
        assertThat(sum.forWorker(2).packets()).isEqualTo(4);
        assertThat(sum.forWorker(2).of(SECOND)).isSameAs(sum.of(SECOND).forWorker(2));
    }

    @Test
    void errorsOfAllWorkersAddUpAndTheLatestIsTheLast() {
        ReplicationCounters sum = new ReplicationCounters();

        sum.failed(SendError.NO_ROUTE, 5);
        sum.forWorker(1).failed(SendError.REFUSED, 9);
        sum.forWorker(2).failed(SendError.TOO_BIG, 7);
        sum.forWorker(1).failed(SendError.REFUSED);

        assertThat(sum.errors()).isEqualTo(4);
        assertThat(sum.errors(SendError.REFUSED)).isEqualTo(2);
        assertThat(sum.lastError()).contains(new ReplicationCounters.LastError(SendError.REFUSED, 9));
        assertThat(sum.forWorker(1).errors()).isEqualTo(2);
        assertThat(sum.forWorker(2).errors()).isEqualTo(1);
    }

    @Test
    void aWorkersViewHasTheSameReplicationsAndIsMadeOnce() {
        RouteIndex index = compile(RouteIndex.EMPTY, route(1, RateLimit.NONE, FIRST, SECOND),
                route(Match.ANY_PORT, RateLimit.NONE, FIRST));
        RouteIndex second = index.forWorker(1);

        assertThat(index.forWorker(0)).isSameAs(index);
        assertThat(index.forWorker(1)).isSameAs(second);
        assertThat(second.routes()).hasSize(2);
        assertThat(second.toGroup(GROUP.ipv4() + 1, 1)).isNull();
        assertThat(find(second, 9).route()).isSameAs(find(index, 9).route());
        CompiledRoute view = find(second, 1);
        CompiledRoute whole = find(index, 1);
        assertThat(view).isSameAs(whole.forWorker(1)).isNotSameAs(whole);
        assertThat(whole.forWorker(0)).isSameAs(whole);
        assertThat(view.size()).isEqualTo(2);
        assertThat(view.address(1)).isEqualTo(whole.address(1));
        assertThat(view.port(1)).isEqualTo(7126);
        assertThat(view.ttl(1)).isEqualTo(64);
        assertThat(view.replicationCounters(1)).isNotSameAs(whole.replicationCounters(1));
    }

    @Test
    void aWorkersViewOfAClientsRouteIsFoundToo() {
        Address server = Address.ipv4("10.0.0.9");
        Match match = new Match(InterfaceSelection.ALL, server, new Match.Destination.ThisHost(Address.ANY_IPV4), 7126);
        Route restore = new Route("test", match,
                List.of(new Replication(new OutputPort.MulticastOut(GROUP, InterfaceSelection.ARRIVAL),
                        new Rewrite(Rewrite.KEEP_PORT, 1))),
                RateLimit.NONE);

        RouteIndex index = compile(RouteIndex.EMPTY, restore);

        assertThat(Objects.requireNonNull(index.forWorker(1).fromSource(server.ipv4(), 7126)).route())
                .isEqualTo(restore);
    }

    @Test
    void whatAWorkerCountedSurvivesASwap() {
        Route kept = route(1, RateLimit.NONE, FIRST);
        RouteIndex before = compile(RouteIndex.EMPTY, kept, route(2, RateLimit.NONE, FIRST, SECOND));
        CompiledRoute keptView = find(before.forWorker(1), 1);
        CompiledRoute changedView = find(before.forWorker(1), 2);

        RouteIndex after = compile(before, kept, route(2, RateLimit.NONE, SECOND));

        assertThat(find(after.forWorker(1), 1)).isSameAs(keptView);
        assertThat(find(after.forWorker(1), 2).counters()).isSameAs(changedView.counters());
        assertThat(find(after.forWorker(1), 2).replicationCounters(0)).isSameAs(changedView.replicationCounters(1));
    }

    @Test
    void theRateLimitIsOneForAllWorkers() {
        RouteIndex index = compile(RouteIndex.EMPTY, route(1, new RateLimit(640, 0), FIRST));
        CompiledRoute first = find(index, 1);
        CompiledRoute second = find(index.forWorker(1), 1);

        long admitted = IntStream.range(0, 100).filter(i -> (i % 2 == 0 ? first : second).admit(10, 0)).count();

        assertThat(admitted).isEqualTo(64);
        assertThat(second.isLimited()).isTrue();
    }

    @Test
    void twoWorkersAtOnceLoseNoCount() throws Exception {
        int datagrams = 400_000;
        RouteIndex index = compile(RouteIndex.EMPTY, route(1, new RateLimit(200_000, 0), FIRST));
        AtomicLong admitted = new AtomicLong();
        CyclicBarrier start = new CyclicBarrier(3);
        List<FutureTask<Void>> workers = IntStream.range(0, 2)
                .mapToObj(worker -> new FutureTask<Void>(() -> {
                    CompiledRoute own = find(index.forWorker(worker), 1);
                    start.await();
                    for (int i = 0; i < datagrams; i++) {
                        own.counters().received(100);
                        own.counters().burst();
                        own.replicationCounters(0).sent(2, 200);
                        own.replicationCounters(0).failed(SendError.OTHER);
                        if (own.admit(100, 0)) {
                            admitted.incrementAndGet();
                        } else {
                            own.counters().drops().add(DropReason.RATE_LIMITED);
                        }
                    }
                    return null;
                })).toList();
        workers.forEach(worker -> new Thread(worker, "worker").start());
        RouteCounters sum = counters.of(toPort(1));
        start.await();

        assertThatNothingGoesBackUntilDone(sum, workers);

        assertThat(sum.packets()).isEqualTo(2L * datagrams);
        assertThat(sum.bytes()).isEqualTo(200L * datagrams);
        assertThat(sum.bursts()).isEqualTo(2L * datagrams);
        assertThat(sum.of(FIRST).packets()).isEqualTo(4L * datagrams);
        assertThat(sum.of(FIRST).frames()).isEqualTo(2L * datagrams);
        assertThat(sum.of(FIRST).errors()).isEqualTo(2L * datagrams);
        assertThat(admitted).hasValue(20_000);
        assertThat(sum.drops().total()).isEqualTo(2L * datagrams - 20_000);
    }

    private static void assertThatNothingGoesBackUntilDone(RouteCounters sum, List<FutureTask<Void>> workers)
            throws InterruptedException, ExecutionException {
        long packets = 0;
        long frames = 0;
        while (!workers.stream().allMatch(FutureTask::isDone)) {
            long packetsNow = sum.packets();
            long framesNow = sum.of(FIRST).frames();
            assertThat(packetsNow).isGreaterThanOrEqualTo(packets);
            assertThat(framesNow).isGreaterThanOrEqualTo(frames);
            packets = packetsNow;
            frames = framesNow;
        }
        for (FutureTask<Void> worker : workers) {
            worker.get();
        }
    }

    @Test
    void theDropsOfSeveralWorkersAreASumAsOfNow() {
        DropCounters first = new DropCounters();
        DropCounters second = new DropCounters();
        DropCounters sum = DropCounters.sumOf(List.of(first, second));
        assertThat(sum.total()).isZero();

        first.add(DropReason.NO_ROUTE);
        second.add(DropReason.NO_ROUTE, 2);
        second.add(DropReason.BAD_CHECKSUM);

        assertThat(sum.of(DropReason.NO_ROUTE)).isEqualTo(3);
        assertThat(sum.total()).isEqualTo(4);
        assertThat(sum.nonZero()).containsOnlyKeys(DropReason.NO_ROUTE, DropReason.BAD_CHECKSUM);
    }
}
