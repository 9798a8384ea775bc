/// Benchmarks: JMH for the hot path, and end-to-end fan-out beside C twins in one run.
@NullMarked
package io.nubicast.bench;

import org.jspecify.annotations.NullMarked;
