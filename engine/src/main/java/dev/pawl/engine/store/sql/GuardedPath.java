package dev.pawl.engine.store.sql;

import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Mail;
import dev.pawl.core.run.Run;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.task.WorkflowTask;
import dev.pawl.core.value.RunId;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The general way to commit a group, on any database: lock and read what the guards name, in one order of tables and
 * keys on all nodes, decide in Java which writes hold, and write their rows in batches.
 */
final class GuardedPath implements CommitPath {
  private static final int KEYS_AT_ONCE = 256;

  private static final String VERSIONS = """
      select run_id, version, history_hash, phase, epoch, session, sticky, since, visible_at,
        paused from pawl_runs{by key}
      where run_id in (%s) order by run_id{for update}""";
  private static final String CHAINS = """
      select namespace, workflow_id, run_id from pawl_chains{by key} where %s order by namespace,
        workflow_id{for update}""";
  private static final String CHAIN_KEY = "(namespace = ? and workflow_id = ?)";
  private static final String TASKS = """
      select run_id, step, epoch from pawl_tasks{by key} where %s order by run_id, step{for update}""";
  private static final String TASK_KEY = "(run_id = ? and step = ?)";
  private static final String MAILS = """
      select owner, item from pawl_mailbox{by key} where %s order by owner, item{for update}""";
  private static final String MAIL_KEY = "(owner = ? and item = ?)";

  private final RowWriter rows;

  GuardedPath(RowWriter rows) {
    this.rows = rows;
  }

