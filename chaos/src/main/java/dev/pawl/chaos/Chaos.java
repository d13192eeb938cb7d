package dev.pawl.chaos;

import dev.pawl.chaos.round.MixedRound;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import dev.pawl.testbed.check.RoundVerdict.Colour;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** {@code ./pawl chaos}: round after round until the time is over, then the verdict. */
public final class Chaos {
  private Chaos() {}

  public static void main(String[] args) throws Exception {
    List<String> words = List.of(args);
    try {
      if (!words.isEmpty() && words.getFirst().equals("recovery")) {
        System.exit(RecoveryCommand.run(words.subList(1, words.size()), System.out));
      }
      if (!words.isEmpty() && words.getFirst().equals("points")) {
        System.exit(PointsCommand.run(words.subList(1, words.size()), System.out));
      }
      if (!words.isEmpty() && words.getFirst().equals("outage")) {
        System.exit(OutageCommand.run(words.subList(1, words.size()), System.out));
      }
      if (words.contains("--help") || words.contains("help")) {
        System.out.print(Options.USAGE);
        System.exit(0);
      }
      Options options = Options.parse(words, new SplittableRandom().nextInt(1, Integer.MAX_VALUE));
      System.exit(run(options, System.out).exitCode());
    } catch (IllegalArgumentException e) {
      System.err.println("pawl chaos: " + e.getMessage());
      System.err.print(Options.USAGE);
      System.exit(2);
    }
  }

  /** Plays rounds. What is known of a red one stays in its folder, which is named. */
  static Tally run(Options options, PrintStream out) throws Exception {
    var tally = new Tally();
    var size = new MixedRound.Size(options.harms(), options.clients(), 3);
    if (!options.json()) {
      out.printf("chaos on %s for %d s, seed %d%n", String.join(", ", options.stores()), options.time().toSeconds(),
          options.seed());
    }
    long end = System.nanoTime() + options.time().toNanos();
    for (int number = 0; options.rounds() == 0 ? number == 0 || System.nanoTime() < end : number < options.rounds();
        number++) {
      for (String store : options.stores()) {
        if (number > 0 && options.rounds() == 0 && System.nanoTime() >= end) break;
        MixedRound.Result round = round(store, seed(options.seed(), number), size, out, options.json());
        tally.add(round);
        String again = "./pawl chaos --store %s --seed %d --rounds 1 --harms %d --clients %d".formatted(store,
            round.seed(), options.harms(), options.clients());
        if (round.colour() == Colour.RED) Files.writeString(round.folder().resolve("again.txt"), again + "\n");
        out.print(options.json() ? Tally.json(round) + System.lineSeparator() : Tally.line(round, again));
      }
    }
    out.print(options.json() ? tally.json(options.seed()) + System.lineSeparator() : tally.summary(options.seed()));
    return tally;
  }

  /** The first round's seed is the one that was given, so that any round can be played again alone. */
  private static long seed(long first, int number) {
    return number == 0 ? first : new SplittableRandom(first + number).nextInt(1, Integer.MAX_VALUE);
  }

  private static MixedRound.Result round(String store, long seed, MixedRound.Size size, PrintStream out, boolean json)
      throws Exception {
    Path folder = Files.createTempDirectory("pawl-chaos-");
    Database database = server(store).fresh();
    boolean keep = true;
    try {
      MixedRound.Result result = MixedRound.play(database, seed, size, folder);
      keep = result.colour() == Colour.RED;
      if (keep && !json) out.println("what is known of it lies in " + folder);
      return result;
    } finally {
      if (!keep) delete(folder);
    }
  }

  static DatabaseServer server(String store) {
    return switch (store) {
      case "sqlite" -> Databases.sqlite();
      case "postgres" -> Databases.postgres();
      case "mariadb" -> Databases.mariadb();
      default -> Databases.mysql();
    };
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
    }
  }
}
