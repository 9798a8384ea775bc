package io.nubicast.router.pim;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.router.port.Packet;
import io.nubicast.wire.Address;
import io.nubicast.wire.InternetChecksum;
import io.nubicast.wire.pim.GroupSet;
import io.nubicast.wire.pim.PimMessage;
import io.nubicast.wire.pim.PimParse;
import io.nubicast.wire.pim.SourceEntry;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Much state, and hostile packets.
class LoadTest {
    private static final int GROUPS = 100;
    private static final int SOURCES = 100;

    /// T-PIM-22: Joins of 10,000 sources fit the MTU, spread over the period, and run by few deadlines.
    @Test
    void periodicJoinsOfTenThousandSourcesArePackedAndSpread() {
        OneRouter router = new OneRouter(3).interfaces(2).rp("10.9.9.9").route("10.0.0.0", 8, 1, "10.0.1.2")
                .hello(1, "10.0.1.2").hello(2, "10.0.2.2");
        joinAll(router);
        assertThat(router.trees()).isEqualTo(GROUPS * SOURCES + GROUPS);

        Map<SourceKey, Long> last = new HashMap<>();
        refreshes(router, last);
        int wakes = 0;
        int most = 0;
        int messages = 0;
        long start = router.nowNs;
        while (router.nowNs - start < 180 * OneRouter.SECOND) {
            router.nowNs = Math.max(router.nowNs, router.pim.nextDeadlineNs());
            router.pim.onDeadline(router.nowNs);
            wakes++;
            int now = refreshes(router, last);
            most = Math.max(most, now);
            messages += now;
            if (wakes % 61 == 60) {
                joinAll(router);
            }
        }

        // 167 sources a second; 20 bytes each when every group has one source, and 8 when many share it.
        assertThat(most).as("messages at once").isLessThanOrEqualTo(8);
        assertThat(messages).isLessThanOrEqualTo(180 * 5);
        assertThat(wakes).as("deadlines in 180 s").isLessThanOrEqualTo(220);
    }

    private record SourceKey(Address source, Address group) {}

    /// Checks what was sent: sizes, and that no source waited longer than a period and a tick.
    private static int refreshes(OneRouter router, Map<SourceKey, Long> last) {
        int messages = 0;
        for (Packet packet : router.sent) {
            assertThat(packet.payload().byteSize()).isLessThanOrEqualTo(1480);
            if (PimMessage.parse(packet.payload()) instanceof PimParse.Parsed parsed
                    && parsed.message() instanceof PimMessage.JoinPrune joinPrune) {
                messages++;
                for (GroupSet set : joinPrune.groups()) {
                    for (SourceEntry entry : set.joins()) {
                        Long before = last.put(new SourceKey(entry.address(), set.group()), router.nowNs);
                        if (before != null) {
                            assertThat(router.nowNs - before).isLessThanOrEqualTo(61 * OneRouter.SECOND);
                        }
                    }
                }
            }
        }
        router.sent.clear();
        router.said();
        return messages;
    }

    private static void joinAll(OneRouter router) {
        for (int group = 0; group < GROUPS; group++) {
            List<SourceEntry> entries = new ArrayList<>();
            for (int source = 0; source < SOURCES; source++) {
                entries.add(SourceEntry.of(Address.ofIpv4(0x0A070000 + source + 1)));
            }
            router.joinPrune(2, "10.0.2.2", "10.0.2.1",
                    new GroupSet(Address.ofIpv4(0xEF010100 + group), entries, List.of()));
        }
    }

    /// GEN-001: 10^6 mutated packets where the property `nubicast.ci` is set.
    @Test
    void mutatedPacketsNeitherThrowNorGrowStateBeyondItsLimit() {
        int mutations = Boolean.getBoolean("nubicast.ci") ? 1_000_000 : 10_000;
        Random random = new Random(20);
        OneRouter router = new OneRouter(20).interfaces(3).rp("10.0.3.1").route("10.7.0.0", 16, 1, "10.0.1.2")
                .hello(1, "10.0.1.2").hello(2, "10.0.2.2");
        router.configure(router.config().withRouteLimit(500));
        Address group = Address.ipv4("239.1.1.1");
        SourceEntry star = SourceEntry.anySource(Address.ipv4("10.0.3.1"));
        SourceEntry source = SourceEntry.of(Address.ipv4("10.7.1.1"));
        SourceEntry rpt = SourceEntry.onRpt(Address.ipv4("10.7.1.1"));
        List<PimMessage> seeds = List.of(
                new PimMessage.JoinPrune(Address.ipv4("10.0.2.1"), 210,
                        List.of(new GroupSet(group, List.of(star, source), List.of(rpt)))),
                new PimMessage.JoinPrune(Address.ipv4("10.0.2.1"), 210,
                        List.of(new GroupSet(group, List.of(rpt), List.of(star, source)))),
                new PimMessage.JoinPrune(Address.ipv4("10.0.2.9"), 210,
                        List.of(new GroupSet(group, List.of(star), List.of(source)))),
                new PimMessage.Assert(group, source.address(), false, 110, 5),
                new PimMessage.Assert(group, Address.ANY_IPV4, true, 110, 5),
                TreesTest.register("10.7.1.1", "239.1.1.1", false), TreesTest.register("10.7.1.1", "239.1.1.1", true),
                new PimMessage.RegisterStop(group, 32, source.address()));
        for (int i = 0; i < mutations; i++) {
            MemorySegment bytes = seeds.get(random.nextInt(seeds.size())).packed();
            byte[] mutated = bytes.toArray(ValueLayout.JAVA_BYTE);
            for (int flips = random.nextInt(4); flips > 0; flips--) {
                mutated[random.nextInt(mutated.length)] = (byte) random.nextInt(256);
            }
            int length = random.nextInt(8) == 0 ? random.nextInt(mutated.length + 1) : mutated.length;
            MemorySegment payload = MemorySegment.ofArray(java.util.Arrays.copyOf(mutated, length));
            if (length >= 8 && random.nextInt(8) != 0) {
                boolean register = (mutated[0] & 0xF) == 1;
                payload.set(ValueLayout.JAVA_BYTE, 2, (byte) 0);
                payload.set(ValueLayout.JAVA_BYTE, 3, (byte) 0);
                int sum = InternetChecksum.finish(InternetChecksum.sum(payload, 0, register ? 8 : length));
                payload.set(ValueLayout.JAVA_BYTE, 2, (byte) (sum >>> 8));
                payload.set(ValueLayout.JAVA_BYTE, 3, (byte) sum);
            }
            boolean unicast = (mutated[0] & 0xF) == 1 || (mutated[0] & 0xF) == 2;
            router.pim.onPacket(2, new Packet(Address.ipv4(random.nextInt(20) == 0 ? "10.0.2.77" : "10.0.2.2"),
                    unicast ? Address.ipv4("10.0.3.1") : PimMessage.ALL_PIM_ROUTERS, Packet.PIM, 1, 0xC0, false,
                    payload),
                    router.nowNs);
            if (i % 16 == 0) {
                router.pass(random.nextDouble());
            }
            router.sent.clear();
            router.said();
        }

        assertThat(router.trees()).isLessThanOrEqualTo(500);
        assertThat(router.plane.routes.size()).isLessThanOrEqualTo(500);
        router.pim.stop(router.nowNs);
        assertThat(router.plane.routes).isEmpty();
        assertThat(router.pim.core().timers.running()).isZero();
    }
}
