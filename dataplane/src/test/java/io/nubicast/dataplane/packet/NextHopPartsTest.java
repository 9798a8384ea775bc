package io.nubicast.dataplane.packet;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.kernel.netlink.OutputChain;
import io.nubicast.kernel.netlink.OutputChain.Scope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The small parts of [Paths].
class NextHopPartsTest {
    @Test
    void anIndexIsAMap() {
        LongIndex index = new LongIndex();
        Map<Long, Integer> model = new HashMap<>();
        Random random = new Random(3);
        for (int i = 0; i < 200_000; i++) {
            long key = (long) random.nextInt(4) << 32 | random.nextInt(300);
            switch (random.nextInt(3)) {
                case 0 -> {
                    index.remove(key);
                    model.remove(key);
                }
                case 1 -> {
                    index.put(key, i);
                    model.put(key, i);
                }
                default -> assertThat(index.get(key)).isEqualTo(model.getOrDefault(key, LongIndex.NONE));
            }
        }

        assertThat(index.size()).isEqualTo(model.size());
        model.forEach((key, value) -> assertThat(index.get(key)).isEqualTo(value));
    }

    @Test
    void pendingSlotsAreTakenOnceEachInTurn() {
        for (int size : new int[]{1, 63, 64, 65, 200}) {
            Pending pending = new Pending();
            pending.size(size);
            pending.addAll();
            assertThat(pending.count()).isEqualTo(size);

            List<Integer> taken = new ArrayList<>();
            int[] slots = new int[7];
            while (!pending.isEmpty()) {
                int count = pending.take(slots);
                for (int i = 0; i < count; i++) {
                    taken.add(slots[i]);
                }
            }

            assertThat(taken).hasSize(size).doesNotHaveDuplicates().isSorted();
        }
    }

    @Test
    void whatIsAddedBehindTheCursorIsNotForgotten() {
        Pending pending = new Pending();
        pending.size(100);
        pending.add(70);
        int[] slots = new int[1];
        pending.take(slots);
        pending.add(3);
        pending.add(3);
        pending.add(99);

        List<Integer> taken = new ArrayList<>();
        while (pending.take(slots) == 1) {
            taken.add(slots[0]);
        }

        assertThat(taken).containsExactly(99, 3);
    }

    @Test
    void nothingIsPendingWithoutMembers() {
        Pending pending = new Pending();
        pending.size(0);
        pending.addAll();

        assertThat(pending.isEmpty()).isTrue();
        assertThat(pending.take(new int[4])).isZero();
    }

    @Test
    void confirmationsAreTakenOnceEach() {
        Confirmations confirmations = new Confirmations();
        for (int i = 0; i < 40; i++) {
            confirmations.add(2, -(i % 20));
        }
        int count = 0;
        while (confirmations.next()) {
            assertThat(confirmations.device()).isEqualTo(2);
            assertThat(confirmations.address()).isEqualTo(-count);
            count++;
        }
        assertThat(count).isEqualTo(20);

        confirmations.add(2, 0);
        assertThat(confirmations.next()).isTrue();
        assertThat(confirmations.next()).isFalse();
    }

    @Test
    void rulesConcernWhatTheyBeginWith() {
        OutputRules rules = new OutputRules(List.of(
                new OutputChain("inet", "filter", "output", false,
                        Set.of(new Scope(5, "", false), new Scope(0, "eth1", false))),
                new OutputChain("ip", "nat", "post", false, Set.of(new Scope(0, "wlan", true)))), Set.of());

        assertThat(rules.concerning(5, "eth5")).contains("nftables has output rules (table inet filter, chain output)");
        assertThat(rules.concerning(6, "eth1")).isPresent();
        assertThat(rules.concerning(7, "eth10")).isEmpty();
        assertThat(rules.concerning(8, "wlan0")).contains("nftables has output rules (table ip nat, chain post)");
        assertThat(OutputRules.NONE.concerning(5, "eth5")).isEmpty();
    }

    @Test
    void aChainWithoutRulesConcernsNothingUnlessItDrops() {
        assertThat(new OutputRules(List.of(new OutputChain("ip", "t", "c", false, Set.of())), Set.of())
                .concerning(1, "eth0")).isEmpty();
        assertThat(new OutputRules(List.of(new OutputChain("ip", "t", "c", true, Set.of())), Set.of())
                .concerning(1, "eth0")).isPresent();
    }

    @Test
    void tablesOfIptablesLegacyConcernEveryInterface() {
        assertThat(new OutputRules(List.of(), Set.of("nat", "filter")).concerning(1, "eth0"))
                .contains("iptables has output rules (table filter, nat)");
    }

    @Test
    void linesArePassedOnOnceAndNotWithoutEnd() {
        List<String> read = new ArrayList<>();
        Once once = new Once(read::add);
        for (int i = 0; i < 3 * Once.MOST; i++) {
            once.accept("line " + i / 2);
        }

        assertThat(read).hasSize(Once.MOST).doesNotHaveDuplicates();
    }
}
