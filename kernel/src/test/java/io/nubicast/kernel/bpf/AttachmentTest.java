package io.nubicast.kernel.bpf;

import static io.nubicast.kernel.bpf.Namespace.index;
import static io.nubicast.kernel.bpf.Namespace.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nubicast.kernel.bpf.Attachment.Mechanism;
import io.nubicast.kernel.bpf.Attachment.Place;
import io.nubicast.kernel.bpf.BpfLink.Direction;
import io.nubicast.kernel.bpf.BpfQueries.Attached;
import io.nubicast.kernel.netlink.TrafficControl;
import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.kernel.sys.SystemCallException;
import java.io.BufferedReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Programs on a veth pair west -- east of one namespace, by each mechanism.
class AttachmentTest {
    private static final String OWNER = "loader-test";

    @TempDir
    Path directory;

    @BeforeEach
    void need() {
        String missing = BpfFeature.SOCKET_LOOKUP.missing().orElse("");
        assumeTrue(!missing.contains("CAP_BPF"), missing);
        assertThat(Mechanism.TCX.missing().filter(text -> !text.contains("needs Linux 6.6"))).isEmpty();
    }

    @AfterEach
    void nothingStaysOpen() {
        assertThat(Descriptor.stillOpen()).isEmpty();
    }

    /// Skips what is for newer kernels.
    private static void inPair(Mechanism mechanism, Namespace.Work work) throws Exception {
        assumeTrue(mechanism.missing().isEmpty(), mechanism.missing().orElse(""));
        try (Namespace namespace = Namespace.withPair()) {
            namespace.inside(work);
        }
    }

    private static BpfCollection count() throws Exception {
        return BpfCollection.of(BpfObject.ofResource(BpfObjectTest.class, "count.o")).load();
    }

    private static Place egress() throws SystemCallException {
        return new Place(index("west"), Direction.EGRESS, OWNER);
    }

