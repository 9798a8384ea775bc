package io.nubicast.kernel.mroute;

import io.nubicast.kernel.sys.Structs;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// An entry of the multicast forwarding cache as it is given to the kernel (struct mfcctl): filled, put, and filled again. One
/// thread.
public final class CacheEntry {
    private static final long ORIGIN = Structs.offset(Structs.MFCCTL, "mfcc_origin");
    private static final long GROUP = Structs.offset(Structs.MFCCTL, "mfcc_mcastgrp");
    private static final long PARENT = Structs.offset(Structs.MFCCTL, "mfcc_parent");
    private static final long TTLS = Structs.offset(Structs.MFCCTL, "mfcc_ttls");
    private static final int NEVER = 255;

    private final MemorySegment struct = Arena.ofAuto().allocate(Structs.MFCCTL);

    /// Begins an entry without outgoing interfaces.
    ///
    /// @param source 0 for every source that has no entry of its own: such a one wants its incoming interface among the outgoing,
    ///     and does not send packets back there
    /// @param incoming the vif that packets must arrive on
    public CacheEntry begin(int source, int group, int incoming) {
        struct.fill((byte) 0);
        struct.set(MulticastRouting.BE32, ORIGIN, source);
        struct.set(MulticastRouting.BE32, GROUP, group);
        struct.set(ValueLayout.JAVA_SHORT, PARENT, (short) incoming);
        for (int vif = 0; vif < MulticastRouting.MOST_VIFS; vif++) {
            struct.set(ValueLayout.JAVA_BYTE, TTLS + vif, (byte) NEVER);
        }
        return this;
    }

    /// Packets leave by that vif, when their TTL is above the threshold.
    ///
    /// @param threshold 1..254; 255 never
    public CacheEntry leaveBy(int vif, int threshold) {
        if (vif < 0 || vif >= MulticastRouting.MOST_VIFS || threshold < 1 || threshold > NEVER) {
            throw new IllegalArgumentException("vif " + vif + ", threshold " + threshold);
        }
        struct.set(ValueLayout.JAVA_BYTE, TTLS + vif, (byte) threshold);
        return this;
    }

    MemorySegment struct() {
        return struct;
    }
}
