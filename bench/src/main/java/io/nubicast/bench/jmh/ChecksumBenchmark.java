package io.nubicast.bench.jmh;

import io.nubicast.wire.InternetChecksum;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;
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

/// The sum of a payload: once a datagram.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ChecksumBenchmark {
    @Param({"200", "1000", "65507"})
    int payloadBytes;

    private MemorySegment payload = MemorySegment.NULL;

    @Setup
    public void fill() {
        payload = Arena.ofAuto().allocate(payloadBytes, 8);
        for (int i = 0; i < payloadBytes; i++) {
            payload.set(ValueLayout.JAVA_BYTE, i, (byte) (i * 31));
        }
    }

    @Benchmark
    public int sum() {
        return InternetChecksum.sum(payload, 0, payloadBytes);
    }
}
