package io.nubicast.kernel.bpf;

import static io.nubicast.kernel.sys.SystemCalls.check;

import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.kernel.sys.Errno;
import io.nubicast.kernel.sys.MappedMemory;
import io.nubicast.kernel.sys.Scratch;
import io.nubicast.kernel.sys.Structs;
import io.nubicast.kernel.sys.SystemCallException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/// A table in the kernel that programs read and write while this process does too, an entry at a time. Keys and values are native
/// memory of the sizes the map was made with. Any thread.
public final class BpfMap extends Descriptor {
    /// BPF_F_NO_PREALLOC: an empty hash takes little memory, however much may come.
    public static final int NO_PREALLOC = 1;
    /// BPF_F_MMAPABLE: this process can see an array as memory (Linux 5.5), see [#memory(Arena)].
    public static final int MMAPABLE = 1 << 10;
    /// BPF_F_INNER_MAP: arrays in a map of maps may differ in size (Linux 5.10).
    public static final int INNER_MAP = 1 << 12;

    /// linux/bpf.h, enum bpf_map_type
    public enum Kind {
        /// Any key to any value.
        HASH(1),
        /// Values by index, all there from the start as zeros.
        ARRAY(2),
        /// Programs by index, for bpf_tail_call.
        PROG_ARRAY(3),
        /// A value for each processor that may ever be there, so that programs count without disturbing each other.
        PERCPU_HASH(5),
        /// As PERCPU_HASH, by index.
        PERCPU_ARRAY(6),
        /// A hash that forgets what was not used for long when it is full.
        LRU_HASH(9),
        /// Values by prefix; the longest that matches is found.
        LPM_TRIE(11),
        /// Maps by index.
        ARRAY_OF_MAPS(12),
        /// Maps by any key.
        HASH_OF_MAPS(13),
        /// Sockets by index.
        SOCKMAP(15);

        final int number;

        Kind(int number) {
            this.number = number;
        }

        static Optional<Kind> of(int number) {
            for (Kind kind : values()) {
                if (kind.number == number) {
                    return Optional.of(kind);
                }
            }
            return Optional.empty();
        }

        /// Whether each entry is a map.
        public boolean ofMaps() {
            return this == ARRAY_OF_MAPS || this == HASH_OF_MAPS;
        }

        /// Whether each entry has a value for each processor.
        public boolean perCpu() {
            return this == PERCPU_HASH || this == PERCPU_ARRAY;
        }
    }

    private final BpfMapSpec spec;
    private final int valueBytes;

    private BpfMap(int fd, BpfMapSpec spec) {
        super(fd);
        this.spec = spec;
        valueBytes = spec.kind().perCpu() ? Math.toIntExact(slotBytes(spec) * Cpus.possible()) : spec.valueBytes();
    }

    /// Any key to any value.
    ///
    /// @param name letters, digits and `_`; the kernel keeps 15 of them
    /// @param capacity entries at most
    /// @throws SystemCallException EPERM without CAP_BPF
    public static BpfMap hash(String name, int keyBytes, int valueBytes, int capacity) throws SystemCallException {
        return create(new BpfMapSpec(name, Kind.HASH, keyBytes, valueBytes, capacity, NO_PREALLOC));
    }

    /// Sockets by index, for programs that hand datagrams to them. A socket that is closed leaves the map.
    ///
    /// @param capacity indices are below it
    /// @throws SystemCallException EPERM without CAP_BPF and CAP_NET_ADMIN
    public static BpfMap sockets(String name, int capacity) throws SystemCallException {
        return create(new BpfMapSpec(name, Kind.SOCKMAP, Integer.BYTES, Integer.BYTES, capacity, 0));
    }

    /// Makes a map.
    ///
    /// @throws SystemCallException EPERM without CAP_BPF, EINVAL for a kind or flag that this kernel does not know or sizes that
    ///         do not go with them, ENOMEM, E2BIG
    public static BpfMap create(BpfMapSpec spec) throws SystemCallException {
        Optional<BpfMapSpec> inner = spec.inner();
        if (inner.isEmpty()) {
            return create(spec, 0);
        }
        try (BpfMap template = create(inner.get(), 0)) {
            return create(spec, template.fd());
        }
    }

