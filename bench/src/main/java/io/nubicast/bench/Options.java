package io.nubicast.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// The command line of `bench/fanout`.
///
/// @param seconds of one slice: one variant in one cell, once
/// @param rounds how often each variant has its slice in each cell; variants take turns
/// @param holdSeconds how long a rate must be held to count
/// @param nice priority of all that is measured, -20..19
/// @param realTime where all that is measured has real-time priority
record Options(List<Cell> cells, Set<Variant> variants, Set<Phase> phases, double seconds, int rounds,
        double holdSeconds, int holdRounds, int nice, RealTime realTime, Path binaries, Path json) {
    static final String USAGE = """
            usage: bench/fanout [options]
              --quick                 a look: 3x200 and 64x200, short slices, rates held 2 s (about two minutes)
              --cells LIST            members x payload bytes, such as 3x200,64x1000
                                      (default 3x200,3x1000,64x200,64x1000,256x200,256x1000)
              --variants LIST         of c_raw,socket,c_udp,nio,portable (default: all)
              --phases LIST           of cost,throughput,hold,latency (default: all)
              --seconds S             a slice: one variant in one cell, once (default 1)
              --rounds N              slices of each, variants taking turns (default 5)
              --hold S                a rate counts when held so long (default 10)
              --hold-rounds N         searches of the highest rate; the best counts (default 1)
              --nice N                priority of what is measured (default -10)
              --real-time WHERE       real-time priority: all, latency or none (default latency; all
                                      takes both CPUs from everything else on the machine)
              --json FILE             results (default bench/target/fanout.json)
            """;

    /// Which measurements run with real-time priority.
    enum RealTime {
        ALL, LATENCY, NONE
    }

    /// The measurements.
    enum Phase {
        COST, THROUGHPUT, HOLD, LATENCY
    }

    /// @throws IllegalArgumentException with a message for the user
    static Options parse(List<String> arguments) {
        boolean quick = arguments.contains("--quick");
        List<Cell> cells = cells(quick ? "3x200,64x200" : "3x200,3x1000,64x200,64x1000,256x200,256x1000");
        Set<Variant> variants = EnumSet.allOf(Variant.class);
        Set<Phase> phases = EnumSet.allOf(Phase.class);
        double seconds = quick ? 0.5 : 1;
        int rounds = quick ? 3 : 5;
        double hold = quick ? 2 : 10;
        int holdRounds = 1;
        int nice = -10;
        RealTime realTime = RealTime.LATENCY;
        Path binaries = Path.of("bench/target/c");
        Path json = Path.of("bench/target/fanout.json");
        for (int i = 0; i < arguments.size(); i++) {
            String option = arguments.get(i);
            switch (option) {
                case "--quick" -> {}
                default -> {
                    if (++i == arguments.size()) {
                        throw new IllegalArgumentException(option + " is unknown, or its value is missing");
                    }
                    String value = arguments.get(i);
                    switch (option) {
                        case "--cells" -> cells = cells(value);
                        case "--variants" -> variants = constants(Variant.class, value);
                        case "--phases" -> phases = constants(Phase.class, value);
                        case "--seconds" -> seconds = Double.parseDouble(value);
                        case "--rounds" -> rounds = Integer.parseInt(value);
                        case "--hold" -> hold = Double.parseDouble(value);
                        case "--hold-rounds" -> holdRounds = Integer.parseInt(value);
                        case "--real-time" -> realTime = constants(RealTime.class, value).iterator().next();
                        case "--nice" -> nice = Integer.parseInt(value);
                        case "--binaries" -> binaries = Path.of(value);
                        case "--json" -> json = Path.of(value);
                        default -> throw new IllegalArgumentException(option + " is unknown");
                    }
                }
            }
        }
        return new Options(cells, variants, phases, seconds, rounds, hold, holdRounds, nice, realTime, binaries, json);
    }

    private static List<Cell> cells(String list) {
        List<Cell> cells = new ArrayList<>();
        for (String text : list.split(",", -1)) {
            cells.add(Cell.parse(text));
        }
        return List.copyOf(cells);
    }

    private static <E extends Enum<E>> Set<E> constants(Class<E> type, String list) {
        EnumSet<E> set = EnumSet.noneOf(type);
        Arrays.stream(list.split(",", -1)).forEach(name -> set.add(Enum.valueOf(type, name.toUpperCase(Locale.ROOT))));
        return set;
    }

    /// The numbers of members that occur, in order.
    List<Integer> memberCounts() {
        return cells.stream().map(Cell::members).distinct().sorted().toList();
    }
}
