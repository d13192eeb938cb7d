package dev.pawl.engine.store.sql;

import dev.pawl.core.run.CorruptHistory;
import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Event;
import dev.pawl.core.run.Run;
import dev.pawl.core.run.Situation;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.value.RunId;
import dev.pawl.engine.store.Store.ChainKey;
import dev.pawl.engine.store.Store.Loaded;
import dev.pawl.engine.store.Store.RequestKey;
import dev.pawl.engine.store.Store.UpdateKey;
import dev.pawl.engine.store.Store.Wanted;
import dev.pawl.protocol.json.EventJson;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Reads what decisions look at, many keys in one statement. */
final class Loading {
  private static final int KEYS_AT_ONCE = 128;

  private static final String RUNS = "select " + RunRows.COLUMNS + " from pawl_runs r where r.run_id in (%s)";
  private static final String CHAINS = "select c.namespace, c.workflow_id, c.run_id, c.run_number, " + RunRows.COLUMNS
      + " from pawl_chains c left join pawl_runs r on r.run_id = c.run_id where %s";
  private static final String CHAIN_KEY = "(c.namespace = ? and c.workflow_id = ?)";
  private static final String TASKS = "select " + TaskRows.COLUMNS + " from pawl_tasks t where %s";
  static final String TASK_KEY = "(t.run_id = ? and t.step = ?)";
  private static final String UPDATES = "select " + UpdateRows.COLUMNS + " from pawl_updates u where %s";
  private static final String UPDATE_KEY = "(u.run_id = ? and u.update_id = ?)";
  static final String REQUESTS = """
      select q.namespace, q.workflow_id, q.request_id, q.digest, q.run_id, coalesce(r.run_number, 0), q.at
      from pawl_requests q left join pawl_runs r on r.run_id = q.run_id where %s""";
  static final String REQUEST_KEY = "(q.namespace = ? and q.workflow_id = ? and q.request_id = ?)";
  private static final String EVENTS = """
      select e.seq, e.at, e.seen, e.type, e.data from pawl_events e where e.run_id = ?
        and e.seq > ? order by e.seq limit ?""";
  private static final String EVENTS_OF_MANY = """
      select e.run_id, e.seq, e.at, e.seen, e.type, e.data from pawl_events e where %s
      order by e.run_id, e.seq""";
  private static final String EVENTS_BEHIND = "(e.run_id = ? and e.seq > ?)";
  private static final String UNDER_WAY = """
      select r.run_id from pawl_runs r where r.run_id in (%s) and r.closed_at is null and r.phase <> 'BLOCKED'""";
  private static final String REPORTED = """
      select e.seq from pawl_events e where e.run_id = ? and e.seq > ? and e.seq <= ? and e.seen > 0
      order by e.seq limit 1""";
  private static final String FROM_OUTSIDE = """
      select e.seq from pawl_events e where e.run_id = ? and e.seq > ? and e.seq <= ? and e.seen = 0
      order by e.seq limit 1""";
  private static final String ADMITTED = "select " + UpdateRows.COLUMNS
      + " from pawl_updates u where u.run_id = ? and u.phase = 'ADMITTED' order by u.ord";

  private final Access access;
  private final Hashes hashes;
  private final Quarantine quarantine;

  Loading(Access access, Hashes hashes, Quarantine quarantine) {
    this.access = access;
    this.hashes = hashes;
    this.quarantine = quarantine;
  }

  Loaded load(Wanted wanted) {
    Found all = access.read(link -> {
      Found found = new Found();
      chains(link, possible(wanted.chains(), key -> Texts.isName(key.workflowId())), found);
      Set<RunId> missing = new LinkedHashSet<>(wanted.runs());
      missing.removeAll(found.runs.keySet());
      runs(link, missing, found);
      tasks(link, wanted.tasks(), found);
      updates(link, possible(wanted.updates(), key -> Texts.isName(key.updateId())), found);
      requests(link, possible(wanted.requests(),
          key -> Texts.isName(key.workflowId()) && Texts.isName(key.requestId())), found);
      return found;
    });
    if (!all.damages.isEmpty()) quarantine.isolate(all.damages);
    return new Loaded(all.runs, all.chains, all.tasks, all.updates, all.requests, all.corrupt);
  }

  private static <K> Collection<K> possible(Collection<K> wanted, Predicate<K> isPossible) {
    return wanted.isEmpty() ? wanted : wanted.stream().filter(isPossible).toList();
  }

