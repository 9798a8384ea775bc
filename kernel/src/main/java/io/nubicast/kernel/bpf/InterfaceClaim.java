package io.nubicast.kernel.bpf;

import static io.nubicast.kernel.sys.SystemCalls.check;

import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.kernel.sys.Errno;
import io.nubicast.kernel.sys.RareCalls;
import io.nubicast.kernel.sys.Scratch;
import io.nubicast.kernel.sys.Structs;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.kernel.sys.SystemCalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Holds one direction of an interface for an owner, as long as the process lives: an abstract Unix socket, whose names belong to
/// the network namespace as interfaces do (unix(7)). So what an owner left on an interface that nobody holds is left over.
final class InterfaceClaim extends Descriptor {
    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM_CLOEXEC_NONBLOCK = 1 | 02000000 | 04000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_PEERCRED = 17;
    private static final long PATH = Structs.offset(Structs.SOCKADDR_UN, "sun_path");

    private InterfaceClaim(int fd) {
        super(fd);
    }

    /// Takes the claim in the namespace of the calling thread.
    ///
    /// @throws InterfaceTaken when another process, or this one, has it
    static InterfaceClaim take(String owner, int interfaceIndex, BpfLink.Direction direction)
            throws SystemCallException, InterfaceTaken {
        byte[] name =
                ("nubicast/" + owner + "/" + interfaceIndex + "/" + direction).getBytes(StandardCharsets.US_ASCII);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(Structs.SOCKADDR_UN);
            address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
            // The first byte of an abstract name is 0.
            MemorySegment.copy(name, 0, address, ValueLayout.JAVA_BYTE, PATH + 1, name.length);
            int bytes = (int) PATH + 1 + name.length;
            InterfaceClaim claim = socket();
            int result = SystemCalls.bind(Scratch.capture(), claim.fd(), address, bytes);
            if (result >= 0) {
                RareCalls.listen(Scratch.capture(), claim.fd(), 1);
                return claim;
            }
            claim.close();
            check("bind " + new String(name, StandardCharsets.US_ASCII), result == -Errno.EADDRINUSE ? 0 : result);
            int process = holder(address, bytes);
            if (process < 0) {
                // Anybody may take a name; one that is taken by someone who could not have attached a program means nothing.
                return socket();
            }
            throw new InterfaceTaken(owner, interfaceIndex, direction, process);
        }
    }

    private static InterfaceClaim socket() throws SystemCallException {
        return new InterfaceClaim(check("socket AF_UNIX",
                SystemCalls.socket(Scratch.capture(), AF_UNIX, SOCK_STREAM_CLOEXEC_NONBLOCK, 0)));
    }

    /// The process that has the claim, 0 when it is not known, -1 when it is one of an unprivileged other user.
    private static int holder(MemorySegment address, int bytes) throws SystemCallException {
        try (InterfaceClaim socket = socket()) {
            if (SystemCalls.connect(Scratch.capture(), socket.fd(), address, bytes) < 0) {
                return 0;
            }
            MemorySegment memory = Scratch.memory();
            long length = Structs.UCRED.byteSize();
            memory.set(ValueLayout.JAVA_INT, length, (int) length);
            check("getsockopt SO_PEERCRED",
                    SystemCalls.getsockopt(Scratch.capture(), socket.fd(), SOL_SOCKET, SO_PEERCRED,
                            memory.asSlice(0, length), memory.asSlice(length, Integer.BYTES)));
            int user = memory.get(ValueLayout.JAVA_INT, Structs.offset(Structs.UCRED, "uid"));
            return user != 0 && user != ownUser() ? -1 : memory.get(ValueLayout.JAVA_INT, 0);
        }
    }

    private static int ownUser() {
        try {
            return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            return 0;
        }
    }
}
