/// One package per data plane. Each implements [io.nubicast.forwarding.DataPlane]; its test extends `DataPlaneContract`.
@NullMarked
package io.nubicast.dataplane;

import org.jspecify.annotations.NullMarked;
