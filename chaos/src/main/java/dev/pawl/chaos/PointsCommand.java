package dev.pawl.chaos;

import dev.pawl.chaos.crash.CrashSuite;
import dev.pawl.engine.failpoint.Failpoint;
import dev.pawl.testbed.check.RoundVerdict.Colour;
import java.io.PrintStream;
import java.nio.file.Files;
import java.util.List;
import java.util.SplittableRandom;

/** {@code ./pawl chaos points}: a process dies at each crash point, as many times over as wanted. */
final class PointsCommand {
  private PointsCommand() {}

  /** @return the exit code */
  static int run(List<String> args, PrintStream out) throws Exception {
    Options options = Options.parse(args, new SplittableRandom().nextInt(1, Integer.MAX_VALUE));
    boolean well = true;
    for (int round = 0; round < Math.max(1, options.rounds()); round++) {
      for (String store : options.stores()) well &= round(store, options.seed() + round, out);
    }
    return well ? 0 : 1;
  }

  private static boolean round(String store, long seed, PrintStream out) throws Exception {
    boolean well = true;
    try (var suite = new CrashSuite(Chaos.server(store).fresh(), seed, Files.createTempDirectory("pawl-points-"))) {
      for (Failpoint point : CrashSuite.POINTS) {
        CrashSuite.Death death = suite.die(point);
        well &= death.findings().violations().isEmpty();
        out.printf("%-8s seed %d: died at %s (%s), passed %d times before: %d violations%n", store, seed, point,
            point.crashPoint(), death.passes(), death.findings().violations().size());
        death.findings().violations().forEach(violation -> out.println("         " + violation));
      }
      CrashSuite.Ending ending = suite.finish();
      well &= ending.wrong().isEmpty() && ending.verdict().colour() == Colour.GREEN;
      ending.wrong().forEach(wrong -> out.println("         " + wrong));
      out.printf("%-8s seed %d: %s%n", store, seed, ending.verdict().summary());
    }
    return well;
  }
}
