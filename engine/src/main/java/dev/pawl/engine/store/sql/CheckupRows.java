package dev.pawl.engine.store.sql;

import dev.pawl.engine.store.Checkup;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Asks the invariants of ranges of rows, so that no statement reads a whole large table. */
final class CheckupRows implements Checkup {
  /** Most damages that one invariant tells of a page. */
  private static final int MOST = 100;
  private static final String BOUND = "{bound}";
  private static final UUID FIRST = new UUID(0, 0);
  /** Not asked by statements alone: hashes are computed here. */
  private static final String HISTORIES = "histories";

  /** @param key its alias and column; null: it is small, or has an index of its own for what is asked */
  private record Area(String table, @Nullable String key, List<Invariant> invariants) {
    String keys() {
      String column = String.valueOf(key);
      return "select distinct %s from %s %s where %s > ? order by %s limit ?".formatted(column, table,
          column.substring(0, column.indexOf('.')), column, column);
    }
  }

  private static final Map<String, Area> AREAS = areas(
      Map.entry("open jobs", new Area("pawl_open_jobs", "o.job_id", JobInvariants.OF_OPEN)),
      Map.entry("dead letters", new Area("pawl_dead_letters", "d.job_id", JobInvariants.OF_LETTERS)),
      Map.entry("batches", new Area("pawl_job_batches", null, JobInvariants.OF_BATCHES)),
      Map.entry("mails", new Area("pawl_mailbox", null, RunInvariants.OF_MAILS)),
      Map.entry("activities", new Area("pawl_tasks", "t.run_id", RunInvariants.OF_TASKS)),
      Map.entry("runs", new Area("pawl_runs", "r.run_id", RunInvariants.OF_RUNS)),
      Map.entry("jobs", new Area("pawl_jobs", "j.job_id", JobInvariants.OF_SUBMITTED)));

  private final Access access;

  CheckupRows(Access access) {
    this.access = access;
  }

  @SafeVarargs
  private static Map<String, Area> areas(Map.Entry<String, Area>... areas) {
    Map<String, Area> all = new LinkedHashMap<>();
    for (Map.Entry<String, Area> area : areas) all.put(area.getKey(), area.getValue());
    return all;
  }

  @Override
  public List<String> areas() {
    List<String> all = new ArrayList<>(AREAS.keySet());
    all.add(HISTORIES);
    return List.copyOf(all);
  }

  @Override
  public Page look(String area, @Nullable UUID after, int rows, Duration bound) {
    if (area.equals(HISTORIES)) return access.read(link -> HistoryRows.look(link, after == null ? FIRST : after, rows));
    Area wanted = AREAS.get(area);
    if (wanted == null) throw new IllegalArgumentException("there is no area '%s'".formatted(area));
    return access.read(link -> wanted.key() == null
        ? new Page(ask(link, wanted, List.of(), bound), 0, null)
        : ranged(link, wanted, after == null ? FIRST : after, rows, bound));
  }

  private static Page ranged(Link link, Area area, UUID from, int rows, Duration bound) throws SQLException {
    List<UUID> keys;
    try (Call call = link.sql(area.keys())) {
      keys = call.uuid(from).number(rows).list(Row::uuid);
    }
    if (keys.isEmpty()) return new Page(List.of(), 0, null);
    List<Damage> damages = ask(link, area, keys, bound);
    return new Page(damages, keys.size(), keys.size() < rows ? null : keys.getLast());
  }

  private static List<Damage> ask(Link link, Area area, List<UUID> keys, Duration bound) throws SQLException {
    List<Damage> found = new ArrayList<>(0);
    for (Invariant one : area.invariants()) {
      String sql = one.sql().replace(BOUND, Long.toString(JobRows.micros(bound)))
          .replace("{range}", "%s in (%s)".formatted(area.key(), keys.isEmpty() ? "" : Link.marks(keys.size())))
          + " limit " + MOST;
      try (Call call = link.sql(sql)) {
        // Named one by one, so that no planner can think that it is cheaper to read the whole table.
        if (!keys.isEmpty()) for (UUID key : Link.padded(keys)) call.uuid(key);
        found.addAll(call.list(row -> damage(one, row)));
      }
    }
    return found;
  }

  private static Damage damage(Invariant one, Row row) throws SQLException {
    String namespace = row.textOrNull();
    String subject = row.text();
    return new Damage(one.id(), namespace, subject, one.wrong().formatted(row.textOrNull()),
        one.sql().contains(BOUND), one.proposal().replace("{id}", subject.replace("'", "''")).replace("\n", " "));
  }
}
