/// JMH benchmarks of what is not public: the core of the plane `packet`.
@NullMarked
package io.nubicast.dataplane.packet;

import org.jspecify.annotations.NullMarked;
