package io.nubicast.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// The command line of `bench/fanout`.
///
/// @param burst to which the limit of the variants with forced bursts is set
/// @param rates of the curve, in datagrams/s; the highest is the stream's
/// @param seconds of one slice: one variant in one cell, once
/// @param rounds how often each variant has its slice in each cell; variants take turns
/// @param holdSeconds how long a rate must be held to count
/// @param nice priority of all that is measured, -20..19
/// @param realTime where all that is measured has real-time priority
/// @param markdown print the tables of `docs/performance.md` instead of the long ones
/// @param document in which these tables, and beside which the plot, are replaced
/// @param from results of an earlier run, to print without measuring
record Options(List<Cell> cells, Set<Variant> variants, Set<Phase> phases, int burst, List<Integer> rates,
        double seconds, int rounds, double holdSeconds, int holdRounds, int nice, RealTime realTime, Path binaries,
        Path json, boolean markdown, Optional<Path> document, Optional<Path> from) {
    static final String USAGE = """
            usage: bench/fanout [options]
              --quick                 a look: 3x200 and 64x200, short slices, rates held 2 s, without c_udp, nio
                                      and portable (about two minutes)
              --cells LIST            members x payload bytes, such as 3x200,64x1000
                                      (default 3x200,3x1000,64x200,64x1000,256x200,256x1000)
              --variants LIST         of c_raw,socket,c_packet,packet1,c_gso,packet_burst,c_gso64,packet,
                                      c_udp,nio,portable,ebpf,ebpf_segment,ebpf_burst (default: all)
              --phases LIST           of check,cost,split,kernel,stream,curve,throughput,woken,gro,hold,
                                      latency,delay,busy
                                      (default: all but hold, the search for the highest rate)
              --burst K               datagrams a frame of c_gso, packet_burst, ebpf_burst and
                                      ebpf_segment, 2..64 (default 16)
              --rates LIST            datagrams/s of the curve; the highest is the stream's
                                      (default 10000,50000,100000)
              --seconds S             a slice: one variant in one cell, once (default 1)
              --rounds N              slices of each, variants taking turns (default 5)
              --hold S                a rate counts when held so long (default 10)
              --hold-rounds N         searches of the highest rate; the best counts (default 1)
              --nice N                priority of what is measured (default -10)
              --real-time WHERE       real-time priority: all, latency or none (default latency; all
                                      takes both CPUs from everything else on the machine)
              --json FILE             results, and beside them the curve's plot (default bench/target/fanout.json)
              --markdown              print the tables of docs/performance.md instead
              --document FILE         put these tables into FILE, between its marks, and the plot beside it
              --from FILE             measure nothing: print the results of an earlier run
            """;

    /// Which measurements run with real-time priority.
    enum RealTime {
        ALL, LATENCY, NONE
    }

    /// @throws IllegalArgumentException with a message for the user
    static Options parse(List<String> arguments) {
        boolean quick = arguments.contains("--quick");
        List<Cell> cells = cells(quick ? "3x200,64x200" : "3x200,3x1000,64x200,64x1000,256x200,256x1000");
        Set<Variant> variants = quick
                ? EnumSet.complementOf(EnumSet.of(Variant.C_UDP, Variant.NIO, Variant.PORTABLE))
                : EnumSet.allOf(Variant.class);
        Set<Phase> phases = Phase.usual();
        int burst = 16;
        List<Integer> rates = List.of(10_000, 50_000, 100_000);
        double seconds = quick ? 0.4 : 1;
        int rounds = quick ? 2 : 5;
        double hold = quick ? 2 : 10;
        int holdRounds = 1;
        int nice = -10;
        RealTime realTime = RealTime.LATENCY;
        Path binaries = Path.of("bench/target/c");
        Path json = Path.of("bench/target/fanout.json");
        boolean markdown = false;
        Optional<Path> document = Optional.empty();
        Optional<Path> from = Optional.empty();
        for (int i = 0; i < arguments.size(); i++) {
            String option = arguments.get(i);
            switch (option) {
                case "--quick" -> {}
                case "--markdown" -> markdown = true;
                default -> {
                    if (++i == arguments.size()) {
                        throw new IllegalArgumentException(option + " is unknown, or its value is missing");
                    }
                    String value = arguments.get(i);
                    switch (option) {
                        case "--cells" -> cells = cells(value);
                        case "--variants" -> variants = constants(Variant.class, value);
                        case "--phases" -> phases = constants(Phase.class, value);
                        case "--burst" -> burst = within("--burst", Integer.parseInt(value), 2, 64);
                        case "--rates" -> rates = Arrays.stream(value.split(",", -1))
                                .map(rate -> within("--rates", Integer.parseInt(rate), 1, 10_000_000)).toList();
                        case "--seconds" -> seconds = Double.parseDouble(value);
                        case "--rounds" -> rounds = Integer.parseInt(value);
                        case "--hold" -> hold = Double.parseDouble(value);
                        case "--hold-rounds" -> holdRounds = Integer.parseInt(value);
                        case "--real-time" -> realTime = constants(RealTime.class, value).iterator().next();
                        case "--nice" -> nice = Integer.parseInt(value);
                        case "--binaries" -> binaries = Path.of(value);
                        case "--json" -> json = Path.of(value);
                        case "--document" -> document = Optional.of(Path.of(value));
                        case "--from" -> from = Optional.of(Path.of(value));
                        default -> throw new IllegalArgumentException(option + " is unknown");
                    }
                }
            }
        }
        return new Options(cells, variants, phases, burst, rates, seconds, rounds, hold, holdRounds, nice, realTime,
                binaries, json, markdown, document, from);
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

    private static int within(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(option + " " + value + " is not within " + least + ".." + most);
        }
        return value;
    }

    /// The numbers of members that occur, in order.
    List<Integer> memberCounts() {
        List<Integer> counts = new ArrayList<>(cells.stream().map(Cell::members).toList());
        if (phases.contains(Phase.LATENCY) || phases.contains(Phase.DELAY) || phases.contains(Phase.BUSY)) {
            counts.add(Fanout.LATENCY_CELL.members());
        }
        if (phases.contains(Phase.STREAM) || phases.contains(Phase.CURVE)) {
            counts.add(Fanout.PACED_CELL.members());
        }
        return counts.stream().distinct().sorted().toList();
    }

    /// The cells of 64 members, or all where there is none: for what is compared at 64 members.
    List<Cell> cellsOf64() {
        List<Cell> of64 = cells.stream().filter(cell -> cell.members() == 64).toList();
        return of64.isEmpty() ? cells : of64;
    }

    String label(Variant variant) {
        return variant.label(burst);
    }
}
