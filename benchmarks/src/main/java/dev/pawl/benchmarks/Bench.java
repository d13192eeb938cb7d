package dev.pawl.benchmarks;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;
import org.jspecify.annotations.Nullable;

/** {@code ./pawl bench}: runs the cells that were asked for, one after another, and compares them. */
public final class Bench {
  private Bench() {}

  private static final String USAGE = """
      Usage: ./pawl bench [WORKLOAD...] [options]

        WORKLOAD            W1 W5 W10 A5 S (closed loops), T (timers), R (kill -9), JOBS, FINISHED, GROWTH, MEMORY;
                            without one: W1 W5 W10 A5 S
        --store S[,S]       sqlite, postgres, mariadb             (sqlite,postgres)
        --peer P            dbos, none                            (dbos)
        --remote            beside Pawl embedded also pawl-remote: worker and client over HTTP, server in the same process
        --pool N[,N]        connection pool of the peer           (10,32)
        --starters N[,N]    1,16,64,256                           (1,64)
        --seconds N         measured time of a cell               (10)
        --warmup N          time before that                      (5)
        --first N           time before the first cell of each system, for the compiler (40)
        --finished N        FINISHED: beside so many jobs that are over, up to 10000000   (1000000)
        --json              one line of JSON per cell, nothing else
        --jfr FILE          record the measured time with Java Flight Recorder
        --write             write benchmarks/RESULTS.md
      """;

  record Options(
      List<String> workloads, List<String> stores, String peer, boolean remote, int[] pools, int[] starters, Duration time,
      Duration warmUp, Duration first, int finished, boolean json, @Nullable Path jfr, boolean write) {}

  public static void main(String[] args) throws Exception {
    if (Arrays.asList(args).contains("--help")) {
      System.out.print(USAGE);
      return;
    }
    Options options;
    try {
      options = parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println("pawl bench: " + e.getMessage());
      System.err.print(USAGE);
      System.exit(2);
      return;
    }
    PrintStream progress = options.json ? System.err : System.out;
    Results results = new Results();
    Set<String> compiled = new HashSet<>();
    try (Recording recording = options.jfr == null ? null : new Recording(Configuration.getConfiguration("profile"))) {
      if (recording != null) recording.start();
      for (String workload : options.workloads) {
        switch (workload) {
          case "T" -> Timers.run(options, results, progress);
          case "R" -> Recovery.run(options, results, progress);
          case "JOBS" -> JobLoad.run(options, results, progress);
          case "FINISHED" -> FinishedJobs.run(options, results, progress);
          case "GROWTH" -> Growth.run(options, results, progress);
          case "MEMORY" -> Memory.run(options, results, progress);
          default -> closedLoops(Workload.named(workload), compiled, options, results, progress);
        }
      }
      if (recording != null && options.jfr != null) recording.dump(options.jfr);
    }
    if (!options.json) System.out.print(results.table());
    if (options.write) {
      Path page = Path.of("benchmarks/RESULTS.md");
      Files.writeString(page, results.page(Files.exists(page) ? Files.readString(page) : ""));
    }
    System.exit(0);
  }

  private static void closedLoops(
      Workload workload, Set<String> compiled, Options options, Results results, PrintStream progress) throws Exception {
    for (int starters : options.starters) {
      for (Subjects.Maker maker : Subjects.makers(options)) {
        try (Subject subject = maker.make()) {
          if (!subject.can(workload)) continue;
          if (compiled.add(subject.system() + maker.store())) {
            ClosedLoop.run(subject, maker.store(), workload, 64, options.first, Duration.ofSeconds(1));
          }
          ClosedLoop.Result result =
              ClosedLoop.run(subject, maker.store(), workload, starters, options.warmUp, options.time);
          results.add(result);
          if (options.json) System.out.println(result.json());
          else progress.printf(Locale.ROOT, "%-4s %-8s %-9s %4d starters  %,9.0f/s  p50 %7.2f  p99 %7.2f ms%n", workload,
              result.system(), result.store(), starters, result.perSecond(), result.p50(), result.p99());
        }
      }
    }
  }

  static Options parse(String[] args) {
    List<String> workloads = new ArrayList<>();
    List<String> stores = List.of("sqlite", "postgres");
    String peer = "dbos";
    int[] pools = {10, 32};
    int[] starters = {1, 64};
    int seconds = 10;
    int warmUp = 5;
    int first = 40;
    int finished = 1_000_000;
    boolean json = false;
    boolean write = false;
    boolean remote = false;
    @Nullable Path jfr = null;
    for (int i = 0; i < args.length; i++) {
      String arg = args[i];
      switch (arg) {
        case "--json" -> json = true;
        case "--write" -> write = true;
        case "--remote" -> remote = true;
        case "--store", "--peer", "--pool", "--starters", "--seconds", "--warmup", "--first", "--finished",
            "--jfr" -> {
          if (++i == args.length) throw new IllegalArgumentException(arg + " wants a value");
          String value = args[i];
          switch (arg) {
            case "--store" -> stores = oneOf(arg, value, List.of("sqlite", "postgres", "mariadb"));
            case "--peer" -> peer = oneOf(arg, value, List.of("dbos", "none")).get(0);
            case "--pool" -> pools = numbers(arg, value);
            case "--starters" -> starters = numbers(arg, value);
            case "--seconds" -> seconds = numbers(arg, value)[0];
            case "--finished" -> finished = upTo(arg, value, 10_000_000);
            case "--warmup" -> warmUp = numbers(arg, value)[0];
            case "--first" -> first = numbers(arg, value)[0];
            default -> jfr = Path.of(value);
          }
        }
        default -> {
          String name = arg.toUpperCase(Locale.ROOT);
          if (!List.of("W1", "W5", "W10", "A5", "S", "T", "R", "JOBS", "FINISHED", "GROWTH", "MEMORY").contains(name)) {
            throw new IllegalArgumentException("unknown workload or option '" + arg + "'");
          }
          workloads.add(name);
        }
      }
    }
    if (workloads.isEmpty()) workloads = List.of("W1", "W5", "W10", "A5", "S");
    return new Options(workloads, stores, peer, remote, pools, starters, Duration.ofSeconds(seconds),
        Duration.ofSeconds(warmUp), Duration.ofSeconds(first), finished, json, jfr, write);
  }

  private static List<String> oneOf(String option, String value, List<String> known) {
    List<String> names = Arrays.asList(value.toLowerCase(Locale.ROOT).split(","));
    for (String name : names) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException(option + ": expected one of " + known + ", got '" + name + "'");
      }
    }
    return names;
  }

  private static int upTo(String option, String value, int most) {
    int number = numbers(option, value)[0];
    if (number > most) throw new IllegalArgumentException("%s: expected at most %d, got %d".formatted(option, most, number));
    return number;
  }

  private static int[] numbers(String option, String value) {
    try {
      int[] numbers = Arrays.stream(value.split(",")).mapToInt(Integer::parseInt).toArray();
      if (Arrays.stream(numbers).anyMatch(n -> n < 1)) throw new NumberFormatException();
      return numbers;
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(option + ": expected numbers of 1 or more, got '" + value + "'");
    }
  }
}
