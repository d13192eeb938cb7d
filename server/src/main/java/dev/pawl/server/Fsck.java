package dev.pawl.server;

import dev.pawl.engine.PawlEngine;
import dev.pawl.engine.store.Checkup.Damage;
import dev.pawl.engine.store.Store;
import dev.pawl.protocol.job.JobApi;
import dev.pawl.protocol.operator.OperatorApi;
import dev.pawl.server.job.AuditRoutes;
import java.util.List;
import java.util.function.Consumer;

/** {@code pawl fsck} and {@code pawl audit}: they look while nodes are at work, and change nothing. */
final class Fsck {
  private Fsck() {}

  /** Asks every invariant. @return what is wrong: 0 on a sound database */
  static int examine(PawlEngine engine, Consumer<String> say) {
    List<Damage> damages = engine.examine();
    for (Damage damage : damages) {
      String namespace = damage.namespace();
      say.accept("%s%s".formatted(damage, namespace == null ? "" : " (namespace " + namespace + ")"));
      say.accept("  proposal: " + damage.proposal());
    }
    say.accept(damages.isEmpty()
        ? "Every invariant holds."
        : "%d rows break an invariant. Nothing was changed: judge each proposal, with a backup at hand.".formatted(
            damages.size()));
    return damages.size();
  }

  /** Every sealed line of every namespace, a JSON object in each line. @return 0 */
  static int export(PawlEngine engine, Consumer<String> say) {
    for (Store.Namespace one : engine.namespaces()) {
      long after = 0;
      List<JobApi.AuditLine> lines;
      while (!(lines = engine.jobs().audit(one.name(), after, 1_000)).isEmpty()) {
        say.accept(AuditRoutes.ndjson(lines));
        after = lines.getLast().number();
      }
      after = 0;
      List<OperatorApi.AuditLine> runs;
      while (!(runs = engine.operators().audit(one.name(), after, 1_000)).isEmpty()) {
        say.accept(AuditRoutes.ndjsonOfRuns(runs));
        after = runs.getLast().number();
      }
    }
    return 0;
  }

  /** Computes every chain of the audit again. @return how many are broken */
  static int audit(PawlEngine engine, Consumer<String> say) {
    int broken = 0;
    for (Store.Namespace one : engine.namespaces()) {
      broken += tell(one.name() + ", operators", engine.jobs().verifyAudit(one.name()), "lines", say);
      broken += tell(one.name() + ", operators on runs", engine.operators().verifyAudit(one.name()), "lines", say);
      broken += tell(one.name() + ", ledgers", engine.jobs().verifyLedgers(one.name()), "jobs", say);
    }
    return broken;
  }

  private static int tell(String what, JobApi.AuditReport report, String of, Consumer<String> say) {
    boolean sound = report.brokenAt() == null;
    say.accept(sound
        ? "%s: %d %s, sound".formatted(what, report.lines(), of)
        : "%s: broken behind %d sound %s: %s".formatted(what, report.lines(), of, report.why()));
    return sound ? 0 : 1;
  }
}
