/// Workers and duty cycles, clock, rate limits, bounded event queues. What runs the data path, without knowing packets.
@NullMarked
package io.nubicast.engine;

import org.jspecify.annotations.NullMarked;