    private static BpfMap create(BpfMapSpec spec, int innerFd) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(Structs.BPF_MAP_CREATE);
            set(attributes, "map_type", spec.kind().number);
            set(attributes, "key_size", spec.keyBytes());
            set(attributes, "value_size", spec.valueBytes());
            set(attributes, "max_entries", spec.capacity());
            set(attributes, "map_flags", spec.flags());
            set(attributes, "inner_map_fd", innerFd);
            BpfCalls.name(attributes, Structs.offset(Structs.BPF_MAP_CREATE, "map_name"), spec.name());
            return new BpfMap(check("bpf BPF_MAP_CREATE of " + spec.name(),
                    BpfCalls.create(BpfCalls.MAP_CREATE, attributes, Structs.BPF_MAP_CREATE)), spec);
        }
    }

    /// Takes over a descriptor of a map that is like that.
    static BpfMap adopt(int fd, BpfMapSpec spec) {
        return new BpfMap(fd, spec);
    }

    private static void set(MemorySegment attributes, String field, int value) {
        attributes.set(ValueLayout.JAVA_INT, Structs.offset(Structs.BPF_MAP_CREATE, field), value);
    }

    /// Adds the entry or replaces its value; a program sees the old one or the new one, except in an array, where it may see a
    /// part of each.
    ///
    /// @throws SystemCallException E2BIG when the map is full
    public void put(MemorySegment key, MemorySegment value) throws SystemCallException {
        require(value, valueBytes);
        check("bpf BPF_MAP_UPDATE_ELEM of " + name(), element(BpfCalls.MAP_UPDATE_ELEM, key, value));
    }

    /// [#put(MemorySegment, MemorySegment)] for a map of maps, of sockets or of programs.
    ///
    /// @param entry a bound socket, a program, or a map like the inner one; may be closed afterwards, but not a socket
    public void put(MemorySegment key, Descriptor entry) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            put(key, arena.allocateFrom(ValueLayout.JAVA_INT, entry.fd()));
        }
    }

    /// [#put(MemorySegment, Descriptor)] by index.
    public void put(int index, Descriptor entry) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            put(arena.allocateFrom(ValueLayout.JAVA_INT, index), entry);
        }
    }

    /// Reads an entry. Of a map of maps or of programs, its id.
    ///
    /// @param into where the value goes, [#valueBytes()]
    /// @return whether there is one
    public boolean get(MemorySegment key, MemorySegment into) throws SystemCallException {
        require(into, valueBytes);
        return found("bpf BPF_MAP_LOOKUP_ELEM of ", element(BpfCalls.MAP_LOOKUP_ELEM, key, into));
    }

    /// The map that is an entry of this map of maps.
    ///
    /// @throws SystemCallException EPERM without CAP_SYS_ADMIN
    public Optional<BpfMap> inner(MemorySegment key) throws SystemCallException {
        BpfMapSpec inner = spec.inner().orElseThrow();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment id = arena.allocate(ValueLayout.JAVA_INT);
            if (!get(key, id)) {
                return Optional.empty();
            }
            int fd = BpfCalls.byId(BpfCalls.MAP_GET_FD_BY_ID, id.get(ValueLayout.JAVA_INT, 0));
            return fd == -Errno.ENOENT
                    ? Optional.empty()
                    : Optional.of(adopt(check("bpf BPF_MAP_GET_FD_BY_ID in " + name(), fd), inner));
        }
    }

    /// Reads an entry of a per-CPU map and adds up what its processors have: the value taken as 64-bit numbers.
    ///
    /// @param all memory for the values of all processors, [#valueBytes()]
    /// @param sums the result: as many as fit the value, or fewer
    /// @return whether there is one
    public boolean sum(MemorySegment key, MemorySegment all, long[] sums) throws SystemCallException {
        if (!get(key, all)) {
            return false;
        }
        long slot = slotBytes(spec);
        for (int i = 0; i < sums.length; i++) {
            long sum = 0;
            for (long at = (long) i * Long.BYTES; at < valueBytes; at += slot) {
                sum += all.get(ValueLayout.JAVA_LONG_UNALIGNED, at);
            }
            sums[i] = sum;
        }
        return true;
    }

    /// Removes an entry; of an array of maps or programs, empties it.
    ///
    /// @return whether there was one
    public boolean remove(MemorySegment key) throws SystemCallException {
        return found("bpf BPF_MAP_DELETE_ELEM of ", element(BpfCalls.MAP_DELETE_ELEM, key, MemorySegment.NULL));
    }

    /// The key behind another one, in the map's own order.
    ///
    /// @param key where to go on; [MemorySegment#NULL], or a key that is not there, for the start
    /// @param into where the key goes; may be the same memory
    /// @return whether there is one
    public boolean next(MemorySegment key, MemorySegment into) throws SystemCallException {
        require(into, spec.keyBytes());
        if (!key.equals(MemorySegment.NULL)) {
            require(key, spec.keyBytes());
        }
        return found("bpf BPF_MAP_GET_NEXT_KEY of ", command(BpfCalls.MAP_GET_NEXT_KEY, key, into));
    }

    /// Takes one entry.
    @FunctionalInterface
    public interface Entries {
        /// Key and value are valid during the call.
        void take(MemorySegment key, MemorySegment value) throws SystemCallException;
    }

    /// Every entry, once where nobody changes the map meanwhile. The taker may remove the entry that it is given.
    public void forEach(Entries taker) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(spec.keyBytes(), Long.BYTES);
            MemorySegment following = arena.allocate(spec.keyBytes(), Long.BYTES);
            MemorySegment value = arena.allocate(valueBytes, Long.BYTES);
            boolean more = next(MemorySegment.NULL, key);
            while (more) {
                more = next(key, following);
                if (get(key, value)) {
                    taker.take(key, value);
                }
                key.copyFrom(following);
            }
        }
    }

    /// The values of a [Kind#ARRAY] made with [#MMAPABLE] as memory: what is written here, programs see at once, and the other
    /// way round. Entry i begins at i · [#strideBytes()]. Stays valid when the map is closed.
    ///
    /// @param arena ends the mapping
    public MemorySegment memory(Arena arena) throws SystemCallException {
        return MappedMemory.shared("mmap of " + name(), fd(), spec.capacity() * slotBytes(spec), arena);
    }

    private boolean found(String call, int result) throws SystemCallException {
        if (result == -Errno.ENOENT) {
            return false;
        }
        check(call + name(), result);
        return true;
    }

    private int element(int command, MemorySegment key, MemorySegment value) {
        require(key, spec.keyBytes());
        return command(command, key, value);
    }

    private int command(int command, MemorySegment key, MemorySegment value) {
        MemorySegment attributes = Scratch.memory();
        attributes.set(ValueLayout.JAVA_INT, Structs.offset(Structs.BPF_MAP_ELEM, "map_fd"), fd());
        attributes.set(ValueLayout.JAVA_LONG, Structs.offset(Structs.BPF_MAP_ELEM, "key"), key.address());
        attributes.set(ValueLayout.JAVA_LONG, Structs.offset(Structs.BPF_MAP_ELEM, "value"), value.address());
        return BpfCalls.call(command, attributes, Structs.BPF_MAP_ELEM);
    }

    /// The kernel takes as much as the map says, whatever the segment holds.
    private void require(MemorySegment segment, int bytes) {
        if (!segment.isNative() || segment.byteSize() != bytes) {
            throw new IllegalArgumentException(name() + " wants " + bytes + " bytes of native memory, not " + segment);
        }
    }

    private static long slotBytes(BpfMapSpec spec) {
        return spec.valueBytes() + 7L & ~7L;
    }

    /// As the kernel knows it.
    public String name() {
        return spec.name();
    }

    public BpfMapSpec spec() {
        return spec;
    }

    /// Bytes of a value as this process reads and writes it: of a per-CPU map, [#strideBytes()] for each processor.
    public int valueBytes() {
        return valueBytes;
    }

    /// From one value to the next, in [#memory(Arena)] and in a value of a per-CPU map.
    public int strideBytes() {
        return (int) slotBytes(spec);
    }
}
