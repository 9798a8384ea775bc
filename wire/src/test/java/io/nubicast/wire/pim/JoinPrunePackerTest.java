package io.nubicast.wire.pim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// PIM-009.
class JoinPrunePackerTest {
    private static final int MTU_1500 = 1480;
    private static final Address NEIGHBOR = Address.ipv4("10.0.0.2");
    private static final Address RP = Address.ipv4("10.0.0.1");

    private static Address group(int number) {
        return Address.ofIpv4(0xEF000000 + number);
    }

    private static Address source(int number) {
        return Address.ofIpv4(0x0A010000 + number);
    }

    private static List<PimMessage.JoinPrune> pack(List<GroupSet> groups, int maximumLength) {
        List<PimMessage.JoinPrune> messages = JoinPrunePacker.pack(NEIGHBOR, 210, groups, maximumLength);
        assertThat(messages).allMatch(each -> each.length() <= maximumLength && each.groups().size() <= 255
                && each.upstreamNeighbor().equals(NEIGHBOR) && each.holdtimeSeconds() == 210);
        return messages;
    }

    @Test
    void nothingIsNoMessage() {
        assertThat(pack(List.of(), MTU_1500)).isEmpty();
    }

    /// (1480 - 14) / 20 = 73 groups a message.
    @Test
    void groupsFillMessagesUpToTheMtu() {
        List<GroupSet> groups = IntStream.range(0, 1000)
                .mapToObj(i -> GroupSet.join(group(i), SourceEntry.anySource(RP))).toList();

        List<PimMessage.JoinPrune> messages = pack(groups, MTU_1500);

        assertThat(messages).hasSize(14);
        assertThat(messages.stream().flatMap(each -> each.groups().stream())).containsExactlyElementsOf(groups);
    }

    /// The number of groups is an octet.
    @Test
    void noMessageHasMoreThan255Groups() {
        List<GroupSet> groups = IntStream.range(0, 600)
                .mapToObj(i -> GroupSet.join(group(i), SourceEntry.of(source(i)))).toList();

        assertThat(pack(groups, 9000)).extracting(each -> each.groups().size()).containsExactly(255, 255, 90);
    }

    @Test
    void sourcesOfAGroupThatDoesNotFitAreSplit() {
        List<SourceEntry> joins = IntStream.range(0, 400).mapToObj(i -> SourceEntry.of(source(i))).toList();
        List<SourceEntry> prunes = IntStream.range(400, 500).mapToObj(i -> SourceEntry.of(source(i))).toList();

        List<PimMessage.JoinPrune> messages = pack(List.of(new GroupSet(group(1), joins, prunes)), MTU_1500);

        assertThat(messages).hasSize(3);
        assertThat(messages.stream().flatMap(each -> each.groups().stream()).flatMap(each -> each.joins().stream()))
                .containsExactlyElementsOf(joins);
        assertThat(messages.stream().flatMap(each -> each.groups().stream()).flatMap(each -> each.prunes().stream()))
                .containsExactlyElementsOf(prunes);
    }

    /// A (*,G) Join takes back the (S,G,rpt) Prunes that its message does not repeat.
    @Test
    void prunesFromTheRpTreeStayWithTheJoinOfTheirGroup() {
        List<GroupSet> groups = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            groups.add(joinWithPrunes(group(i), 60));
        }

        List<PimMessage.JoinPrune> messages = pack(groups, MTU_1500);

        assertThat(messages.stream().flatMap(each -> each.groups().stream())).containsExactlyElementsOf(groups);
    }

    /// Section 4.9.5.2: when they are too many, the numerically lowest are told.
    @Test
    void ofTooManyPrunesTheLowestAreTold() {
        List<SourceEntry> prunes = new ArrayList<>(
                IntStream.range(0, 300).mapToObj(i -> SourceEntry.onRpt(source(i))).toList());
        Collections.shuffle(prunes, new Random(1));
        GroupSet set = new GroupSet(group(1), List.of(SourceEntry.anySource(RP), SourceEntry.of(source(7))), prunes);

        List<PimMessage.JoinPrune> messages = pack(List.of(GroupSet.join(group(0), SourceEntry.of(source(1))), set),
                MTU_1500);

        List<GroupSet> told = messages.stream().flatMap(each -> each.groups().stream())
                .filter(each -> each.group().equals(group(1))).toList();
        assertThat(told.getFirst().joins()).containsExactly(SourceEntry.anySource(RP));
        assertThat(told.getFirst().prunes()).hasSize(180).isSorted().endsWith(SourceEntry.onRpt(source(179)));
        assertThat(told.get(1).joins()).containsExactly(SourceEntry.of(source(7)));
    }

    /// Whatever is packed, nothing is lost, doubled or torn from its Join.
    @Test
    void randomGroupsArriveWhole() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            List<GroupSet> groups = new ArrayList<>();
            for (int i = random.nextInt(30); i > 0; i--) {
                groups.add(random.nextBoolean()
                        ? joinWithPrunes(group(i), random.nextInt(20))
                        : new GroupSet(group(i), entries(random), entries(random)));
            }
            int maximumLength = 250 + random.nextInt(1230);

            Map<Address, Set<SourceEntry>> joins = new HashMap<>();
            Map<Address, Set<SourceEntry>> prunes = new HashMap<>();
            for (PimMessage.JoinPrune message : pack(groups, maximumLength)) {
                for (GroupSet set : message.groups()) {
                    assertThat(set.size()).isPositive();
                    boolean wildcard = set.joins().stream().anyMatch(SourceEntry::wildcard);
                    assertThat(set.prunes().stream().anyMatch(SourceEntry::isOnRpt)).as("seed " + seed)
                            .matches(rpt -> !rpt || wildcard);
                    set.joins().forEach(each -> assertThat(
                            joins.computeIfAbsent(set.group(), key -> new HashSet<>()).add(each)).isTrue());
                    set.prunes().forEach(each -> assertThat(
                            prunes.computeIfAbsent(set.group(), key -> new HashSet<>()).add(each)).isTrue());
                }
            }
            for (GroupSet set : groups) {
                assertThat(joins.getOrDefault(set.group(), Set.of())).containsExactlyInAnyOrderElementsOf(set.joins());
                assertThat(prunes.getOrDefault(set.group(), Set.of()))
                        .containsExactlyInAnyOrderElementsOf(set.prunes());
            }
        }
    }

    @Test
    void anMtuThatFitsNothingIsRefused() {
        assertThatThrownBy(() -> JoinPrunePacker.pack(NEIGHBOR, 210, List.of(), 40))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static GroupSet joinWithPrunes(Address group, int prunes) {
        return new GroupSet(group, List.of(SourceEntry.anySource(RP)),
                IntStream.range(0, prunes).mapToObj(i -> SourceEntry.onRpt(source(i))).toList());
    }

    private static List<SourceEntry> entries(Random random) {
        int first = random.nextInt(1000);
        return IntStream.range(first, first + 1 + random.nextInt(150)).mapToObj(i -> SourceEntry.of(source(i)))
                .toList();
    }
}
