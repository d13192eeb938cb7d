package dev.pawl.chaos;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What was asked for.
 *
 * @param seed of the first round; each round has one of its own that follows from it
 * @param rounds how many at most; 0: as many as fit into the time
 */
record Options(List<String> stores, Duration time, long seed, int rounds, int harms, int clients, boolean json) {
  static final String USAGE = """
      Usage: ./pawl chaos [options]            random programs under every fault there is, judged
             ./pawl chaos points [options]     a process dies at each crash point of the engine
             ./pawl chaos outage [options]     workers are cut off from the store while a queue stands full
             ./pawl chaos recovery [options]   time from SIGKILL to the work running elsewhere

        --minutes N         how long, for all stores together          (1)
        --store S[,S]       sqlite, postgres, mariadb, mysql, all      (all: the first three)
        --seed N            where chance begins                        (drawn)
        --rounds N          at most so many rounds of each store       (as many as fit)
        --harms N           harms in a round                           (10)
        --clients N         clients of programs                        (8)
        --json              one line of JSON per round and one for the verdict, nothing else
        --kills N           recovery: how often to kill                (100)
        --at-once N         recovery: how many beside each other       (10)
        --two               points: every two of them at a time, in two processes
        --share N/OF        points: only every OF-th of them, from the N-th on (1/1)
        --tasks N           outage: how many                           (2400000)
        --workers N         outage: how many are cut off               (4)
        --cut-minutes N     outage: for how long, in store time        (120)
        --jobs              recovery: of jobs instead of runs
        --leases quick|standard   recovery: leases of 3 s or of 15 s   (standard)

      Exit code: 0 all is well, 1 something is wrong, 2 not understood, 3 nothing was proven.
      """;

  private static final List<String> ALL = List.of("sqlite", "postgres", "mariadb");

  static Options parse(List<String> args, long drawn) {
    var read = new Words(args);
    var stores = ALL;
    Duration time = Duration.ofMinutes(1);
    long seed = drawn;
    int rounds = 0;
    int harms = 10;
    int clients = 8;
    boolean json = false;
    while (read.more()) {
      String option = read.next();
      switch (option) {
        case "--minutes" -> time = Duration.ofMillis((long) (60_000 * read.decimal(option)));
        case "--store" -> stores = stores(read.value(option));
        case "--seed" -> seed = read.number(option, Long.MIN_VALUE);
        case "--rounds" -> rounds = (int) read.number(option, 1);
        case "--harms" -> harms = (int) read.number(option, 1);
        case "--clients" -> clients = (int) read.number(option, 1);
        case "--json" -> json = true;
        default -> throw new IllegalArgumentException("there is no option '%s'".formatted(option));
      }
    }
    return new Options(stores, time, seed, rounds, harms, clients, json);
  }

  static List<String> stores(String names) {
    if (names.equals("all")) return ALL;
    List<String> stores = List.of(names.toLowerCase(Locale.ROOT).split(","));
    for (String store : stores) {
      if (!ALL.contains(store) && !store.equals("mysql")) {
        throw new IllegalArgumentException("--store: expected sqlite, postgres, mariadb, mysql or all, got '%s'".formatted(store));
      }
    }
    return stores;
  }
}
