package io.nubicast.app;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.callMethodWhere;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The arrows between the modules (`docs/architecture.md`), and what must not cross them. Maven already keeps a module from what
/// it does not depend on; this test keeps the dependencies themselves honest, and looks inside.
class ArchitectureTest {
    private static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("io.nubicast");

    /// Module → the modules it may use.
    private static final Map<String, Set<String>> ARROWS =
            Map.of("wire", Set.of(), "engine", Set.of(), "kernel", Set.of(), "shell", Set.of(), "router",
                    Set.of("wire", "engine", "forwarding", "shell"),
                    "forwarding", Set.of("wire", "engine"), "dataplane",
                    Set.of("forwarding", "kernel", "wire", "engine"), "proxy",
                    Set.of("wire", "engine", "forwarding"), "tools", Set.of("wire", "engine", "forwarding"));

    @TestFactory
    Stream<DynamicTest> everyModuleUsesOnlyWhatItsArrowsPointTo() {
        return ARROWS.entrySet().stream().map(arrow -> DynamicTest.dynamicTest(arrow.getKey(), () -> {
            Set<String> forbidden = new TreeSet<>(ARROWS.keySet());
            forbidden.addAll(Set.of("app", "bench", "testkit"));
            forbidden.remove(arrow.getKey());
            forbidden.removeAll(arrow.getValue());
            noClasses().that(resideInAPackage("io.nubicast." + arrow.getKey() + ".."))
                    .should().dependOnClassesThat(resideInAnyPackage(
                            forbidden.stream().map(module -> "io.nubicast." + module + "..").toArray(String[]::new)))
                    .check(ALL);
        }));
    }

    @Test
    void packagesOfAModuleDoNotUseEachOtherInCircles() {
        for (String module : ARROWS.keySet()) {
            slices().matching("io.nubicast." + module + ".(*)..").should().beFreeOfCycles().allowEmptyShould(true)
                    .check(ALL);
        }
    }

    @Test
    void onlyTheKernelModuleCallsNativeCode() {
        noClasses().that(resideInAPackage("io.nubicast..").and(DescribedPredicate.not(inKernel())))
                .should().dependOnClassesThat().haveFullyQualifiedName("java.lang.foreign.Linker")
                .orShould().dependOnClassesThat().haveFullyQualifiedName("java.lang.foreign.SymbolLookup")
                .orShould(callMethodWhere(described("restricted: MemorySegment.reinterpret",
                        call -> call.getTargetOwner().getName().equals("java.lang.foreign.MemorySegment")
                                && call.getName().equals("reinterpret"))))
                .check(ALL);
    }

    @Test
    void coresReadNoClockAndNeverSleep() {
        noClasses()
                .that(resideInAnyPackage("io.nubicast.wire..", "io.nubicast.forwarding..",
                        "io.nubicast.proxy.config..", "io.nubicast.shell..", "io.nubicast.router.."))
                .should(callMethodWhere(described("reads a clock or sleeps", ArchitectureTest::readsAClockOrSleeps)))
                .check(ALL);
    }

    @Test
    void formatsAndRoutesDoNoInputOrOutput() {
        noClasses().that(resideInAnyPackage("io.nubicast.wire..", "io.nubicast.forwarding.."))
                .should().dependOnClassesThat(resideInAnyPackage("java.io..", "java.nio.file..", "java.nio.channels..",
                        "java.net..", "org.slf4j..").and(
                                DescribedPredicate.not(described("serialisation of exceptions",
                                        (JavaClass type) -> type.getName().equals("java.io.Serial")
                                                || type.getName().equals("java.io.Serializable")
                                                || type.getName().equals("java.io.IOException")))))
                .check(ALL);
    }

    @Test
    void loggingGoesThroughSlf4j() {
        noClasses().that(resideInAPackage("io.nubicast..")
                .and(DescribedPredicate.not(described("the log itself",
                        (JavaClass type) -> type.getPackageName().equals("io.nubicast.app.daemon")
                                && (type.getSimpleName().equals("EventLog")
                                        || type.getSimpleName().equals("LogSetUp"))))))
                .should().dependOnClassesThat(resideInAnyPackage("ch.qos.logback..", "java.util.logging.."))
                .check(ALL);
    }

    @Test
    void everyPackageIsNullMarked() {
        Set<String> packages =
                ALL.stream().map(JavaClass::getPackageName).collect(Collectors.toCollection(TreeSet::new));
        List<String> unmarked = packages.stream().filter(name -> {
            try {
                return !Class.forName(name + ".package-info").isAnnotationPresent(NullMarked.class);
            } catch (ClassNotFoundException e) {
                return true;
            }
        }).toList();

        assertThat(unmarked).isEmpty();
    }

    @Test
    void theArrowsNameEveryModule() {
        Set<String> modules =
                ALL.stream().map(type -> java.util.regex.Pattern.compile("\\.").split(type.getPackageName(), -1)[2])
                        .collect(Collectors.toCollection(TreeSet::new));
        modules.removeAll(Set.of("app", "testkit", "bench"));

        assertThat(ARROWS.keySet()).containsExactlyInAnyOrderElementsOf(modules);
    }

    private static DescribedPredicate<JavaClass> inKernel() {
        return resideInAPackage("io.nubicast.kernel..");
    }

    private static boolean readsAClockOrSleeps(JavaMethodCall call) {
        String owner = call.getTargetOwner().getName();
        String name = call.getName();
        return owner.equals("java.lang.System") && (name.equals("nanoTime") || name.equals("currentTimeMillis"))
                || owner.startsWith("java.time.") && (name.equals("now") || name.startsWith("system"))
                || owner.equals("java.lang.Thread") && name.equals("sleep");
    }

    private static <T> DescribedPredicate<T> described(String text, java.util.function.Predicate<T> predicate) {
        return DescribedPredicate.describe(text, predicate);
    }
}
