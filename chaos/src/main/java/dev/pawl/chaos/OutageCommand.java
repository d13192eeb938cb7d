package dev.pawl.chaos;

import dev.pawl.chaos.outage.Outage;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** {@code ./pawl chaos outage}: workers are cut off from the store while a queue stands full. */
final class OutageCommand {
  private static final int FULL_SCALE = 2_400_000;

  private OutageCommand() {}

  /** @return the exit code */
  static int run(List<String> args, PrintStream out) {
    var read = new Words(args);
    List<String> stores = List.of("postgres");
    int jobs = FULL_SCALE;
    int workers = 4;
    long minutes = 120;
    while (read.more()) {
      String option = read.next();
      switch (option) {
        case "--store" -> stores = Options.stores(read.value(option));
        case "--tasks" -> jobs = (int) read.number(option, 10);
        case "--workers" -> workers = (int) read.number(option, 1);
        case "--cut-minutes" -> minutes = read.number(option, 1);
        default -> throw new IllegalArgumentException("there is no option '%s'".formatted(option));
      }
    }
    if (stores.contains("sqlite")) throw new IllegalArgumentException("--store: nobody is cut off from a file of their own");
    boolean well = true;
    for (String store : stores) {
      Outage.Result result = Outage.play(Chaos.server(store).fresh(), new Outage.Plan(jobs, workers, Duration.ofMinutes(minutes)));
      out.print(text(result));
      well &= result.wrong().isEmpty();
    }
    return well ? 0 : 1;
  }

  static String text(Outage.Result r) {
    StringBuilder text = new StringBuilder(String.format(Locale.ROOT, """
        outage on %s: %,d jobs, %d workers cut off for %d minutes of store time; took %d s
          before the cut     %,d jobs done, %,d held
          during the cut     %,d leases granted, %,d reports accepted, %,d given up for want of a worker
          afterwards         %,d driven again by the policy, %,d done more than once under their key
        """, r.store(), r.plan().jobs(), r.plan().workers(), r.plan().cut().toMinutes(), r.took().toSeconds(), r.before(),
        r.held(), r.granted(), r.accepted(), r.deaths(), r.redriven(), r.repeated()));
    r.wrong().forEach(wrong -> text.append("  WRONG: ").append(wrong).append('\n'));
    return text.append(r.wrong().isEmpty()
        ? "  every job ended well, store and world agree, nobody lent a hand\n" : "").toString();
  }
}
