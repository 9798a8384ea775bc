package io.nubicast.kernel.bpf;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/// A bpffs that only the calling thread, and what it starts, can see.
final class PrivateMounts {
    private static final int CLONE_NEWNS = 0x20000;

    private PrivateMounts() {}

    /// Mounts it; it ends with the thread.
    @SuppressWarnings("restricted")
    static void bpffs(Path directory) throws Exception {
        Linker linker = Linker.nativeLinker();
        MethodHandle unshare = linker.downcallHandle(linker.defaultLookup().find("unshare").orElseThrow(),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        try {
            assertThat((int) unshare.invokeExact(CLONE_NEWNS)).isZero();
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
        Namespace.run("mount --make-rprivate /");
        Files.createDirectories(directory);
        Namespace.run("mount -t bpf bpf " + directory);
    }
}
