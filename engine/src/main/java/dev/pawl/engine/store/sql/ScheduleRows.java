package dev.pawl.engine.store.sql;

import dev.pawl.core.run.CorruptHistory;
import dev.pawl.core.schedule.Schedule;
import dev.pawl.core.schedule.ScheduleEvent;
import dev.pawl.engine.store.ScheduleStore;
import dev.pawl.engine.store.Store.Outcome;
import dev.pawl.engine.store.StoreConfig;
import dev.pawl.engine.store.StoreCounters;
import dev.pawl.protocol.json.ScheduleJson;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Schedules on an SQL database: looking and upkeep; {@link ScheduleCommits} changes them. */
final class ScheduleRows implements ScheduleStore {
  private static final Logger LOG = LoggerFactory.getLogger(ScheduleRows.class);

  private static final String COLUMNS = "select namespace, schedule_id, version, events, data from pawl_schedules";
  private static final String LOAD = COLUMNS + " where %s";
  static final String LIST = COLUMNS + """
       where namespace = ? and status in (?, ?) and (? = 1 or action_type = ?)
        and created_at <= ? and (created_at < ? or schedule_id > ?)
      order by created_at desc, schedule_id limit ?""";
  private static final String HISTORY = """
      select seq, at, type, data from pawl_schedule_events where namespace = ? and schedule_id = ? and seq > ?
      order by seq limit ?""";
  static final String OLD_EVENTS = """
      select schedule_id, seq from pawl_schedule_events where namespace = ? and at < ? order by at limit ?""";
  private static final String DELETE_EVENT =
      "delete from pawl_schedule_events where namespace = ? and schedule_id = ? and seq = ?";
  static final String DELETED = """
      select schedule_id from pawl_schedules s where namespace = ? and deleted_at is not null and deleted_at < ?
        and not exists (select 1 from pawl_schedule_events e
          where e.namespace = s.namespace and e.schedule_id = s.schedule_id)
      order by deleted_at limit ?""";
  private static final String DELETE =
      "delete from pawl_schedules where namespace = ? and schedule_id = ? and deleted_at < ?";

  private final Access access;
  private final Commits<Write, ScheduleCommits.Sheet> commits;

  ScheduleRows(Access access, StoreConfig config, StoreCounters counters) {
    this.access = access;
    this.commits = new Commits<>(access, new ScheduleCommits(access), config, counters);
  }

  @Override
  public List<Outcome> commit(List<Write> group) {
    return group.isEmpty() ? List.of() : commits.commit(group, access.timelines().changes());
  }

  /** One row, read or not. */
  private record Found(Key key, @Nullable Schedule schedule, String why) {}

  private static Found found(Row row) throws SQLException {
    Key key = new Key(row.text(), row.text());
    long version = row.number();
    long events = row.number();
    String data = row.text();
    try {
      return new Found(key, ScheduleJson.read(key.id(), version, events, data), "");
    } catch (CorruptHistory unreadable) {
      return new Found(key, null, String.valueOf(unreadable.getMessage()));
    }
  }

  @Override
  public Loaded load(Collection<Key> keys) {
    Map<Key, Schedule> schedules = new HashMap<>();
    Map<Key, String> corrupt = new HashMap<>(0);
    access.read(link -> {
      for (List<Key> part : GuardedJobs.parts(Set.copyOf(keys))) {
        try (Call call = link.sql(LOAD.formatted(ScheduleCommits.anyOf(part.size())))) {
          for (Key key : Link.padded(part)) call.text(key.namespace()).text(key.id());
          for (Found one : call.list(ScheduleRows::found)) {
            if (one.schedule() == null) corrupt.put(one.key(), one.why());
            else schedules.put(one.key(), one.schedule());
          }
        }
      }
      return true;
    });
    return new Loaded(schedules, corrupt);
  }

  @Override
  public List<Schedule> list(Listing listing) {
    String first = Boolean.TRUE.equals(listing.paused()) ? ScheduleCommits.PAUSED : ScheduleCommits.ACTIVE;
    String second = Boolean.FALSE.equals(listing.paused()) ? ScheduleCommits.ACTIVE : ScheduleCommits.PAUSED;
    Cursor after = listing.after();
    long at = after == null ? Long.MAX_VALUE : Micros.nearest(after.createdAt());
    List<Found> all = access.read(link -> {
      try (Call call = link.sql(LIST)) {
        return call.text(listing.namespace()).text(first).text(second).yes(listing.type() == null).text(listing.type())
            .number(at).number(at).text(after == null ? "" : after.id()).number(listing.limit())
            .list(ScheduleRows::found);
      }
    });
    List<Schedule> readable = new ArrayList<>(all.size());
    for (Found one : all) {
      if (one.schedule() == null) LOG.error("{}", one.why());
      else readable.add(one.schedule());
    }
    return readable;
  }

  @Override
  public List<ScheduleEvent> history(Key key, long after, int limit) {
    return access.read(link -> {
      try (Call call = link.sql(HISTORY)) {
        return call.text(key.namespace()).text(key.id()).number(after).number(limit).list(row ->
            new ScheduleEvent(row.number(), row.instant(), ScheduleJson.readFact(row.text(), row.text())));
      }
    });
  }

  @Override
  public int prune(String namespace, Instant before, int limit) {
    record Entry(String id, long seq) {}
    long cut = Micros.nearest(before);
    return access.change(link -> {
      int gone = 0;
      List<Entry> old;
      try (Call call = link.sql(OLD_EVENTS)) {
        old = call.text(namespace).number(cut).number(limit).list(row -> new Entry(row.text(), row.number()));
      }
      try (Call delete = link.sql(DELETE_EVENT)) {
        for (Entry entry : old) delete.text(namespace).text(entry.id()).number(entry.seq()).add();
        gone += Arrays.stream(delete.flush()).map(count -> count > 0 ? count : 0).sum();
      }
      List<String> deleted;
      try (Call call = link.sql(DELETED)) {
        deleted = call.text(namespace).number(cut).number(limit).list(Row::text);
      }
      try (Call delete = link.sql(DELETE)) {
        for (String id : deleted) gone += delete.text(namespace).text(id).number(cut).update();
      }
      return gone;
    });
  }
}
