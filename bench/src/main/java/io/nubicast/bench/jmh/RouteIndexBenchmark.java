package io.nubicast.bench.jmh;

import io.nubicast.forwarding.CompiledRoute;
import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.InterfaceSelection;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.RateLimit;
import io.nubicast.forwarding.Route;
import io.nubicast.forwarding.RouteIndex;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// The route of a datagram: once a datagram.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RouteIndexBenchmark {
    private static final int GROUPS = 0xEF000000;
    private static final int PORT = 5000;

    @Param({"1", "1024"})
    int groups;

    /// Half the routes take any port, so that the second probe is measured as well.
    private RouteIndex index = RouteIndex.EMPTY;
    private int next;

    @Setup
    public void compile() {
        List<Route> routes = new ArrayList<>();
        for (int i = 0; i < groups; i++) {
            routes.add(new Route("bench", new Match(InterfaceSelection.ALL, Address.ANY_IPV4,
                    new Match.Destination.Group(Address.ofIpv4(GROUPS + i)), i % 2 == 0 ? PORT : Match.ANY_PORT),
                    List.of(), RateLimit.NONE));
        }
        index = RouteIndex.compile(new RouteTable(routes), new CounterRegistry(), RouteIndex.EMPTY, 0);
    }

    @Benchmark
    public @Nullable CompiledRoute toGroup() {
        next = (next + 7) & groups - 1;
        return index.toGroup(GROUPS + next, PORT);
    }

    @Benchmark
    public @Nullable CompiledRoute toAnUnknownGroup() {
        next = (next + 7) & groups - 1;
        return index.toGroup(GROUPS - 1 - next, PORT);
    }
}
