package dev.pawl.engine.store.sql;

import dev.pawl.core.job.Breaker;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** What types of jobs need outside, and whether it is there. */
final class BreakerRows {
  private static final String COLUMNS =
      "b.namespace, b.name, b.state, b.failures, b.trips, b.allowed, b.passed, b.since, b.until_at, b.why";
  private static final String ALL = "select " + COLUMNS + " from pawl_breakers b";
  private static final String LOCKED = "select " + COLUMNS + " " + """
      from pawl_breakers b{by key} where b.namespace = ? and b.name = ?{for update}""";
  private static final String OF_TYPE = "select " + COLUMNS + " " + """
      from pawl_breakers b{by key} where b.namespace = ? and b.name = (
        select n.name from pawl_job_needs n where n.namespace = ? and n.type = ?){for update}""";
  private static final String INSERT = """
      insert into pawl_breakers (namespace, name, state, failures, trips, allowed, passed, since, until_at, why)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";
  private static final String UPDATE = """
      update pawl_breakers set state = ?, failures = ?, trips = ?, allowed = ?, passed = ?, since = ?, until_at = ?, why = ?
      where namespace = ? and name = ?""";
  private static final String UNNEED = "delete from pawl_job_needs where namespace = ? and type = ?";
  private static final String NEED = "insert into pawl_job_needs (namespace, type, name) values (?, ?, ?)";

  private final Access access;

  BreakerRows(Access access) {
    this.access = access;
  }

  List<Breaker> all() {
    return access.read(link -> {
      try (Call call = link.sql(ALL)) {
        return call.list(BreakerRows::read);
      }
    });
  }

  private static Breaker read(Row row) throws SQLException {
    String namespace = row.text();
    String name = row.text();
    Breaker.State state = Breaker.State.valueOf(row.text());
    int failures = row.integer();
    int trips = row.integer();
    int allowed = row.integer();
    int passed = row.integer();
    Instant since = row.instant();
    Instant until = row.instantOrNull();
    return new Breaker(namespace, name, state, failures, trips, allowed, passed, since, until, row.textOrNull());
  }

  /** The breaker of what a type needs, locked until the end of the transaction; null: there is none. */
  static @Nullable Breaker ofType(Link link, String namespace, String type) throws SQLException {
    try (Call call = link.sql(OF_TYPE)) {
      return call.text(namespace).text(namespace).text(type).first(BreakerRows::read);
    }
  }

  Breaker change(String namespace, String name, BiFunction<Breaker, Instant, Breaker> decision) {
    return access.change(link -> {
      Instant now = Queues.now(link);
      Breaker there;
      try (Call call = link.sql(LOCKED)) {
        there = call.text(namespace).text(name).first(BreakerRows::read);
      }
      Breaker after = decision.apply(there == null ? Breaker.closed(namespace, name, now) : there, now);
      if (after.equals(there)) return after;
      try (Call call = link.sql(there == null ? INSERT : UPDATE)) {
        if (there == null) write(call.text(namespace).text(name), after).update();
        else write(call, after).text(namespace).text(name).update();
      }
      return after;
    });
  }

  private static Call write(Call call, Breaker breaker) throws SQLException {
    return call.text(breaker.state().name()).number(breaker.failures()).number(breaker.trips())
        .number(breaker.allowed()).number(breaker.passed()).instant(breaker.since()).instant(breaker.until())
        .text(Texts.words(breaker.why()));
  }

  void need(String namespace, Map<String, String> needs) {
    access.change(link -> {
      try (Call unneed = link.sql(UNNEED); Call need = link.sql(NEED)) {
        for (Map.Entry<String, String> one : new TreeMap<>(needs).entrySet()) {
          unneed.text(namespace).text(one.getKey()).update();
          need.text(namespace).text(one.getKey()).text(one.getValue()).update();
        }
        return true;
      }
    });
  }
}
