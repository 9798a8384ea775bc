/// JMH benchmarks of the hot path. Run with `-prof gc` by `bench/jmh`: 0 bytes allocated a packet.
@NullMarked
package io.nubicast.bench.jmh;

import org.jspecify.annotations.NullMarked;
