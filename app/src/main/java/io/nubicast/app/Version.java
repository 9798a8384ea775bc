package io.nubicast.app;

import java.util.Objects;

/// The version of this program, from its jar.
public final class Version {
    private Version() {}

    /// `0.1.0`; `development` when it runs from class files.
    public static String number() {
        String version = Version.class.getPackage().getImplementationVersion();
        return Objects.requireNonNullElse(version, "development");
    }

    /// One line: `nubicast 0.1.0 (Java 25.0.3)`.
    public static String line() {
        return "nubicast " + number() + " (Java " + Runtime.version().feature() + ")";
    }
}