    private static long counted(BpfCollection loaded) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            long[] totals = new long[1];
            BpfMap map = loaded.map("totals");
            map.sum(arena.allocate(4, 4), arena.allocate(map.valueBytes(), 8), totals);
            return totals[0];
        }
    }

    private static Attachment attach(Mechanism mechanism, BpfCollection loaded, Place place) throws Exception {
        return Attachment.attach(mechanism, loaded.program("tcx/egress"), place, Optional.empty());
    }

    @ParameterizedTest
    @EnumSource(Mechanism.class)
    void aProgramIsThereUntilItIsClosedAndLeavesNothing(Mechanism mechanism) throws Exception {
        inPair(mechanism, () -> {
            try (BpfCollection loaded = count()) {
                Attachment attachment = attach(mechanism, loaded, egress());
                send(3);

                assertThat(counted(loaded)).isEqualTo(3);
                assertThat(attachment.mechanism()).isEqualTo(mechanism);
                assertThat(BpfQueries.attached(index("west"), Direction.EGRESS)).singleElement().satisfies(found -> {
                    assertThat(found.mechanism()).isEqualTo(mechanism);
                    assertThat(found.name()).isEqualTo("count_egress");
                    assertThat(BpfQueries.programs()).extracting(BpfQueries.LoadedProgram::id)
                            .contains(found.program());
                });
                assertThat(BpfQueries.attached(index("west"), Direction.INGRESS)).isEmpty();

                attachment.close();
                attachment.close();
                send(1);
                assertThat(counted(loaded)).isEqualTo(3);
                assertThat(BpfQueries.attached(index("west"), Direction.EGRESS)).isEmpty();
                try (TrafficControl traffic = TrafficControl.open()) {
                    assertThat(traffic.ingressQdisc(index("west"))).isEmpty();
                }
            }
        });
    }

    @ParameterizedTest
    @EnumSource(Mechanism.class)
    void anotherProgramTakesItsPlace(Mechanism mechanism) throws Exception {
        inPair(mechanism, () -> {
            try (BpfCollection first = count();
                    BpfCollection second = count();
                    Attachment attachment = attach(mechanism, first, egress())) {
                send(1);
                attachment.update(second.program("tcx/egress"));
                send(2);

                assertThat(counted(first)).isEqualTo(1);
                assertThat(counted(second)).isEqualTo(2);
                assertThat(BpfQueries.attached(index("west"), Direction.EGRESS)).hasSize(1);
            }
        });
    }

    @ParameterizedTest
    @EnumSource(Mechanism.class)
    void thePlaceIsTakenByOneProcess(Mechanism mechanism) throws Exception {
        inPair(mechanism, () -> {
            try (BpfCollection loaded = count(); BpfCollection others = count()) {
                try (Attachment attachment = attach(mechanism, loaded, egress());
                        Attachment otherOwner = attach(mechanism, others,
                                new Place(index("west"), Direction.EGRESS, "another"));
                        Attachment otherDirection = attach(mechanism, loaded,
                                new Place(index("west"), Direction.INGRESS, OWNER))) {
                    assertThat(BpfQueries.attached(index("west"), Direction.EGRESS)).hasSize(2);
                    assertThat(otherOwner.place()).isNotEqualTo(attachment.place());
                    assertThat(otherDirection.place()).isNotEqualTo(attachment.place());
                    assertThatThrownBy(() -> attach(mechanism, loaded, attachment.place()))
                            .isInstanceOfSatisfying(InterfaceTaken.class,
                                    e -> assertThat(e.process()).isEqualTo(ProcessHandle.current().pid()))
                            .hasMessage("loader-test is at work on interface " + index("west")
                                    + " (egress) already, in process " + ProcessHandle.current().pid()
                                    + "; stop it or name another interface");
                }
                attach(mechanism, loaded, egress()).close();
            }
        });
    }

    @Test
    void aFilterThatAKilledProcessLeftIsTakenOverOrRemoved() throws Exception {
        inPair(Mechanism.CLSACT, () -> {
            try (BpfCollection dead = count();
                    BpfCollection loaded = count();
                    TrafficControl traffic = TrafficControl.open()) {
                traffic.addClsact(index("west"));
                traffic.add(index("west"), TrafficControl.EGRESS, dead.program("tcx/egress").fd(), egress().label());
                try (Attachment attachment = attach(Mechanism.CLSACT, loaded, egress())) {
                    send(2);
                    assertThat(counted(loaded)).isEqualTo(2);
                    assertThat(counted(dead)).isZero();
                    assertThat(attachment.place()).isEqualTo(egress());
                }
                assertThat(traffic.ingressQdisc(index("west"))).as("with its qdisc").isEmpty();

                traffic.addClsact(index("west"));
                traffic.add(index("west"), TrafficControl.EGRESS, dead.program("tcx/egress").fd(), egress().label());
                assertThat(Attachment.removeLeftover(egress(), Optional.empty())).isTrue();
                assertThat(traffic.ingressQdisc(index("west"))).isEmpty();
                assertThat(Attachment.removeLeftover(egress(), Optional.empty())).isFalse();
            }
        });
    }

    @ParameterizedTest
    @EnumSource(Mechanism.class)
    void aProcessHoldsThePlaceUntilItIsKilledAndThenHindersNobody(Mechanism mechanism) throws Exception {
        assumeTrue(mechanism.missing().isEmpty(), mechanism.missing().orElse(""));
        try (Namespace namespace = Namespace.withPair()) {
            Process holder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1", "-cp",
                    System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                    KilledHolder.class.getName(), namespace.name(), mechanism.name(), OWNER)
                    .redirectError(ProcessBuilder.Redirect.INHERIT).start();
            try (BufferedReader said = holder.inputReader()) {
                assertThat(said.readLine()).startsWith("ready");
                namespace.inside(() -> {
                    try (BpfCollection loaded = count()) {
                        assertThatThrownBy(() -> attach(mechanism, loaded, egress()))
                                .isInstanceOfSatisfying(InterfaceTaken.class,
                                        e -> assertThat(e.process()).isEqualTo(holder.pid()));
                        assertThat(namespace.ip("link")).contains("held");

                        holder.destroyForcibly().waitFor();

                        assertThat(namespace.ip("link")).doesNotContain("held");
                        assertThat(BpfQueries.attached(index("west"), Direction.EGRESS))
                                .hasSize(mechanism == Mechanism.TCX ? 0 : 1);
                        try (Attachment attachment = attach(mechanism, loaded, egress())) {
                            send(2);
                            assertThat(counted(loaded)).isEqualTo(2);
                            assertThat(BpfQueries.attached(index("west"), Direction.EGRESS)).hasSize(1);
                            assertThat(attachment.mechanism()).isEqualTo(mechanism);
                        }
                        assertThat(BpfQueries.attached(index("west"), Direction.EGRESS)).isEmpty();
                    }
                });
            } finally {
                holder.destroyForcibly();
            }
        }
    }

    @Test
    void whatOthersHaveThereStays() throws Exception {
        inPair(Mechanism.CLSACT, () -> {
            try (BpfCollection loaded = count(); TrafficControl traffic = TrafficControl.open()) {
                traffic.addClsact(index("west"));
                traffic.add(index("west"), TrafficControl.INGRESS, loaded.program("tcx/egress").fd(), "somebody");

                attach(Mechanism.CLSACT, loaded, egress()).close();

                assertThat(traffic.filters(index("west"), TrafficControl.INGRESS))
                        .extracting(TrafficControl.Filter::name)
                        .containsExactly("somebody");
            }
        });
    }

    @Test
    void theOldIngressQdiscIsNotMistakenForClsact() throws Exception {
        try (Namespace namespace = Namespace.withPair()) {
            namespace.in("tc qdisc add dev west ingress");
            namespace.inside(() -> {
                try (BpfCollection loaded = count()) {
                    assertThatThrownBy(() -> attach(Mechanism.CLSACT, loaded, egress()))
                            .hasMessageContaining("which has the qdisc ingress; remove that: tc qdisc del dev");
                    if (Mechanism.TCX.missing().isEmpty()) {
                        attach(Mechanism.TCX, loaded, egress()).close();
                    }
                }
            });
        }
    }

    @ParameterizedTest
    @EnumSource(Mechanism.class)
    void anInterfaceMayGoFirst(Mechanism mechanism) throws Exception {
        assumeTrue(mechanism.missing().isEmpty(), mechanism.missing().orElse(""));
        try (Namespace namespace = Namespace.withPair()) {
            namespace.inside(() -> {
                try (BpfCollection loaded = count()) {
                    Attachment attachment = attach(mechanism, loaded, egress());
                    namespace.ip("link del west");
                    attachment.close();
                    Place none = new Place(999_999, Direction.EGRESS, OWNER);
                    assertThatThrownBy(() -> attach(mechanism, loaded, none)).hasMessageContaining("ENODEV");
                }
            });
        }
    }

    @ParameterizedTest
    @EnumSource(Mechanism.class)
    void whatIsKeptGoesOnWithoutUsAndIsTakenOver(Mechanism mechanism) throws Exception {
        inPair(mechanism, () -> {
            PrivateMounts.bpffs(directory);
            BpfPins pins = BpfPins.at(directory.resolve("nubicast"));
            BpfObject object = BpfObject.ofResource(BpfObjectTest.class, "count.o");
            try (BpfCollection loaded = BpfCollection.of(object).keep(pins).loadKept()) {
                Attachment.attach(mechanism, loaded.program("tcx/egress"), egress(), Optional.of(pins)).close();
            }
            send(2);

            assertThatThrownBy(() -> BpfCollection.of(object).capacity("by_type", 17).keep(pins).loadKept())
                    .hasMessageContaining("by_type is not what this version wants");
            try (BpfCollection loaded = BpfCollection.of(object).keep(pins).loadKept()) {
                assertThat(counted(loaded)).as("counted while nobody was there").isEqualTo(2);
                try (Attachment again =
                        Attachment.attach(mechanism, loaded.program("tcx/egress"), egress(), Optional.of(pins))) {
                    send(1);
                    assertThat(counted(loaded)).isEqualTo(3);
                    assertThat(BpfQueries.attached(index("west"), Direction.EGRESS)).extracting(Attached::mechanism)
                            .containsExactly(mechanism);
                    again.detach();
                }
                send(1);
                assertThat(counted(loaded)).isEqualTo(3);

                Attachment.attach(mechanism, loaded.program("tcx/egress"), egress(), Optional.of(pins)).close();
                assertThat(Attachment.removeLeftover(egress(), Optional.of(pins))).isTrue();
                assertThat(BpfQueries.attached(index("west"), Direction.EGRESS)).isEmpty();
            }
            pins.removeAll();
        });
    }

    @Test
    void aKeptLinkWhoseInterfaceIsGoneIsMadeAnew() throws Exception {
        assumeTrue(Mechanism.TCX.missing().isEmpty(), Mechanism.TCX.missing().orElse(""));
        try (Namespace namespace = Namespace.withPair()) {
            namespace.inside(() -> {
                PrivateMounts.bpffs(directory);
                BpfPins pins = BpfPins.at(directory.resolve("nubicast"));
                try (BpfCollection loaded = count()) {
                    Place place = egress();
                    Attachment.attach(Mechanism.TCX, loaded.program("tcx/egress"), place, Optional.of(pins)).close();
                    namespace.ip("link del west");
                    namespace.ip("link add west index " + place.interfaceIndex() + " type veth peer name east");
                    try (Attachment again =
                            Attachment.attach(Mechanism.TCX, loaded.program("tcx/egress"), place, Optional.of(pins))) {
                        assertThat(BpfQueries.attached(place.interfaceIndex(), Direction.EGRESS)).hasSize(1);
                        again.detach();
                    }
                }
            });
        }
    }

    @Test
    void pinsAreTakenOnlyForWhatTheyAre() throws Exception {
        inPair(Mechanism.CLSACT, () -> {
            assertThatThrownBy(() -> BpfPins.at(directory.resolve("no/bpffs")))
                    .hasMessageEndingWith("and that is no bpffs; mount it first: mount -t bpf bpf /sys/fs/bpf");
            PrivateMounts.bpffs(directory);
            BpfPins pins = BpfPins.at(directory.resolve("deep/er"));
            try (BpfCollection loaded = count(); Arena arena = Arena.ofConfined()) {
                BpfMap map = loaded.map("by_type");
                pins.pin("by_type", map);
                pins.pin("egress", loaded.program("tcx/egress"));
                MemorySegment key = arena.allocateFrom(ValueLayout.JAVA_SHORT, (short) 1);
                map.put(key, arena.allocateFrom(ValueLayout.JAVA_LONG, 42));

                try (BpfMap again = pins.map("by_type", map.spec()).orElseThrow();
                        BpfProgram program = pins.program("egress", BpfProgram.Type.SCHED_CLS).orElseThrow()) {
                    MemorySegment value = arena.allocate(8, 8);
                    assertThat(again.get(key, value)).isTrue();
                    assertThat(value.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(42);
                    assertThat(program.isOpen()).isTrue();
                }
                assertThat(pins.map("none", map.spec())).isEmpty();
                assertThat(pins.link("none")).isEmpty();
                assertThatThrownBy(() -> pins.map("by_type", map.spec().withCapacity(17)))
                        .hasMessageContaining("is not what this version wants").hasMessageContaining("capacity=17");
                assertThatThrownBy(() -> pins.pin("by_type", map)).hasMessageContaining("EEXIST");
                assertThat(pins.remove("egress")).isTrue();
                assertThat(pins.remove("egress")).isFalse();
                pins.removeAll();
                assertThat(directory.resolve("deep/er")).doesNotExist();
            }
        });
    }
}