  private static final class Found {
    final Map<RunId, Run> runs = new HashMap<>();
    final Map<ChainKey, Situation.Chain> chains = new HashMap<>();
    final Map<TaskId, ActivityTask> tasks = new HashMap<>();
    final Map<UpdateKey, Effect.Update> updates = new HashMap<>();
    final Map<RequestKey, Effect.Remembered> requests = new HashMap<>();
    final Map<RunId, String> corrupt = new HashMap<>();
    final List<Quarantine.Damage> damages = new ArrayList<>(0);

    void damaged(Quarantine.Damage damage) {
      damages.add(damage);
      corrupt.put(damage.run(), damage.why());
    }
  }

  private void keep(RunRows.Found row, Found found) {
    if (row.run() != null) {
      found.runs.put(row.id(), row.run());
      hashes.know(row.id(), row.run().version(), row.hash());
    } else {
      found.damaged(new Quarantine.OfRun(row.id(), String.valueOf(row.corrupt())));
    }
  }

  private void runs(Link link, Collection<RunId> wanted, Found found) throws SQLException {
    for (List<RunId> part : parts(wanted)) {
      try (Call call = link.sql(RUNS.formatted(Link.marks(part.size())))) {
        for (RunId id : Link.padded(part)) call.uuid(id.value());
        for (RunRows.Found row : call.list(RunRows::read)) keep(row, found);
      }
    }
  }

  private void chains(Link link, Collection<ChainKey> wanted, Found found) throws SQLException {
    for (List<ChainKey> part : parts(wanted)) {
      try (Call call = link.sql(CHAINS.formatted(anyOf(CHAIN_KEY, part.size())))) {
        for (ChainKey key : Link.padded(part)) call.text(key.namespace()).text(key.workflowId());
        call.list(row -> {
          ChainKey key = new ChainKey(row.text(), row.text());
          RunId run = new RunId(row.uuid());
          found.chains.put(key, new Situation.Chain(key.namespace(), key.workflowId(), run, row.integer()));
          RunRows.Found at = RunRows.readOrNull(row);
          if (at != null) keep(at, found);
          return key;
        });
      }
    }
  }

  private static void tasks(Link link, Collection<TaskId> wanted, Found found) throws SQLException {
    // A damaged task spoils the decisions about its run, and only those.
    tasks(link, wanted, "", damaged -> found.damaged(damaged.damage()))
        .forEach(task -> found.tasks.put(task.id(), task));
  }

  /** The open tasks among {@code wanted}. @param suffix such as a locking clause */
  static List<ActivityTask> tasks(Link link, Collection<TaskId> wanted, String suffix,
      Consumer<TaskRows.Unreadable> damaged) throws SQLException {
    List<ActivityTask> all = new ArrayList<>();
    for (List<TaskId> part : parts(wanted)) {
      try (Call call = link.sql(TASKS.formatted(anyOf(TASK_KEY, part.size())) + suffix)) {
        for (TaskId id : Link.padded(part)) call.uuid(id.run().value()).number(id.step());
        call.list(row -> {
          try {
            return all.add(TaskRows.read(row));
          } catch (TaskRows.Unreadable e) {
            damaged.accept(e);
            return false;
          }
        });
      }
    }
    return all;
  }

  private static void updates(Link link, Collection<UpdateKey> wanted, Found found) throws SQLException {
    for (List<UpdateKey> part : parts(wanted)) {
      try (Call call = link.sql(UPDATES.formatted(anyOf(UPDATE_KEY, part.size())))) {
        for (UpdateKey key : Link.padded(part)) call.uuid(key.run().value()).text(key.updateId());
        for (Quarantine.Sighted<Effect.Update> row : call.list(UpdateRows::read)) {
          switch (row) {
            case Quarantine.Sighted.Good<Effect.Update> it ->
                found.updates.put(new UpdateKey(it.row().run(), it.row().updateId()), it.row());
            case Quarantine.Sighted.Bad<Effect.Update> it -> found.damaged(it.damage());
          }
        }
      }
    }
  }

  private static void requests(Link link, Collection<RequestKey> wanted, Found found) throws SQLException {
    for (List<RequestKey> part : parts(wanted)) {
      try (Call call = link.sql(REQUESTS.formatted(anyOf(REQUEST_KEY, part.size())))) {
        for (RequestKey key : Link.padded(part)) {
          call.text(key.namespace()).text(key.workflowId()).text(key.requestId());
        }
        for (Effect.Remembered r : call.list(row -> new Effect.Remembered(row.text(), row.text(), row.text(),
            row.text(), new RunId(row.uuid()), row.integer(), row.instant()))) {
          found.requests.put(new RequestKey(r.namespace(), r.workflowId(), r.requestId()), r);
        }
      }
    }
  }

