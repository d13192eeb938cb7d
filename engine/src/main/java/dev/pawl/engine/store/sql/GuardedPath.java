package dev.pawl.engine.store.sql;

import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Mail;
import dev.pawl.core.run.RunId;
import dev.pawl.core.task.TaskId;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The general way to commit a group, on any database: lock and read what the guards name, in one order of tables and keys
 * on all nodes, decide in Java which writes hold, and write their rows in batches.
 */
final class GuardedPath implements CommitPath {
  private static final int KEYS_AT_ONCE = 256;

  private static final String VERSIONS = """
      select run_id, version, history_hash from runs where run_id in (%s) order by run_id{for update}""";
  private static final String CHAIN =
      "select run_id from chains where namespace = ? and workflow_id = ?{for update}";
  private static final String TASK = "select epoch from tasks where run_id = ? and step = ?{for update}";
  private static final String MAIL = "select due from mailbox where owner = ? and item = ?{for update}";

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
        // A lost connection cannot roll back, and SQLite may have done so already; the first problem is the one to tell.
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  private record Known(long version, byte[] hash) {}

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
        if (known != null) write.changed.chain(known.hash());
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
    List<RunId> ids = new ArrayList<>(wanted);
    for (int from = 0; from < ids.size(); from += KEYS_AT_ONCE) {
      List<RunId> part = ids.subList(from, Math.min(ids.size(), from + KEYS_AT_ONCE));
      try (Call call = link.sql(VERSIONS.formatted(Link.marks(part.size())))) {
        for (RunId id : Link.padded(part)) call.uuid(id.value());
        call.list(row -> found.put(new RunId(row.uuid()), new Known(row.number(), row.bytes())));
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
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < holds.length; i++) if (holds[i] && !group.get(i).chains.isEmpty()) order.add(i);
    if (order.isEmpty()) return;
    record Wanted(int index, Effect.PointChain chain) {}
    List<Wanted> wanted = new ArrayList<>();
    for (int i : order) for (Effect.PointChain chain : group.get(i).chains) wanted.add(new Wanted(i, chain));
    wanted.sort((a, b) -> {
      int byNamespace = a.chain().namespace().compareTo(b.chain().namespace());
      return byNamespace != 0 ? byNamespace : a.chain().workflowId().compareTo(b.chain().workflowId());
    });
    try (Call call = link.sql(CHAIN)) {
      for (Wanted want : wanted) {
        RunId found = call.text(want.chain().namespace()).text(want.chain().workflowId())
            .first(row -> new RunId(row.uuid()));
        RunId expected = want.chain().expected();
        if (found == null ? expected != null : !found.equals(expected)) holds[want.index()] = false;
      }
    }
  }

  private static void checkTasks(Link link, List<Packed> group, boolean[] holds) throws SQLException {
    record Wanted(int index, TaskId id, long epoch) {}
    List<Wanted> wanted = new ArrayList<>();
    for (int i = 0; i < holds.length; i++) {
      if (!holds[i]) continue;
      for (Map.Entry<TaskId, Packed.TaskPart> entry : group.get(i).tasks.entrySet()) {
        Long epoch = guardOf(entry.getValue());
        if (epoch != null) wanted.add(new Wanted(i, entry.getKey(), epoch));
      }
    }
    if (wanted.isEmpty()) return;
    wanted.sort((a, b) -> {
      int byRun = a.id().run().compareTo(b.id().run());
      return byRun != 0 ? byRun : Integer.compare(a.id().step(), b.id().step());
    });
    try (Call call = link.sql(TASK)) {
      for (Wanted want : wanted) {
        Long found = call.uuid(want.id().run().value()).number(want.id().step()).first(Row::number);
        if (found == null || found != want.epoch()) holds[want.index()] = false;
      }
    }
  }

  static @Nullable Long guardOf(Packed.TaskPart part) {
    return switch (part) {
      case Packed.TaskPart.Open p -> null;
      case Packed.TaskPart.Change p -> (Long) p.expectedEpoch();
      case Packed.TaskPart.Close p -> p.expectedEpoch();
    };
  }

  private static void checkMails(Link link, List<Packed> group, boolean[] holds) throws SQLException {
    record Wanted(int index, Mail.Key key) {}
    List<Wanted> wanted = new ArrayList<>();
    for (int i = 0; i < holds.length; i++) {
      if (!holds[i]) continue;
      for (Map.Entry<Mail.Key, Packed.MailPart> entry : group.get(i).mails.entrySet()) {
        if (entry.getValue().guarded()) wanted.add(new Wanted(i, entry.getKey()));
      }
    }
    if (wanted.isEmpty()) return;
    wanted.sort((a, b) -> {
      int byOwner = a.key().owner().compareTo(b.key().owner());
      return byOwner != 0 ? byOwner : a.key().item().compareTo(b.key().item());
    });
    try (Call call = link.sql(MAIL)) {
      for (Wanted want : wanted) {
        Long due = call.uuid(want.key().owner().value()).text(want.key().item()).first(Row::number);
        if (due == null) holds[want.index()] = false;
      }
    }
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
