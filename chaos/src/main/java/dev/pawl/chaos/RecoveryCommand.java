package dev.pawl.chaos;

import dev.pawl.chaos.recovery.JobRecovery;
import dev.pawl.chaos.recovery.Recovery;
import java.io.PrintStream;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;

/** {@code ./pawl chaos recovery}. */
final class RecoveryCommand {
  private static final int AT_ONCE = 10;

  private RecoveryCommand() {}

  /** @return the exit code */
  static int run(List<String> args, PrintStream out) throws Exception {
    var read = new Words(args);
    List<String> stores = List.of("postgres");
    int kills = 100;
    int atOnce = AT_ONCE;
    String leases = "standard";
    boolean jobs = false;
    boolean json = false;
    while (read.more()) {
      String option = read.next();
      switch (option) {
        case "--store" -> stores = Options.stores(read.value(option));
        case "--kills" -> kills = (int) read.number(option, 1);
        case "--at-once" -> atOnce = (int) read.number(option, 1);
        case "--leases" -> leases = read.value(option);
        case "--jobs" -> jobs = true;
        case "--json" -> json = true;
        default -> throw new IllegalArgumentException("there is no option '%s'".formatted(option));
      }
    }
    boolean kept = true;
    for (String store : stores) {
      var folder = Files.createTempDirectory("pawl-recovery-");
      Recovery.Result result = jobs
          ? JobRecovery.measure(Chaos.server(store).fresh(), leases, kills, atOnce, folder)
          : Recovery.measure(Chaos.server(store).fresh(), leases, kills, atOnce, folder);
      kept &= result.kept();
      out.println(json ? json(result, leases) : text(result, leases));
    }
    return kept ? 0 : 1;
  }

  private static String text(Recovery.Result result, String leases) {
    return String.format(Locale.ROOT,
        "recovery on %s, %s leases: %d kills, runs again after p50 %.1f s, p99 %.1f s, longest %.1f s; to be had again after"
            + " %.1f s at most, computed bound %.1f s: %s",
        result.store(), leases, result.times().size(), seconds(result, 0.5), seconds(result, 0.99),
        seconds(result, 1), result.taken().getLast().toMillis() / 1e3, result.bound().toMillis() / 1e3,
        result.kept() ? "kept" : "BROKEN");
  }

  private static String json(Recovery.Result result, String leases) {
    return String.format(Locale.ROOT,
        "{\"store\":\"%s\",\"leases\":\"%s\",\"kills\":%d,\"p50\":%.3f,\"p99\":%.3f,\"longest\":%.3f,\"taken\":%.3f,\"bound\":%.3f,\"kept\":%b}",
        result.store(), leases, result.times().size(), seconds(result, 0.5), seconds(result, 0.99),
        seconds(result, 1), result.taken().getLast().toMillis() / 1e3, result.bound().toMillis() / 1e3, result.kept());
  }

  private static double seconds(Recovery.Result result, double share) {
    return result.percentile(share).toMillis() / 1e3;
  }
}
