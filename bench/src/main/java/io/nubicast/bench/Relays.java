package io.nubicast.bench;

import io.nubicast.wire.Address;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The relays of a run, all up from beginning to end, each in a laboratory of its own: they take turns without being started
/// anew, so that Java is as warm as in a daemon, and idle ones sleep in their system call.
final class Relays {
    static final int RELAY_CPU = 1;

    private final Map<Variant, Map<Integer, Process>> processes = new EnumMap<>(Variant.class);

    /// @throws IOException when one does not come up
    Relays(Laboratories laboratories, Options options) throws IOException {
        List<Integer> memberCounts = options.memberCounts();
        for (Variant variant : options.variants()) {
            Laboratory laboratory = laboratories.of(variant);
            Map<Integer, Process> ofVariant = new HashMap<>();
            if (variant.kind() == Variant.Kind.RELAY_C) {
                for (int members : memberCounts) {
                    ofVariant.put(members, laboratory.startAtRelays(RELAY_CPU,
                            relayC(options.binaries().resolve("relay"), variant, members)));
                }
            } else {
                String[] line = variant.isJava() ? java(variant, options) : packetC(variant, options);
                Process process = laboratory.startAtRelays(RELAY_CPU, line);
                memberCounts.forEach(members -> ofVariant.put(members, process));
            }
            processes.put(variant, ofVariant);
        }
        for (Variant variant : List.copyOf(processes.keySet())) {
            try {
                for (Process process : Set.copyOf(processes.getOrDefault(variant, Map.of()).values())) {
                    awaitReady(process, options.label(variant));
                }
            } catch (IOException e) {
                if (!variant.isKernel()) {
                    throw e;
                }
                // not every kernel loads it: the others are measured all the same
                System.err.println("bench/fanout: left out: " + e.getMessage());
                processes.remove(variant);
            }
        }
    }

    static void awaitReady(Process process, String what) throws IOException {
        BufferedReader output = process.inputReader();
        String line = output.readLine();
        if (!"ready".equals(line)) {
            throw new IOException(what + " did not come up" + (line == null ? "" : ": " + line));
        }
    }

    private static String[] relayC(Path program, Variant variant, int members) {
        RelayGroup group = group(variant, members);
        return new String[]{program.toString(), variant.mode(1), Laboratory.CAPTURED, group.group().toString(),
                Integer.toString(group.port()), group.firstMember().toString(), Integer.toString(members),
                Integer.toString(group.memberPort())};
    }

    private static String[] packetC(Variant variant, Options options) {
        List<String> line = new ArrayList<>(List.of(options.binaries().resolve("packet").toString(),
                variant.mode(options.burst()), Laboratory.CAPTURED, Laboratory.OUT));
        options.memberCounts().forEach(members -> line.add(group(variant, members).toString()));
        return line.toArray(String[]::new);
    }

    private static String[] java(Variant variant, Options options) {
        List<String> line = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-Dslf4j.internal.verbosity=ERROR", "-XX:+UseSerialGC",
                "-Xmx256m", "-cp", System.getProperty("java.class.path")));
        if (variant.kind() == Variant.Kind.PLANE) {
            line.addAll(List.of(PlaneRelay.class.getName(), variant.mode(options.burst()),
                    Integer.toString(variant.burst(options.burst()))));
        } else {
            line.add(NioRelay.class.getName());
        }
        line.add(Laboratory.CAPTURED);
        options.memberCounts().forEach(members -> line.add(group(variant, members).toString()));
        return line.toArray(String[]::new);
    }

    /// The group that this variant relays to so many members.
    static RelayGroup group(Variant variant, int members) {
        int number = 1 + variant.ordinal();
        return new RelayGroup(Address.ofIpv4(0xEF4D0000 | number << 12 | members), 20000 + number * 2000 + members,
                Laboratory.FIRST_MEMBER, members, Laboratory.MEMBER_PORT);
    }

    Set<Variant> variants() {
        return processes.keySet();
    }

    long pid(Variant variant, int members) throws IOException {
        Process process = processes.get(variant) == null ? null : processes.get(variant).get(members);
        if (process == null || !process.isAlive()) {
            throw new IOException(variant + " for " + members + " members has ended");
        }
        return process.pid();
    }
}
