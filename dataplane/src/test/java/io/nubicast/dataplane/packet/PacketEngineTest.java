package io.nubicast.dataplane.packet;

import static io.nubicast.dataplane.packet.EngineHarness.MEMBER_PORT;
import static io.nubicast.dataplane.packet.EngineHarness.frame;
import static io.nubicast.dataplane.packet.EngineHarness.member;
import static io.nubicast.dataplane.packet.EngineHarness.route;
import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.dataplane.packet.EngineHarness.Checksum;
import io.nubicast.dataplane.packet.EngineHarness.Seen;
import io.nubicast.forwarding.RateLimit;
import io.nubicast.kernel.netlink.RouteEvent;
import io.nubicast.kernel.sys.Errno;
import io.nubicast.wire.DropReason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PacketEngineTest {
    private static final int GROUP = 0xEF01_0101;
    private static final int SOURCE = 0x0A00_0201;
    private static final int NEAR = member(2, 10);
    private static final int JUMBO = member(3, 10);
    private static final int TUNNELLED = member(4, 10);

    private final EngineHarness harness = new EngineHarness(64);

    private static byte[] payload(int length, int seed) {
        byte[] payload = new byte[length];
        new Random(seed).nextBytes(payload);
        return payload;
    }

    private void capture(int length, int seed) {
        harness.capture(frame(SOURCE, 4_000, GROUP, 0, 1, Checksum.UNFINISHED, 0, payload(length, seed)));
    }

    private List<String> payloads(int member) {
        return harness.byMember.getOrDefault(member, List.of()).stream().map(Seen::payload).toList();
    }

    private static List<String> texts(int length, int from, int count) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            texts.add(EngineHarness.text(payload(length, from + i)));
        }
        return texts;
    }

    @Test
    void whatOneCallBroughtLeavesAsOneFrameAMember() {
        harness.apply(route(GROUP, RateLimit.NONE, NEAR, JUMBO));

        for (int i = 0; i < 16; i++) {
            capture(200, i);
        }
        harness.send();

        assertThat(harness.frames).isEqualTo(2);
        assertThat(payloads(NEAR)).isEqualTo(texts(200, 0, 16));
        assertThat(payloads(JUMBO)).isEqualTo(texts(200, 0, 16));
        assertThat(harness.byMember.getOrDefault(NEAR, List.of()).getFirst()).isEqualTo(
                new Seen(SOURCE, 4_000, MEMBER_PORT, 0, true, EngineHarness.text(payload(200, 0))));
        assertThat(harness.identifications).hasSize(16);
        assertThat(harness.counters(GROUP).packets()).isEqualTo(16);
        assertThat(harness.counters(GROUP).bursts()).isEqualTo(1);
    }

    @Test
    void aDatagramWithoutChecksumTravelsAloneAndWithoutOne() {
        harness.apply(route(GROUP, RateLimit.NONE, NEAR));

        capture(200, 0);
        harness.capture(frame(SOURCE, 4_000, GROUP, 0, 1, Checksum.NONE, 0, payload(200, 1)));
        capture(200, 2);
        harness.send();

        assertThat(harness.frames).isEqualTo(3);
        assertThat(payloads(NEAR)).isEqualTo(texts(200, 0, 3));
        assertThat(harness.byMember.get(NEAR)).extracting(Seen::checksummed).containsExactly(true, false, true);
    }

    @Test
    void aWrongChecksumIsDroppedAndCounted() {
        harness.apply(route(GROUP, RateLimit.NONE, NEAR));

        harness.capture(frame(SOURCE, 4_000, GROUP, 0, 1, Checksum.WRONG, 0, payload(200, 0)));
        harness.capture(frame(SOURCE, 4_000, GROUP, 0, 1, Checksum.FULL, 0, payload(200, 1)));
        harness.send();

        assertThat(payloads(NEAR)).isEqualTo(texts(200, 1, 1));
        assertThat(harness.counters(GROUP).drops().of(DropReason.BAD_CHECKSUM)).isEqualTo(1);
    }

    @Test
    void aBurstThatTheApplicationMadeLeavesAsOne() {
        harness.apply(route(GROUP, RateLimit.NONE, NEAR));

        harness.capture(frame(SOURCE, 4_000, GROUP, 0xB8, 1, Checksum.UNFINISHED, 1_000, payload(15_500, 3)));
        harness.send();

        assertThat(harness.frames).isEqualTo(1);
        assertThat(harness.byMember.get(NEAR)).hasSize(16).allSatisfy(seen -> assertThat(seen.tos()).isEqualTo(0xB8));
        assertThat(harness.counters(GROUP).packets()).isEqualTo(16);
        assertThat(harness.counters(GROUP).bytes()).isEqualTo(15_500);
    }

    @Test
    void aBurstOfTheApplicationIsCutToWhatTheOptionAllows() {
        EngineHarness four = new EngineHarness(4);
        four.apply(route(GROUP, RateLimit.NONE, NEAR));

        four.capture(frame(SOURCE, 4_000, GROUP, 0, 1, Checksum.UNFINISHED, 1_000, payload(9_001, 3)));
        four.send();

        assertThat(four.frames).isEqualTo(3);
        assertThat(four.byMember.get(NEAR)).hasSize(10);
    }

    @Test
    void theRateLimitLetsPartOfAnApplicationsBurstPass() {
        harness.apply(route(GROUP, new RateLimit(64, 0), NEAR));

        for (int i = 0; i < 2; i++) {
            harness.capture(frame(SOURCE, 4_000, GROUP, 0, 1, Checksum.UNFINISHED, 100, payload(5_000, i)));
        }
        harness.send();

        assertThat(harness.byMember.get(NEAR)).hasSize(64);
        assertThat(harness.counters(GROUP).drops().of(DropReason.RATE_LIMITED)).isEqualTo(36);
    }

    @Test
    void memberByMemberWhatFramesCannotReachGoesByTheKernel() {
        harness.apply(route(GROUP, RateLimit.NONE, TUNNELLED, NEAR));

        for (int i = 0; i < 5; i++) {
            capture(200, i);
        }
        harness.send();

        assertThat(harness.frames).isEqualTo(1);
        assertThat(harness.byKernel).isEqualTo(5);
        assertThat(payloads(TUNNELLED)).isEqualTo(texts(200, 0, 5));
        assertThat(payloads(NEAR)).isEqualTo(texts(200, 0, 5));
    }

    @Test
    void whatIsAboveTheMtuOfADeviceGoesByTheKernelThereAndInOrder() {
        harness.apply(route(GROUP, RateLimit.NONE, NEAR, JUMBO));

        capture(200, 0);
        capture(2_000, 1);
        capture(2_000, 2);
        capture(200, 3);
        harness.send();

        List<String> all = List.of(EngineHarness.text(payload(200, 0)), EngineHarness.text(payload(2_000, 1)),
                EngineHarness.text(payload(2_000, 2)), EngineHarness.text(payload(200, 3)));
        assertThat(payloads(NEAR)).isEqualTo(all);
        assertThat(payloads(JUMBO)).isEqualTo(all);
        assertThat(harness.byKernel).as("a run of two long ones and a short one").isEqualTo(3);
    }

    @Test
    void aDeviceThatRefusesABurstGetsItAsSinglesAndNoMoreBurstsForAWhile() {
        harness.apply(route(GROUP, RateLimit.NONE, NEAR, JUMBO));
        harness.refusing.put(2, Errno.EINVAL);

        for (int batch = 0; batch < 3; batch++) {
            for (int i = 0; i < 4; i++) {
                capture(200, 4 * batch + i);
            }
            harness.send();
        }

        assertThat(payloads(NEAR)).isEqualTo(texts(200, 0, 12));
        assertThat(payloads(JUMBO)).isEqualTo(texts(200, 0, 12));
        assertThat(harness.refusals).isEqualTo(1);
        assertThat(harness.frames).as("12 singles, 3 bursts").isEqualTo(15);

        harness.refusing.clear();
        harness.nowNs += RefusedBursts.FIRST_NS;
        capture(200, 12);
        capture(200, 13);
        harness.send();
        assertThat(harness.frames).as("tried again").isEqualTo(17);
    }

    @Test
    void aFullQueueIsChargedAndAChangedWayIsLeftToTheKernel() {
        harness.apply(route(GROUP, RateLimit.NONE, NEAR));
        harness.singleErrors.addAll(List.of(0, Errno.ENOBUFS, Errno.ENXIO, Errno.EMSGSIZE, 0));

        for (int i = 0; i < 5; i++) {
            harness.capture(frame(SOURCE, 4_000, GROUP, 0x28, 1, Checksum.NONE, 0, payload(200, i)));
        }
        harness.send();

        List<String> expected = texts(200, 0, 5);
        expected.remove(1);
        assertThat(payloads(NEAR)).isEqualTo(expected);
        assertThat(harness.byKernel).isEqualTo(2);
        assertThat(harness.byMember.get(NEAR)).allSatisfy(seen -> assertThat(seen.tos()).isEqualTo(0x28));
        assertThat(harness.errors(GROUP, NEAR)).isEqualTo(1);
    }

    @Test
    void aBurstForWhichOurOwnBufferHasNoRoomIsChargedDatagramByDatagram() {
        harness.apply(route(GROUP, RateLimit.NONE, NEAR));
        harness.refusing.put(2, Errno.EAGAIN);

        for (int i = 0; i < 7; i++) {
            capture(200, i);
        }
        harness.send();

        assertThat(harness.errors(GROUP, NEAR)).isEqualTo(7);
        assertThat(harness.refusals).as("it is not the device's fault").isZero();
    }

    @Test
    void aNeighbourThatIsLostAndFoundChangesTheWay() {
        harness.apply(route(GROUP, RateLimit.NONE, NEAR));

        harness.on(new RouteEvent.NeighbourGone(2, NEAR));
        capture(200, 0);
        harness.send();
        assertThat(harness.byKernel).isEqualTo(1);

        harness.on(new RouteEvent.Neighbour(2, NEAR, 0x02, 0x0200_00AA_020AL));
        capture(200, 1);
        harness.send();
        assertThat(harness.frames).isEqualTo(1);
        assertThat(payloads(NEAR)).isEqualTo(texts(200, 0, 2));
    }

    @Test
    void rubbishIsCountedAndHurtsNobody() {
        harness.apply(route(GROUP, RateLimit.NONE, NEAR));
        Random random = new Random(5);
        int captured = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] frame = frame(SOURCE, 4_000, GROUP, 0, 1, Checksum.FULL, random.nextInt(3) * 100,
                    payload(random.nextInt(400), round));
            for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
                frame[random.nextInt(frame.length)] = (byte) random.nextInt(256);
            }
            // gso_type and what follows come from the kernel; only what a sender writes is rubbish.
            frame[1] = 0;
            harness.capture(
                    Arrays.copyOf(frame, random.nextInt(4) == 0 ? random.nextInt(frame.length + 1) : frame.length));
            captured++;
            if (harness.isFull()) {
                harness.send();
            }
        }
        harness.send();

        assertThat(harness.counters(GROUP).packets() + harness.counters(GROUP).drops().total() + harness.dropped())
                .isEqualTo(captured);
        assertThat(harness.errors(GROUP, NEAR)).isZero();
    }

    /// Against a plain model: every member gets every datagram of its time, once, unchanged, and those of one flow in order; any
    /// interleaving of flows, sizes, DSCP, checksums and applications' own bursts, members that come and go, devices that
    /// refuse bursts now and then.
    @Test
    void everyMemberGetsWhatThePlainModelSays() {
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            new Model(random, new EngineHarness(random.nextInt(4) == 0 ? 1 + random.nextInt(8) : 64)).run();
        }
    }

    private static final class Model {
        private static final int[] NOBODY = {};
        private static final int[] GROUPS = {0xEF01_0101, 0xEF01_0102};
        private static final int[] SIZES = {0, 1, 200, 201, 1_000, 1_472, 1_473, 8_972, 8_973};

        private final Random random;
        private final EngineHarness engine;
        private final Map<Integer, int[]> members = new HashMap<>();
        private final Map<Integer, List<Seen>> expected = new HashMap<>();
        private int number;

        Model(Random random, EngineHarness engine) {
            this.random = random;
            this.engine = engine;
        }

        void run() {
            for (int batch = 0; batch < 20; batch++) {
                if (batch == 0 || random.nextInt(3) == 0) {
                    change();
                }
                int flows = 1 + random.nextInt(4);
                int sizes = 1 + random.nextInt(SIZES.length);
                for (int i = random.nextInt(EngineHarness.SLOTS + 1); i > 0; i--) {
                    datagram(random.nextInt(flows), SIZES[random.nextInt(sizes)]);
                }
                engine.send();
            }
            Map<Integer, List<Seen>> got = engine.byMember;
            assertThat(got.keySet()).isEqualTo(expected.keySet());
            expected.forEach(
                    (member, all) -> assertThat(byFlow(got.getOrDefault(member, List.of()))).isEqualTo(byFlow(all)));
            assertThat(engine.dropped()).isZero();
        }

        private void change() {
            for (int group : GROUPS) {
                members.put(group, random.ints(random.nextInt(8), 0, 30)
                        .map(i -> member(2 + i % 3, 1 + i / 3)).distinct().toArray());
            }
            engine.refusing.clear();
            if (random.nextInt(3) == 0) {
                engine.refusing.put(2 + random.nextInt(2), random.nextBoolean() ? Errno.EINVAL : Errno.ENOBUFS);
            }
            engine.nowNs += random.nextInt(3) * RefusedBursts.FIRST_NS;
            engine.apply(Arrays.stream(GROUPS)
                    .mapToObj(group -> route(group, RateLimit.NONE, members.getOrDefault(group, NOBODY)))
                    .toArray(io.nubicast.forwarding.Route[]::new));
        }

        private void datagram(int flow, int bytes) {
            int group = GROUPS[flow & 1];
            int port = 4_000 + flow;
            int tos = random.nextInt(10) == 0 ? 0xB8 : 0;
            Checksum checksum = random.nextInt(10) == 0
                    ? Checksum.NONE
                    : random.nextBoolean() ? Checksum.FULL : Checksum.UNFINISHED;
            int count = checksum != Checksum.NONE && bytes > 0 && bytes <= 1_000 && random.nextInt(10) == 0
                    ? 2 + random.nextInt(60)
                    : 1;
            byte[] payload = payload(bytes * count, number++);
            engine.capture(frame(SOURCE, port, group, tos, 1, checksum == Checksum.FULL && count > 1
                    ? Checksum.UNFINISHED
                    : checksum, count == 1 ? 0 : bytes, payload));
            for (int i = 0; i < count; i++) {
                Seen seen = new Seen(SOURCE, port, MEMBER_PORT, tos, checksum != Checksum.NONE,
                        EngineHarness.text(Arrays.copyOfRange(payload, i * bytes, (i + 1) * bytes)));
                for (int member : members.getOrDefault(group, NOBODY)) {
                    expected.computeIfAbsent(member, m -> new ArrayList<>()).add(seen);
                }
            }
        }

        private static Map<Integer, List<Seen>> byFlow(List<Seen> all) {
            Map<Integer, List<Seen>> flows = new HashMap<>();
            for (Seen seen : all) {
                flows.computeIfAbsent(seen.sourcePort(), p -> new ArrayList<>()).add(seen);
            }
            return flows;
        }
    }
}
