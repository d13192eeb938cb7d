package dev.pawl.engine.store.sql;

import dev.pawl.core.job.JobDecision;
import dev.pawl.core.run.Mail;
import dev.pawl.core.schedule.Fire;
import dev.pawl.core.schedule.Schedule;
import dev.pawl.core.schedule.ScheduleEvent;
import dev.pawl.engine.store.JobStore;
import dev.pawl.engine.store.ScheduleStore.Key;
import dev.pawl.engine.store.ScheduleStore.Write;
import dev.pawl.protocol.json.ScheduleJson;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Commits changes of schedules: locks and reads what the guards name, in one order on all nodes, sees in Java which
 * writes hold, and writes their rows and their mails in batches. One transaction, so that a schedule never says that it
 * started something that will not start.
 */
final class ScheduleCommits implements Commits.Kind<Write, ScheduleCommits.Sheet> {
  static final String ACTIVE = "active";
  static final String PAUSED = "paused";
  private static final String GONE = "deleted";

  private static final String KEY = "(namespace = ? and schedule_id = ?)";
  private static final String VERSIONS = """
      select namespace, schedule_id, version from pawl_schedules where %s order by namespace, schedule_id{for update}""";
  private static final String INSERT = """
      insert into pawl_schedules (version, events, status, action_type, created_at, updated_at, next_at, deleted_at,
        commit_id, data, namespace, schedule_id)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";
  private static final String UPDATE = """
      update pawl_schedules set version = ?, events = ?, status = ?, action_type = ?, created_at = ?, updated_at = ?,
        next_at = ?, deleted_at = ?, commit_id = ?, data = ?
      where namespace = ? and schedule_id = ?""";
  private static final String INSERT_EVENT = """
      insert into pawl_schedule_events (namespace, schedule_id, seq, at, type, commit_id, data)
      values (?, ?, ?, ?, ?, ?, ?)""";
  private static final String OURS = """
      select 1 from pawl_schedules where namespace = ? and schedule_id = ? and commit_id = ?
      union all
      select 1 from pawl_schedule_events where namespace = ? and schedule_id = ? and seq = ? and commit_id = ?""";

  private final Access access;
  private final String postMail;

  /** One write, with its texts made. */
  record Sheet(int index, Write write, String data, int bytes) implements Commits.Sent {}

  ScheduleCommits(Access access) {
    this.access = access;
    this.postMail = RowWriter.postMail(access.dialect());
  }

  static String anyOf(int keys) {
    return anyOf(KEY, keys);
  }

  private static String anyOf(String key, int keys) {
    return key + (" or " + key).repeat(Link.roundUp(keys) - 1);
  }

  /** The mails and jobs of a schedule may each carry a copy of its input. */
  @Override
  public Sheet packed(int index, Write write) {
    Schedule after = write.after();
    String data = after == null ? "" : ScheduleJson.write(after);
    long bytes = (long) data.length() * (1 + write.posts().size() + write.births().size());
    return new Sheet(index, write, data, (int) Math.min(Integer.MAX_VALUE, bytes));
  }

  /** Why this write cannot be stored on every database; null if it can. */
  @Override
  public @Nullable String problemOf(Sheet sheet) {
    Write write = sheet.write();
    String problem = Texts.name("namespace", write.key().namespace());
    if (problem == null) problem = Texts.name("schedule id", write.key().id());
    Schedule after = write.after();
    if (problem == null && after != null) problem = Texts.name("type", after.terms().action().type());
    for (Mail mail : write.posts()) if (problem == null) problem = Texts.name("mail", mail.key().item());
    return problem;
  }

  @Override
  public Predicate<Sheet> claims() {
    Set<Key> taken = new HashSet<>();
    return sheet -> taken.add(sheet.write().key());
  }

  @Override
  public boolean[] commit(Link link, List<Sheet> part, long commitId) throws SQLException {
    Dialect dialect = link.dialect();
    dialect.begin(link.connection());
    try {
      boolean[] holds = check(link, part);
      List<Sheet> holding = new ArrayList<>(part.size());
      for (int i = 0; i < holds.length; i++) if (holds[i]) holding.add(part.get(i));
      if (!holding.isEmpty()) write(link, holding, commitId);
      dialect.commit(link.connection());
      return holds;
    } catch (SQLException | RuntimeException e) {
      try {
        dialect.rollback(link.connection());
      } catch (SQLException second) {
        e.addSuppressed(second); // the first problem is the one to tell
      }
      throw e;
    }
  }

  private static boolean[] check(Link link, List<Sheet> part) throws SQLException {
    TreeSet<Key> keys = new TreeSet<>(Comparator.comparing(Key::namespace).thenComparing(Key::id));
    for (Sheet sheet : part) if (sheet.write().after() != null) keys.add(sheet.write().key());
    Map<Key, Long> versions = new HashMap<>();
    for (List<Key> some : GuardedJobs.parts(keys)) {
      try (Call call = link.sql(VERSIONS.formatted(anyOf(some.size())))) {
        for (Key key : Link.padded(some)) call.text(key.namespace()).text(key.id());
        call.list(row -> versions.put(new Key(row.text(), row.text()), row.number()));
      }
    }
    boolean[] holds = new boolean[part.size()];
    for (int i = 0; i < holds.length; i++) {
      Write write = part.get(i).write();
      holds[i] = write.after() == null || versions.getOrDefault(write.key(), 0L) == write.expectedVersion();
    }
    return holds;
  }

  private void write(Link link, List<Sheet> sheets, long commitId) throws SQLException {
    try (Call insert = link.sql(INSERT); Call update = link.sql(UPDATE); Call event = link.sql(INSERT_EVENT)) {
      for (Sheet sheet : sheets) {
        Write write = sheet.write();
        Schedule after = write.after();
        if (after == null) continue;
        row(write.expectedVersion() == 0 ? insert : update, sheet, after, commitId).add();
        for (ScheduleEvent one : write.events()) {
          event.text(write.key().namespace()).text(write.key().id()).number(one.sequence()).instant(one.at())
              .text(one.fact().type()).number(commitId).text(ScheduleJson.write(one.fact())).add();
        }
      }
      insert.flush();
      update.flush();
      event.flush();
    }
    births(link, sheets);
    try (Call delete = link.sql(RowWriter.DELETE_MAIL); Call post = link.sql(postMail)) {
      for (Sheet sheet : sheets) {
        for (Mail.Key key : sheet.write().unposts()) delete.uuid(key.owner().value()).text(key.item()).add();
        for (Mail mail : sheet.write().posts()) RowWriter.mail(post, mail).add();
      }
      delete.flush();
      post.flush();
    }
  }

  private static void births(Link link, List<Sheet> sheets) throws SQLException {
    List<JobSheet> born = new ArrayList<>();
    for (Sheet sheet : sheets) {
      for (JobDecision.Change<?> birth : sheet.write().births()) born.add(new JobSheet(birth));
    }
    if (born.isEmpty()) return;
    Set<JobStore.Key> taken = GuardedJobs.taken(link, born.stream().map(JobSheet::key).toList());
    born.removeIf(job -> taken.contains(job.key()));
    if (!born.isEmpty()) GuardedJobs.write(link, born);
  }

  private static Call row(Call call, Sheet sheet, Schedule after, long commitId) throws SQLException {
    Fire next = after.next();
    String status = after.deleted() ? GONE : after.paused() ? PAUSED : ACTIVE;
    return call.number(after.version()).number(after.events()).text(status).text(after.terms().action().type())
        .instant(after.createdAt()).instant(after.updatedAt()).instant(next == null ? null : next.at())
        .instant(after.standing().deletedAt()).number(commitId).text(sheet.data()).text(sheet.write().key().namespace())
        .text(sheet.write().key().id());
  }

  /**
   * Whether an earlier sending of this write landed. One that started something has left an entry in the history, for
   * good; one that did not is known as long as nobody else has changed the schedule since, and deciding it again does
   * no harm.
   */
  @Override
  public boolean isOurs(Sheet sheet, long commitId) {
    Key key = sheet.write().key();
    List<ScheduleEvent> events = sheet.write().events();
    long sequence = events.isEmpty() ? 0 : events.getFirst().sequence();
    return access.read(link -> {
      try (Call call = link.sql(OURS)) {
        return call.text(key.namespace()).text(key.id()).number(commitId).text(key.namespace()).text(key.id())
            .number(sequence).number(commitId).first(Row::number) != null;
      }
    });
  }
}
