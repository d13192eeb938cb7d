package dev.pawl.engine.store.sql;

import dev.pawl.core.run.Mail;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.task.WorkflowTask;
import dev.pawl.core.value.RunId;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.StoreCounters;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes out of the way what cannot be read, and says so where people look. The run is blocked, so that no queue offers it
 * again and whoever holds it is fenced; a damaged task or mail is taken out of the indexes in which the duties look for
 * work, but stays in its table; the ledger has a line for each. Whoever comes second finds that it has happened and
 * writes nothing.
 */
final class Quarantine {
  private static final Logger LOG = LoggerFactory.getLogger(Quarantine.class);

  /** A phase of a task, and a kind of a mail, that nothing looks for. */
  static final String DAMAGED = "DAMAGED";

  /** When a mail is due that was set aside: the last second of the year 9999. */
  static final long NEVER = 253_402_300_799_000_000L;

  private static final String HEAD = "select r.namespace, r.epoch, r.phase from pawl_runs r where r.run_id = ?";
  private static final String BLOCK = """
      update pawl_runs set phase = 'BLOCKED', epoch = epoch + 1, session = null, since = ?, visible_at = ?,
        sticky = null,
        report = 0, report_seq = 0, version = version + 1, reason = ?
      where run_id = ? and phase not in ('BLOCKED', 'NONE')""";
  private static final String SET_TASK_ASIDE = """
      update pawl_tasks set phase = 'DAMAGED', session = null, deadline_at = null
      where run_id = ? and step = ? and phase <> 'DAMAGED'""";
  private static final String MAIL = "select m.kind, m.due from pawl_mailbox m where m.owner = ? and m.item = ?";
  private static final String SET_MAIL_ASIDE =
      "update pawl_mailbox set kind = 'DAMAGED', due = ? where owner = ? and item = ? and kind <> 'DAMAGED'";

  /** Something that cannot be read, and why. */
  sealed interface Damage {
    /** The run that it belongs to. */
    RunId run();

    String why();
  }

  record OfRun(RunId run, String why) implements Damage {}

  record OfTask(TaskId id, String why) implements Damage {
    @Override
    public RunId run() {
      return id.run();
    }
  }

  record OfMail(Mail.Key key, String why) implements Damage {
    @Override
    public RunId run() {
      return key.owner();
    }
  }

  /** A row that was read, or why it cannot be. */
  sealed interface Sighted<T> {
    record Good<T>(T row) implements Sighted<T> {}

    record Bad<T>(Damage damage) implements Sighted<T> {}
  }

  private record Head(String namespace, long epoch, String phase) {
    boolean mayBlock() {
      return !phase.equals(WorkflowTask.Phase.BLOCKED.name()) && !phase.equals(WorkflowTask.Phase.NONE.name());
    }
  }

  private final Access access;
  private final StoreCounters counters;

  Quarantine(Access access, StoreCounters counters) {
    this.access = access;
    this.counters = counters;
  }

  /** What can be read. */
  static <T> List<T> good(List<Sighted<T>> rows) {
    List<T> good = new ArrayList<>(rows.size());
    for (Sighted<T> row : rows) if (row instanceof Sighted.Good<T> it) good.add(it.row());
    return good;
  }

  /** What cannot. */
  static <T> List<Damage> bad(List<Sighted<T>> rows) {
    List<Damage> bad = new ArrayList<>(0);
    for (Sighted<T> row : rows) if (row instanceof Sighted.Bad<T> it) bad.add(it.damage());
    return bad;
  }

  /** What can be read, looking again until nothing that cannot is in the way. */
  <T> List<T> past(Access.Work<List<Sighted<T>>> look) {
    while (true) {
      List<Sighted<T>> rows = access.read(look);
      List<Damage> bad = bad(rows);
      // None was news, for example because another node has just set them aside: what is good is enough.
      if (bad.isEmpty() || isolate(bad) == 0) return good(rows);
    }
  }

  /** @return how many were not known to be damaged before */
  int isolate(Collection<? extends Damage> found) {
    List<Damage> news = new ArrayList<>(found.size());
    for (Damage damage : found) if (!(damage instanceof OfRun run) || mayBlock(run.run())) news.add(damage);
    if (news.isEmpty()) return 0;
    int done = access.change(link -> {
      int count = 0;
      for (Damage damage : news) if (isolate(link, damage)) count++;
      return count;
    });
    counters.quarantined.add(done);
    return done;
  }

  private boolean mayBlock(RunId run) {
    return access.read(link -> {
      Head head = head(link, run, "");
      return head != null && head.mayBlock();
    });
  }

  private static @Nullable Head head(Link link, RunId run, String locking) throws SQLException {
    try (Call call = link.sql(HEAD + locking)) {
      return call.uuid(run.value()).first(row -> new Head(row.text(), row.number(), row.text()));
    }
  }

  private static boolean isolate(Link link, Damage damage) throws SQLException {
    RunId run = damage.run();
    Head head = head(link, run, "{for update}");
    Instant now = Queues.now(link);
    Ledger ledger =
        new Ledger(link, run, head == null ? "" : head.namespace(), head == null ? 0 : head.epoch(), now);
    boolean aside = switch (damage) {
      case OfRun it -> false;
      case OfTask it -> task(link, it, ledger);
      case OfMail it -> mail(link, it, ledger);
    };
    boolean blocked = head != null && head.mayBlock() && block(link, damage, now, ledger);
    if (aside || blocked) LOG.error("{} cannot be read and is set aside: {}", damage, damage.why());
    return aside || blocked;
  }

  private static boolean block(Link link, Damage damage, Instant now, Ledger ledger) throws SQLException {
    String reason = Store.CORRUPT + ": " + damage.why();
    try (Call call = link.sql(BLOCK)) {
      call.instant(now).instant(now).text(Texts.words(reason)).uuid(damage.run().value());
      if (call.update() == 0) return false;
    }
    ledger.line(0, "RUN_BLOCKED", reason);
    return true;
  }

  private static boolean task(Link link, OfTask damage, Ledger ledger) throws SQLException {
    try (Call call = link.sql(SET_TASK_ASIDE)) {
      if (call.uuid(damage.run().value()).number(damage.id().step()).update() == 0) return false;
    }
    ledger.line(damage.id().step(), "TASK_SET_ASIDE", damage.why());
    return true;
  }

  private static boolean mail(Link link, OfMail damage, Ledger ledger) throws SQLException {
    String was;
    try (Call call = link.sql(MAIL)) {
      was = call.uuid(damage.run().value()).text(damage.key().item())
          .first(row -> "%s, due %d".formatted(row.text(), row.number()));
    }
    try (Call call = link.sql(SET_MAIL_ASIDE)) {
      call.number(NEVER).uuid(damage.run().value()).text(damage.key().item());
      if (call.update() == 0) return false;
    }
    ledger.line(0, "MAIL_SET_ASIDE", "mail %s (%s): %s".formatted(damage.key().item(), was, damage.why()));
    return true;
  }
}
