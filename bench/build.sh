# Sourced by bench/fanout and bench/jmh, in the project's root: a JDK 25 or newer, and the jars.

java=
for home in "${JAVA_HOME:-}" /usr/lib/jvm/*; do
    if [ -x "$home/bin/javac" ] && [ "$("$home/bin/javac" -version 2>&1 | sed 's/[^0-9]*\([0-9]*\).*/\1/')" -ge 25 ]; then
        java=$home/bin/java
        break
    fi
done
if [ -z "$java" ]; then
    echo "no JDK 25 or newer in JAVA_HOME or /usr/lib/jvm: apt-get install openjdk-25-jdk-headless" >&2
    exit 69
fi

classpath='bench/target/classes:bench/target/lib/*'

# Under sudo the caller builds, so that no file of root's stops a later `mvn verify`.
as_caller() {
    if [ -n "${SUDO_UID:-}" ]; then sudo -u "#$SUDO_UID" -- "$@"; else "$@"; fi
}

# Always: Maven sees what is up to date.
build_java() {
    as_caller mvn -q -B -Dlaunch -DskipTests -pl bench -am package
}
