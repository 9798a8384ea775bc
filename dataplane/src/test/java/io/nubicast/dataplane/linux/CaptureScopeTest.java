package io.nubicast.dataplane.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.kernel.socket.SocketFilter;
import io.nubicast.kernel.socket.SocketFilter.Metadata;
import io.nubicast.wire.Ipv4Header;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CaptureScopeTest {
    private static final int ETH0 = 2;
    private static final int ETH1 = 3;
    private static final int GROUP = 0xEF010203;
    private static final int OTHER_GROUP = 0xEF010204;
    private static final int OWN = 0x0A000001;
    private static final int FOREIGN = 0x0A000002;
    private static final int MULTICAST = 2;
    private static final int OUTGOING = 4;
    private static final int LOOPBACK = 5;

    private final CaptureScope scope = new CaptureScope(Map.of(ETH0, Set.of(GROUP), ETH1, Set.of(GROUP, OTHER_GROUP)));

    private static byte[] packet(int source, int destination) {
        byte[] bytes = new byte[40];
        new Ipv4Header().wrap(MemorySegment.ofArray(bytes), 0).versionAndHeaderLength(20).totalLength(40).protocol(17)
                .source(source).destination(destination);
        return bytes;
    }

    private int capture(int source, int destination, int pktType, int interfaceIndex, int mark) {
        return scope.captureFilter(new int[]{OWN, 0x7F000001}, true).run(packet(source, destination), 0,
                new Metadata(pktType, interfaceIndex, mark));
    }

    @Test
    void takesWhatLocalApplicationsSendAndWhatOthersSend() {
        assertThat(capture(OWN, GROUP, LOOPBACK, ETH0, 0)).isEqualTo(SocketFilter.ACCEPT);
        assertThat(capture(FOREIGN, GROUP, MULTICAST, ETH0, 0)).isEqualTo(SocketFilter.ACCEPT);
    }

    @Test
    void takesTheGroupsOfEachInterfaceOnly() {
        assertThat(capture(FOREIGN, OTHER_GROUP, MULTICAST, ETH1, 0)).isEqualTo(SocketFilter.ACCEPT);
        assertThat(capture(FOREIGN, OTHER_GROUP, MULTICAST, ETH0, 0)).isZero();
        assertThat(capture(FOREIGN, GROUP, MULTICAST, 9, 0)).isZero();
        assertThat(capture(FOREIGN, OWN, 0, ETH0, 0)).isZero();
    }

    @Test
    void cutsWhatWasRestoredHereAndWhatCameBack() {
        assertThat(capture(FOREIGN, GROUP, LOOPBACK, ETH0, CaptureScope.RESTORE_MARK))
                .isEqualTo(CaptureScope.RESTORED_BYTES);
        assertThat(capture(OWN, GROUP, MULTICAST, ETH0, 0)).isEqualTo(CaptureScope.OWN_SOURCE_BYTES);
    }

    @Test
    void nothingIsInAnEmptyScope() {
        assertThat(CaptureScope.NOTHING.captureFilter(new int[0], true).run(packet(FOREIGN, GROUP), 0,
                new Metadata(MULTICAST, ETH0, 0))).isZero();
    }

    @Test
    void aThousandGroupsFitAndMoreFallBackToAllMulticast() {
        for (int groups : new int[]{1_024, 5_000}) {
            Set<Integer> many = new HashSet<>();
            for (int i = 0; i < groups; i++) {
                many.add(GROUP + i * 7);
            }
            SocketFilter filter = new CaptureScope(Map.of(ETH0, many)).captureFilter(new int[]{OWN}, true);

            for (int group : many) {
                assertThat(filter.run(packet(FOREIGN, group), 0, new Metadata(MULTICAST, ETH0, 0)))
                        .isEqualTo(SocketFilter.ACCEPT);
            }
            assertThat(filter.run(packet(FOREIGN, GROUP + 1), 0, new Metadata(MULTICAST, ETH0, 0)))
                    .isEqualTo(groups == 1_024 ? 0 : SocketFilter.ACCEPT);
            assertThat(filter.run(packet(FOREIGN, OWN), 0, new Metadata(MULTICAST, ETH0, 0))).isZero();
        }
    }

    @Test
    void bothScopesTogetherHoldWhatEitherHolds() {
        CaptureScope both = scope.with(new CaptureScope(Map.of(ETH0, Set.of(OTHER_GROUP), 7, Set.of(GROUP))));

        assertThat(both.contains(ETH0, GROUP)).isTrue();
        assertThat(both.contains(ETH0, OTHER_GROUP)).isTrue();
        assertThat(both.contains(7, GROUP)).isTrue();
        assertThat(both.contains(7, OTHER_GROUP)).isFalse();
    }

    @Test
    void theWatchSeesWhatLeavesByAnyInterface() {
        SocketFilter leaving = scope.leavingFilter();

        assertThat(leaving.run(packet(OWN, GROUP), 0, new Metadata(OUTGOING, 9, 0))).isEqualTo(SocketFilter.ACCEPT);
        assertThat(leaving.run(packet(OWN, GROUP), 0, new Metadata(MULTICAST, ETH0, 0))).isZero();
        assertThat(leaving.run(packet(OWN, GROUP), 0, new Metadata(OUTGOING, ETH0, CaptureScope.RESTORE_MARK)))
                .isZero();
        assertThat(leaving.run(packet(OWN, FOREIGN), 0, new Metadata(OUTGOING, ETH0, 0))).isZero();
    }
}
