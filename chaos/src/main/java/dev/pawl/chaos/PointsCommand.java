package dev.pawl.chaos;

import dev.pawl.chaos.crash.CrashSuite;
import dev.pawl.engine.failpoint.Failpoint;
import dev.pawl.testbed.check.RoundVerdict.Colour;
import dev.pawl.testbed.check.Violation;
import java.io.PrintStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** {@code ./pawl chaos points}: a process dies at each crash point, as many times over as wanted. */
final class PointsCommand {
  private PointsCommand() {}

  /** @return the exit code */
  static int run(List<String> args, PrintStream out) throws Exception {
    List<String> words = new ArrayList<>(args);
    boolean two = words.remove("--two");
    Share share = Share.of(words);
    Options options = Options.parse(words, new SplittableRandom().nextInt(1, Integer.MAX_VALUE));
    boolean well = true;
    for (int round = 0; round < Math.max(1, options.rounds()); round++) {
      for (String store : options.stores()) well &= round(store, options.seed() + round, two, share, out);
    }
    return well ? 0 : 1;
  }

  /** Every so many-eth of what there is to die of, from the first, the second ... of them on. */
  private record Share(int first, int of) {
    static Share of(List<String> words) {
      int at = words.indexOf("--share");
      if (at < 0) return new Share(1, 1);
      words.remove(at);
      String text = at < words.size() ? words.remove(at) : "";
      if (!text.matches("[1-9][0-9]{0,2}/[1-9][0-9]{0,2}")) {
        throw new IllegalArgumentException("--share: expected N/OF such as 1/4, got '%s'".formatted(text));
      }
      Share share = new Share(Integer.parseInt(text.split("/")[0]), Integer.parseInt(text.split("/")[1]));
      if (share.first > share.of) throw new IllegalArgumentException("--share: there is no " + text);
      return share;
    }

    boolean has(int number) {
      return number % of == first - 1;
    }
  }

  private static boolean round(String store, long seed, boolean two, Share share, PrintStream out) throws Exception {
    boolean well = true;
    int number = 0;
    try (var suite = new CrashSuite(Chaos.server(store).fresh(), seed, Files.createTempDirectory("pawl-points-"))) {
      for (Failpoint point : CrashSuite.POINTS) {
        for (Failpoint other : two ? CrashSuite.POINTS : List.of(point)) {
          if (two && other.compareTo(point) < 0) continue;
          if (!share.has(number++)) continue;
          List<CrashSuite.Death> deaths;
          try {
            deaths = two ? suite.die(point, other) : List.of(suite.die(point));
          } catch (IllegalStateException livesOn) {
            // The other one was there first: what one revokes, its companion cannot.
            if (!two) throw livesOn;
            out.printf("%-8s seed %d: never got to %s and %s: nothing is proven%n", store, seed, point, other);
            continue;
          }
          for (CrashSuite.Death death : deaths) {
            out.printf("%-8s seed %d: died at %s (%s), passed %d times before%n", store, seed, death.point(),
                death.point().crashPoint(), death.passes());
          }
          List<Violation> violations = deaths.getFirst().findings().violations();
          violations.forEach(violation -> out.println("         " + violation));
          well &= violations.isEmpty();
        }
      }
      CrashSuite.Ending ending = suite.finish();
      well &= ending.wrong().isEmpty() && ending.verdict().colour() == Colour.GREEN;
      ending.wrong().forEach(wrong -> out.println("         " + wrong));
      out.printf("%-8s seed %d: %s%n", store, seed, ending.verdict().summary());
    }
    return well;
  }
}
