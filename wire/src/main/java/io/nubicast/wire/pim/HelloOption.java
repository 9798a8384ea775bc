package io.nubicast.wire.pim;

import io.nubicast.wire.Address;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// An option of a Hello (RFC 7761 section 4.9.2, RFC 3973 section 4.7.5).
public sealed interface HelloOption {
    /// Its number.
    int type();

    /// Option 1: how long the neighbour is one after this Hello.
    ///
    /// @param seconds 0..65535; 0 for goodbye, [#FOREVER] for a neighbour that never expires (PIM-023)
    record Holdtime(int seconds) implements HelloOption {
        public static final int FOREVER = 0xFFFF;

        public Holdtime {
            range("holdtime", seconds, 0xFFFF);
        }

        @Override
        public int type() {
            return 1;
        }
    }

    /// Option 2: what the neighbour thinks of the delays on the link (section 4.3.3).
    ///
    /// @param trackingSupport the T bit: it can do without the suppression of Joins
    /// @param propagationDelayMs 0..32767
    /// @param overrideIntervalMs 0..65535
    record LanPruneDelay(boolean trackingSupport, int propagationDelayMs, int overrideIntervalMs)
            implements
                HelloOption {
        public LanPruneDelay {
            range("propagation delay", propagationDelayMs, 0x7FFF);
            range("override interval", overrideIntervalMs, 0xFFFF);
        }

        @Override
        public int type() {
            return 2;
        }
    }

    /// Option 19: who shall be designated router; the highest wins.
    ///
    /// @param priority 0..2^32 - 1
    record DrPriority(long priority) implements HelloOption {
        public DrPriority {
            if (priority < 0 || priority > 0xFFFF_FFFFL) {
                throw new IllegalArgumentException("DR priority " + priority + " is not within 0..4294967295");
            }
        }

        @Override
        public int type() {
            return 19;
        }
    }

    /// Option 20: another number than before means that the neighbour has started anew.
    record GenerationId(int id) implements HelloOption {
        @Override
        public int type() {
            return 20;
        }
    }

    /// Option 21: the neighbour understands State Refresh messages of PIM-DM (RFC 3973 section 4.7.5.5).
    ///
    /// @param version 1
    /// @param intervalSeconds between its State Refreshes, 0..255
    record StateRefreshCapable(int version, int intervalSeconds) implements HelloOption {
        public StateRefreshCapable {
            range("version", version, 0xFF);
            range("interval", intervalSeconds, 0xFF);
        }

        @Override
        public int type() {
            return 21;
        }
    }

    /// Option 22: the neighbour understands bidirectional PIM (RFC 5015).
    record BidirectionalCapable() implements HelloOption {
        @Override
        public int type() {
            return 22;
        }
    }

    /// Option 24: the neighbour's other addresses on the link.
    record AddressList(List<Address> addresses) implements HelloOption {
        public AddressList {
            addresses = List.copyOf(addresses);
        }

        @Override
        public int type() {
            return 24;
        }
    }

    /// Option 26: the neighbour understands attributes of joined sources (RFC 5384).
    record JoinAttributeCapable() implements HelloOption {
        @Override
        public int type() {
            return 26;
        }
    }

    /// An option that is not known here: skipped by its length.
    ///
    /// @param value what the option carries, a slice of the message
    record Unknown(int type, MemorySegment value) implements HelloOption {
        public Unknown {
            range("type", type, 0xFFFF);
            range("length", Math.toIntExact(value.byteSize()), 0xFFFF);
        }
    }

    private static void range(String what, int value, int most) {
        if (value < 0 || value > most) {
            throw new IllegalArgumentException(what + " " + value + " is not within 0.." + most);
        }
    }
}