  @Override
  public boolean[] commit(Link link, List<Packed> group, long commitId) throws SQLException {
    Dialect dialect = link.dialect();
    dialect.begin(link.connection());
    try {
      boolean[] landed = check(link, group);
      List<Packed> holding = new ArrayList<>(group.size());
      for (int i = 0; i < landed.length; i++) if (landed[i]) holding.add(group.get(i));
      if (!holding.isEmpty()) rows.write(link, holding, commitId);
      dialect.commit(link.connection());
      return landed;
    } catch (SQLException | RuntimeException e) {
      try {
        dialect.rollback(link.connection());
      } catch (SQLException second) {
        // A lost connection cannot roll back, and SQLite may have done so already; the first problem is the one to
        // tell.
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  private record Known(long version, byte[] hash, Lease lease) {}

  /**
   * What the indexes on runs look at while a run is open, and the epoch: one commit may end a lease and grant the next one
   * to the same session, within the same microsecond.
   */
  private record Lease(String phase, long epoch, @Nullable UUID session, @Nullable UUID sticky, long since,
      long visibleAt, boolean paused) {
    static Lease of(Run run) {
      WorkflowTask task = run.task();
      return new Lease(task.phase().name(), task.epoch(), RunRows.idOf(task.session()), RunRows.idOf(task.sticky()),
          Micros.of(task.since()), Micros.of(task.visibleAt()), run.state().paused());
    }
  }

  private static boolean[] check(Link link, List<Packed> group) throws SQLException {
    Map<RunId, Known> versions = versions(link, group);
    boolean[] holds = new boolean[group.size()];
    for (int i = 0; i < holds.length; i++) holds[i] = rowsHold(group.get(i), versions);
    checkChains(link, group, holds);
    checkTasks(link, group, holds);
    checkMails(link, group, holds);
    for (int i = 0; i < holds.length; i++) {
      if (!holds[i]) continue;
      Packed write = group.get(i);
      if (write.changed != null) {
        Known known = versions.get(write.changed.id());
        if (known != null) {
          write.changed.chain(known.hash());
          Run run = write.changed.run;
          write.changed.withinLease = run.state().open() && Lease.of(run).equals(known.lease());
        }
      }
      for (Packed.RunSheet sheet : write.born) sheet.chain(HistoryHash.START);
    }
    return holds;
  }

  private static Map<RunId, Known> versions(Link link, List<Packed> group) throws SQLException {
    TreeSet<RunId> wanted = new TreeSet<>();
    for (Packed write : group) {
      if (write.changed != null) wanted.add(write.changed.id());
      for (Packed.RunSheet sheet : write.born) wanted.add(sheet.id());
    }
    Map<RunId, Known> found = new HashMap<>();
    for (List<RunId> part : parts(wanted)) {
      try (Call call = link.sql(VERSIONS.formatted(Link.marks(part.size())))) {
        for (RunId id : Link.padded(part)) call.uuid(id.value());
        call.list(row -> found.put(new RunId(row.uuid()), new Known(row.number(), row.bytes(),
            new Lease(row.text(), row.number(), row.uuidOrNull(), row.uuidOrNull(), row.number(), row.number(),
                row.yes()))));
      }
    }
    return found;
  }

  private static boolean rowsHold(Packed write, Map<RunId, Known> versions) {
    if (write.changed != null) {
      Known known = versions.get(write.changed.id());
      if (known == null || known.version() != write.expectedVersion) return false;
    }
    return write.born.stream().noneMatch(sheet -> versions.containsKey(sheet.id()));
  }

  private static void checkChains(Link link, List<Packed> group, boolean[] holds) throws SQLException {
    TreeSet<Chain> wanted = new TreeSet<>();
    for (int i = 0; i < holds.length; i++) {
      if (holds[i]) for (Effect.PointChain chain : group.get(i).chains) wanted.add(Chain.of(chain));
    }
    if (wanted.isEmpty()) return;
    Map<Chain, RunId> found = new HashMap<>();
    for (List<Chain> part : parts(wanted)) {
      try (Call call = link.sql(CHAINS.formatted(anyOf(CHAIN_KEY, part.size())))) {
        for (Chain chain : Link.padded(part)) call.text(chain.namespace()).text(chain.workflowId());
        call.list(row -> found.put(new Chain(row.text(), row.text()), new RunId(row.uuid())));
      }
    }
    for (int i = 0; i < holds.length; i++) {
      for (Effect.PointChain chain : group.get(i).chains) {
        if (!Objects.equals(found.get(Chain.of(chain)), chain.expected())) holds[i] = false;
      }
    }
  }

  private record Chain(String namespace, String workflowId) implements Comparable<Chain> {
    static Chain of(Effect.PointChain chain) {
      return new Chain(chain.namespace(), chain.workflowId());
    }

    @Override
    public int compareTo(Chain other) {
      int byNamespace = namespace.compareTo(other.namespace);
      return byNamespace != 0 ? byNamespace : workflowId.compareTo(other.workflowId);
    }
  }

  static final Comparator<TaskId> TASK_ORDER = Comparator.comparing(TaskId::run).thenComparing(TaskId::step);
  static final Comparator<Mail.Key> MAIL_ORDER = Comparator.comparing(Mail.Key::owner).thenComparing(Mail.Key::item);

  private static void checkTasks(Link link, List<Packed> group, boolean[] holds) throws SQLException {
    TreeSet<TaskId> wanted = new TreeSet<>(TASK_ORDER);
    for (int i = 0; i < holds.length; i++) {
      if (holds[i]) {
        group.get(i).tasks.forEach((id, part) -> {
          if (guardOf(part) != null) wanted.add(id);
        });
      }
    }
    if (wanted.isEmpty()) return;
    Map<TaskId, Long> epochs = new HashMap<>();
    for (List<TaskId> part : parts(wanted)) {
      try (Call call = link.sql(TASKS.formatted(anyOf(TASK_KEY, part.size())))) {
        for (TaskId id : Link.padded(part)) call.uuid(id.run().value()).number(id.step());
        call.list(row -> epochs.put(new TaskId(new RunId(row.uuid()), row.integer()), row.number()));
      }
    }
    for (int i = 0; i < holds.length; i++) {
      for (Map.Entry<TaskId, Packed.TaskPart> entry : group.get(i).tasks.entrySet()) {
        Long epoch = guardOf(entry.getValue());
        if (epoch != null && !epoch.equals(epochs.get(entry.getKey()))) holds[i] = false;
      }
    }
  }

  private static void checkMails(Link link, List<Packed> group, boolean[] holds) throws SQLException {
    TreeSet<Mail.Key> wanted = new TreeSet<>(MAIL_ORDER);
    for (int i = 0; i < holds.length; i++) {
      if (holds[i]) {
        group.get(i).mails.forEach((key, part) -> {
          if (part.guarded()) wanted.add(key);
        });
      }
    }
    if (wanted.isEmpty()) return;
    Set<Mail.Key> there = new HashSet<>();
    for (List<Mail.Key> part : parts(wanted)) {
      try (Call call = link.sql(MAILS.formatted(anyOf(MAIL_KEY, part.size())))) {
        for (Mail.Key key : Link.padded(part)) call.uuid(key.owner().value()).text(key.item());
        call.list(row -> there.add(new Mail.Key(new RunId(row.uuid()), row.text())));
      }
    }
    for (int i = 0; i < holds.length; i++) {
      for (Map.Entry<Mail.Key, Packed.MailPart> entry : group.get(i).mails.entrySet()) {
        if (entry.getValue().guarded() && !there.contains(entry.getKey())) holds[i] = false;
      }
    }
  }

  private static <K> List<List<K>> parts(Collection<K> sorted) {
    List<K> all = new ArrayList<>(sorted);
    List<List<K>> parts = new ArrayList<>();
    for (int from = 0; from < all.size(); from += KEYS_AT_ONCE) {
      parts.add(all.subList(from, Math.min(all.size(), from + KEYS_AT_ONCE)));
    }
    return parts;
  }

  private static String anyOf(String key, int keys) {
    return key + (" or " + key).repeat(Link.roundUp(keys) - 1);
  }

  static @Nullable Long guardOf(Packed.TaskPart part) {
    return switch (part) {
      case Packed.TaskPart.Open p -> null;
      case Packed.TaskPart.Change p -> (Long) p.expectedEpoch();
      case Packed.TaskPart.Close p -> p.expectedEpoch();
    };
  }

  /** Keys that two writes of one group want: the later write falls out and is decided again. */
  static final class Claimed {
    private final Set<Object> keys = new HashSet<>();

    boolean claims(Packed write) {
      Collection<Object> own = new ArrayList<>();
      if (write.changed != null) own.add(write.changed.id());
      for (Packed.RunSheet sheet : write.born) own.add(sheet.id());
      for (Effect.PointChain chain : write.chains) own.add(List.of(chain.namespace(), chain.workflowId()));
      own.addAll(write.tasks.keySet());
      own.addAll(write.mails.keySet());
      own.addAll(write.updates.keySet());
      for (Effect.Remembered r : write.remembered) own.add(List.of(r.namespace(), r.workflowId(), r.requestId()));
      for (Object key : own) if (keys.contains(key)) return false;
      keys.addAll(own);
      return true;
    }
  }
}
