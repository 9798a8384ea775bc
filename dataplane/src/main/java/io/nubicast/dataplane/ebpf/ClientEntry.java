package io.nubicast.dataplane.ebpf;

import io.nubicast.forwarding.Match;
import io.nubicast.wire.Address;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;

/// What `client.c` does with the copies of a [Key]. A value.
///
/// @param group destination of what is restored
/// @param port of the group; 0 keeps the copy's
/// @param ttl 1..255
/// @param typeOfService that copies must carry, or [Match#ANY_TYPE_OF_SERVICE]
/// @param interfaceIndex where they must arrive: the one that owns the address
/// @param tally number of the [ClientTally], or [#LEFT]: the copies are user space's
/// @param outputs where they are restored, at most [#MOST_OUTPUTS]
record ClientEntry(int group, int port, int ttl, int typeOfService, int interfaceIndex, int tally,
        List<Output> outputs) {
    /// Bytes of struct key and struct entry.
    static final int KEY_BYTES = 12;
    static final int BYTES = 24 + 12 * 8;
    static final int MOST_OUTPUTS = 8;
    static final int LEFT = -1;

    private static final int FLAG_LEFT = 1;
    private static final int FLAG_ONLY_MARKED = 2;
    private static final int OUTPUTS = 24;
    private static final int OUTPUT_BYTES = 12;
    private static final ValueLayout.OfInt BE32 = ValueLayout.JAVA_INT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfShort BE16 = ValueLayout.JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);

    /// The copies of an entry in the map.
    ///
    /// @param port 0 for any
    record Key(int server, int local, int port) {
        /// As struct key.
        void write(MemorySegment to) {
            to.set(BE32, 0, server);
            to.set(BE32, 4, local);
            to.set(BE16, 8, (short) port);
            to.set(BE16, 10, (short) 0);
        }

        @Override
        public String toString() {
            return Address.ofIpv4(server) + " to " + Address.ofIpv4(local) + ":" + port;
        }
    }

    /// An interface by which copies leave, and up whose stack they go.
    ///
    /// @param hardwareAddress 48 bits
    /// @param mtu 1..65535
    record Output(int interfaceIndex, long hardwareAddress, int mtu) {}

    /// Leaves the copies to user space, also where a less exact key would take them.
    static ClientEntry left() {
        return new ClientEntry(0, 0, 1, Match.ANY_TYPE_OF_SERVICE, 0, LEFT, List.of());
    }

    /// As struct entry.
    ///
    /// @param processors entries of a tally
    void write(MemorySegment to, int processors) {
        to.fill((byte) 0);
        to.set(BE32, 0, group);
        to.set(BE16, 4, (short) port);
        to.set(ValueLayout.JAVA_BYTE, 6, (byte) ttl);
        to.set(ValueLayout.JAVA_BYTE, 7, (byte) typeOfService);
        to.set(ValueLayout.JAVA_INT, 8, (tally == LEFT ? FLAG_LEFT : 0)
                | (typeOfService == Match.ANY_TYPE_OF_SERVICE ? 0 : FLAG_ONLY_MARKED));
        to.set(ValueLayout.JAVA_INT, 12, interfaceIndex);
        to.set(ValueLayout.JAVA_INT, 16, Math.max(0, tally) * processors);
        to.set(ValueLayout.JAVA_INT, 20, outputs.size());
        for (int i = 0; i < outputs.size(); i++) {
            Output output = outputs.get(i);
            int at = OUTPUTS + i * OUTPUT_BYTES;
            to.set(ValueLayout.JAVA_INT, at, output.interfaceIndex());
            to.set(BE16, at + 4, (short) (output.hardwareAddress() >>> 32));
            to.set(BE16, at + 6, (short) (output.hardwareAddress() >>> 16));
            to.set(BE16, at + 8, (short) output.hardwareAddress());
            to.set(ValueLayout.JAVA_SHORT, at + 10, (short) output.mtu());
        }
    }
}
