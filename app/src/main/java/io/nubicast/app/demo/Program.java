package io.nubicast.app.demo;

import io.nubicast.app.Main;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// How this program was started, to start it again.
final class Program {
    private Program() {}

    /// The words before its own arguments: the JVM, its options, and the program.
    static List<String> command() {
        ProcessHandle.Info info = ProcessHandle.current().info();
        String java = info.command().orElseGet(() -> System.getProperty("java.home") + "/bin/java");
        Optional<List<String>> asStarted = info.arguments().flatMap(Program::upToJar);
        List<String> words = new ArrayList<>(List.of(java));
        // Otherwise from a build tool or an IDE: by the class path.
        words.addAll(asStarted.orElseGet(() -> List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path", ""),
                Main.class.getName())));
        return words;
    }

    /// Only when that jar is this program's own: a build tool starts its tests from a jar, too.
    private static Optional<List<String>> upToJar(String[] arguments) {
        int jar = Arrays.asList(arguments).indexOf("-jar");
        if (jar < 0 || jar + 1 >= arguments.length) {
            return Optional.empty();
        }
        CodeSource source = Main.class.getProtectionDomain().getCodeSource();
        String own = source == null ? "" : source.getLocation().getPath();
        return own.endsWith("/" + Path.of(arguments[jar + 1]).getFileName())
                ? Optional.of(List.of(arguments).subList(0, jar + 2))
                : Optional.empty();
    }
}
