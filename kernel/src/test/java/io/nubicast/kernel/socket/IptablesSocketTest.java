package io.nubicast.kernel.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nubicast.kernel.sys.NetworkNamespace;
import io.nubicast.kernel.sys.Scratch;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.kernel.sys.SystemCalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/// Rules are written as iptables-legacy does it (IPT_SO_SET_REPLACE), in a namespace of their own.
class IptablesSocketTest {
    private static final int IPT_SO_SET_REPLACE = 64;
    private static final int ENTRY = 112;
    private static final int RULE = ENTRY + 40;
    private static final int END = ENTRY + 64;
    private static final int ACCEPT = -2;

    private static int ip(String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(words));
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start().waitFor();
        } catch (IOException e) {
            return 127;
        }
    }

    @Test
    void aTableWithARuleInOutputHasOutputRules() throws Exception {
        String namespace = "nbtables" + ProcessHandle.current().pid();
        assumeTrue(ip("netns", "add", namespace) == 0, "this user may not make network namespaces");
        try {
            FutureTask<Void> inside = new FutureTask<>(() -> {
                NetworkNamespace.enter(namespace);
                try (IptablesSocket socket = IptablesSocket.open()) {
                    assertThat(isEmpty(socket)).isTrue();

                    replace(socket, 1);
                    assertThat(socket.hasOutputRules("filter")).isTrue();
                    replace(socket, 0);
                    assertThat(socket.hasOutputRules("filter")).isFalse();
                }
                return null;
            });
            Thread.ofPlatform().daemon().start(inside);
            inside.get();
        } finally {
            ip("netns", "del", namespace);
        }
    }

    private static boolean isEmpty(IptablesSocket socket) {
        try {
            return !socket.hasOutputRules("filter");
        } catch (SystemCallException e) {
            assumeTrue(false, "this kernel has no iptables-legacy");
            return false;
        }
    }

    /// The table filter: each chain its policy, OUTPUT some rules before it.
    private static void replace(IptablesSocket socket, int outputRules) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            int size = (3 + outputRules) * RULE + END;
            MemorySegment blob = arena.allocate(96L + size, 8);
            text(blob, 0, "filter");
            int[] words = {1 << 1 | 1 << 2 | 1 << 3, 4 + outputRules, size, 0, 0, RULE, 2 * RULE, 0, 0, 0, RULE,
                    (2 + outputRules) * RULE, 0, 4};
            for (int i = 0; i < words.length; i++) {
                blob.set(ValueLayout.JAVA_INT, 32 + 4L * i, words[i]);
            }
            // Where the kernel puts the old counters, 16 bytes each; the table that it makes has four entries.
            blob.set(ValueLayout.JAVA_INT, 84, entries(socket));
            blob.set(ValueLayout.JAVA_LONG, 88, arena.allocate(16L * 16, 8).address());
            long at = 96;
            for (int i = 0; i < 3 + outputRules; i++, at += RULE) {
                entry(blob, at, RULE, 40);
                blob.set(ValueLayout.JAVA_INT, at + ENTRY + 32, ACCEPT);
            }
            entry(blob, at, END, 64);
            text(blob, at + ENTRY + 2, "ERROR");
            text(blob, at + ENTRY + 32, "ERROR");
            SystemCalls.check("setsockopt IPT_SO_SET_REPLACE", SystemCalls.setsockopt(Scratch.capture(), socket.fd(), 0,
                    IPT_SO_SET_REPLACE, blob, (int) blob.byteSize()));
        }
    }

    private static int entries(IptablesSocket socket) throws SystemCallException {
        return socket.hasOutputRules("filter") ? 5 : 4;
    }

    private static void entry(MemorySegment blob, long at, int next, int targetBytes) {
        blob.set(ValueLayout.JAVA_SHORT, at + 88, (short) ENTRY);
        blob.set(ValueLayout.JAVA_SHORT, at + 90, (short) next);
        blob.set(ValueLayout.JAVA_SHORT, at + ENTRY, (short) targetBytes);
    }

    private static void text(MemorySegment blob, long at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        MemorySegment.copy(bytes, 0, blob, ValueLayout.JAVA_BYTE, at, bytes.length);
    }
}
