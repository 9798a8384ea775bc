package io.nubicast.kernel.bpf;

import static io.nubicast.kernel.sys.SystemCalls.check;

import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.kernel.sys.Errno;
import io.nubicast.kernel.sys.Scratch;
import io.nubicast.kernel.sys.Structs;
import io.nubicast.kernel.sys.SystemCallException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A table in the kernel that programs read while this process changes it, an entry at a time. Keys and values are native memory
/// of the sizes the map was made with.
public final class BpfMap extends Descriptor {
    static final int BPF_MAP_TYPE_HASH = 1;
    static final int BPF_MAP_TYPE_SOCKMAP = 15;
    /// BPF_F_NO_PREALLOC: an empty map takes little memory, however much may come.
    static final int NO_PREALLOC = 1;

    private final String name;
    private final int keyBytes;
    private final int valueBytes;

    private BpfMap(int fd, String name, int keyBytes, int valueBytes) {
        super(fd);
        this.name = name;
        this.keyBytes = keyBytes;
        this.valueBytes = valueBytes;
    }

    /// Any key to any value.
    ///
    /// @param name letters, digits and `_`; the kernel keeps 15 of them
    /// @param capacity entries at most
    /// @throws SystemCallException EPERM without CAP_BPF
    public static BpfMap hash(String name, int keyBytes, int valueBytes, int capacity) throws SystemCallException {
        return create(BPF_MAP_TYPE_HASH, NO_PREALLOC, name, keyBytes, valueBytes, capacity);
    }

    /// Sockets by index, for programs that hand datagrams to them. A socket that is closed leaves the map.
    ///
    /// @param capacity indices are below it
    /// @throws SystemCallException EPERM without CAP_BPF and CAP_NET_ADMIN
    public static BpfMap sockets(String name, int capacity) throws SystemCallException {
        return create(BPF_MAP_TYPE_SOCKMAP, 0, name, Integer.BYTES, Integer.BYTES, capacity);
    }

    private static BpfMap create(int type, int flags, String name, int keyBytes, int valueBytes, int capacity)
            throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(Structs.BPF_MAP_CREATE);
            attributes.set(ValueLayout.JAVA_INT, Structs.offset(Structs.BPF_MAP_CREATE, "map_type"), type);
            attributes.set(ValueLayout.JAVA_INT, Structs.offset(Structs.BPF_MAP_CREATE, "key_size"), keyBytes);
            attributes.set(ValueLayout.JAVA_INT, Structs.offset(Structs.BPF_MAP_CREATE, "value_size"), valueBytes);
            attributes.set(ValueLayout.JAVA_INT, Structs.offset(Structs.BPF_MAP_CREATE, "max_entries"), capacity);
            attributes.set(ValueLayout.JAVA_INT, Structs.offset(Structs.BPF_MAP_CREATE, "map_flags"), flags);
            BpfCalls.name(attributes, Structs.offset(Structs.BPF_MAP_CREATE, "map_name"), name);
            int fd = check("bpf BPF_MAP_CREATE of " + name,
                    BpfCalls.create(BpfCalls.MAP_CREATE, attributes, Structs.BPF_MAP_CREATE));
            return new BpfMap(fd, name, keyBytes, valueBytes);
        }
    }

    /// Adds the entry or replaces its value.
    ///
    /// @throws SystemCallException E2BIG when the map is full
    public void put(MemorySegment key, MemorySegment value) throws SystemCallException {
        require(value, valueBytes);
        check("bpf BPF_MAP_UPDATE_ELEM of " + name, element(BpfCalls.MAP_UPDATE_ELEM, key, value));
    }

    /// [#put(MemorySegment, MemorySegment)] for a map of sockets.
    ///
    /// @param socket bound
    public void put(int index, Descriptor socket) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            put(arena.allocateFrom(ValueLayout.JAVA_INT, index), arena.allocateFrom(ValueLayout.JAVA_INT, socket.fd()));
        }
    }

    /// Reads an entry.
    ///
    /// @param into where the value goes
    /// @return whether there is one
    public boolean get(MemorySegment key, MemorySegment into) throws SystemCallException {
        require(into, valueBytes);
        return found("bpf BPF_MAP_LOOKUP_ELEM of ", element(BpfCalls.MAP_LOOKUP_ELEM, key, into));
    }

    /// Removes an entry.
    ///
    /// @return whether there was one
    public boolean remove(MemorySegment key) throws SystemCallException {
        return found("bpf BPF_MAP_DELETE_ELEM of ", element(BpfCalls.MAP_DELETE_ELEM, key, MemorySegment.NULL));
    }

    private boolean found(String call, int result) throws SystemCallException {
        if (result == -Errno.ENOENT) {
            return false;
        }
        check(call + name, result);
        return true;
    }

    private int element(int command, MemorySegment key, MemorySegment value) {
        require(key, keyBytes);
        MemorySegment attributes = Scratch.memory();
        attributes.set(ValueLayout.JAVA_INT, Structs.offset(Structs.BPF_MAP_ELEM, "map_fd"), fd());
        attributes.set(ValueLayout.JAVA_LONG, Structs.offset(Structs.BPF_MAP_ELEM, "key"), key.address());
        attributes.set(ValueLayout.JAVA_LONG, Structs.offset(Structs.BPF_MAP_ELEM, "value"), value.address());
        return BpfCalls.call(command, attributes, Structs.BPF_MAP_ELEM);
    }

    /// The kernel takes as much as the map says, whatever the segment holds.
    private void require(MemorySegment segment, int bytes) {
        if (!segment.isNative() || segment.byteSize() != bytes) {
            throw new IllegalArgumentException(name + " wants " + bytes + " bytes of native memory, not " + segment);
        }
    }

    /// As the kernel knows it.
    public String name() {
        return name;
    }
}