  private static <K> List<List<K>> parts(Collection<K> wanted) {
    if (wanted.isEmpty()) return List.of();
    List<K> all = List.copyOf(new HashSet<>(wanted));
    if (all.size() <= KEYS_AT_ONCE) return List.of(all);
    List<List<K>> parts = new ArrayList<>();
    for (int from = 0; from < all.size(); from += KEYS_AT_ONCE) {
      parts.add(all.subList(from, Math.min(all.size(), from + KEYS_AT_ONCE)));
    }
    return parts;
  }

  private static String anyOf(String key, int keys) {
    return key + (" or " + key).repeat(Link.roundUp(keys) - 1);
  }

  List<Event> events(RunId run, long after, int limit) {
    try {
      return access.read(link -> {
        List<Event> events = new ArrayList<>();
        try (Call call = link.sql(EVENTS)) {
          call.uuid(run.value()).number(after).number(limit).list(row -> {
            Event event = event(run, row);
            long before = events.isEmpty() ? after : events.getLast().seq();
            if (event.seq() != before + 1) {
              throw new CorruptHistory("run %s: event %d follows %d".formatted(run, event.seq(), before));
            }
            return events.add(event);
          });
        }
        return events;
      });
    } catch (CorruptHistory e) {
      quarantine.isolate(List.of(new Quarantine.OfRun(run, String.valueOf(e.getMessage()))));
      throw e;
    }
  }

  Map<RunId, List<Event>> events(Map<RunId, Long> after) {
    return access.read(link -> {
      Map<RunId, List<Event>> found = new HashMap<>();
      Set<RunId> spoilt = new HashSet<>(0);
      for (List<RunId> part : parts(after.keySet())) {
        try (Call call = link.sql(EVENTS_OF_MANY.formatted(anyOf(EVENTS_BEHIND, part.size())))) {
          for (RunId id : Link.padded(part)) call.uuid(id.value()).number(Objects.requireNonNull(after.get(id)));
          call.list(row -> {
            RunId run = new RunId(row.uuid());
            List<Event> events = found.computeIfAbsent(run, id -> new ArrayList<>());
            try {
              Event event = event(run, row);
              if (event.seq() != Objects.requireNonNull(after.get(run)) + events.size() + 1) spoilt.add(run);
              return events.add(event);
            } catch (CorruptHistory e) {
              return spoilt.add(run);
            }
          });
        }
      }
      found.keySet().removeAll(spoilt);
      return found;
    });
  }

  Set<RunId> underWay(Collection<RunId> runs) {
    return access.read(link -> {
      Set<RunId> open = new HashSet<>();
      for (List<RunId> part : parts(runs)) {
        try (Call call = link.sql(UNDER_WAY.formatted(Link.marks(part.size())))) {
          for (RunId id : Link.padded(part)) call.uuid(id.value());
          open.addAll(call.list(row -> new RunId(row.uuid())));
        }
      }
      return open;
    });
  }

  long find(RunId run, long after, long upTo, boolean reported) {
    return access.read(link -> {
      try (Call call = link.sql(reported ? REPORTED : FROM_OUTSIDE)) {
        Long seq = call.uuid(run.value()).number(after).number(upTo).first(Row::number);
        return seq == null ? 0L : seq;
      }
    });
  }

  private static Event event(RunId run, Row row) throws SQLException {
    long seq = row.number();
    var at = row.instant();
    long seen = row.number();
    String type = row.text();
    String data = row.text();
    try {
      return new Event(seq, at, seen, EventJson.read(type, data));
    } catch (RuntimeException unreadable) {
      throw new CorruptHistory("run %s: event %d (%s) cannot be read: %s"
          .formatted(run, seq, type, unreadable.getMessage()));
    }
  }

  List<Effect.Update> admitted(RunId run) {
    return quarantine.past(link -> {
      try (Call call = link.sql(ADMITTED)) {
        return call.uuid(run.value()).list(UpdateRows::read);
      }
    });
  }

  Effect.@Nullable Update update(RunId run, String id) {
    UpdateKey key = new UpdateKey(run, id);
    return load(new Wanted(List.of(), List.of(), List.of(), List.of(key), List.of())).updates().get(key);
  }
}
