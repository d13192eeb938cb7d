package dev.pawl.engine.store.sql;

import dev.pawl.engine.store.JobStore.Pause;
import dev.pawl.engine.store.JobStore.Type;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/** What is known of types of jobs. */
final class JobTypeRows {
  private static final String TYPES = """
      select t.namespace, t.type, t.served_at, t.follows_dead, t.paused_at, t.paused_by, t.paused_because,
        l.running, l.running_per_key, l.rate_permits, l.rate_period, l.rate_burst, l.key_permits, l.key_period, l.key_burst,
        n.name
      from pawl_job_types t left join pawl_job_limits l on l.namespace = t.namespace and l.type = t.type
        left join pawl_job_needs n on n.namespace = t.namespace and n.type = t.type""";
  private static final String SERVE = """
      update pawl_job_types set served_at = {now}, follows_dead = case when ? = 1 then 1 else follows_dead end
      where namespace = ? and type = ?""";
  private static final String PAUSE = """
      update pawl_job_types set paused_at = ?, paused_by = ?, paused_because = ? where namespace = ? and type = ?""";
  private static final String KNOW = """
      insert into pawl_job_types (namespace, type, served_at, follows_dead) values (?, ?, null, 0)""";
  private static final String RESUME = """
      update pawl_job_types set paused_at = null, paused_by = null, paused_because = null
      where namespace = ? and type = ? and paused_at is not null""";
  private static final String IS_KNOWN = "select 1 from pawl_job_types where namespace = ? and type = ?";

  private final Access access;

  JobTypeRows(Access access) {
    this.access = access;
  }

  List<Type> types() {
    return access.read(link -> {
      try (Call call = link.sql(TYPES)) {
        return call.list(row -> {
          String namespace = row.text();
          String type = row.text();
          Instant served = row.instantOrNull();
          boolean followed = row.yes();
          Instant paused = row.instantOrNull();
          String by = row.textOrNull();
          String why = row.textOrNull();
          return new Type(namespace, type, served, followed,
              paused == null ? null : new Pause(paused, by == null ? "" : by, why == null ? "" : why),
              JobLimitRows.read(row), row.textOrNull());
        });
      }
    });
  }

  void serve(String namespace, Collection<String> types, Collection<String> followed) {
    access.change(link -> {
      try (Call serve = link.sql(SERVE); Call know = link.sql(KNOW)) {
        for (String type : types.stream().sorted().toList()) {
          int yes = followed.contains(type) ? 1 : 0;
          if (serve.number(yes).text(namespace).text(type).update() > 0) continue;
          know.text(namespace).text(type).update();
          serve.number(yes).text(namespace).text(type).update();
        }
        return true;
      }
    });
  }

  void pause(String namespace, String type, Pause pause) {
    access.change(link -> {
      try (Call call = link.sql(PAUSE); Call know = link.sql(KNOW)) {
        String actor = Texts.words(pause.actor());
        String reason = Texts.words(pause.reason());
        if (call.instant(pause.at()).text(actor).text(reason).text(namespace).text(type).update() > 0) return true;
        know.text(namespace).text(type).update();
        call.instant(pause.at()).text(actor).text(reason).text(namespace).text(type).update();
        return true;
      }
    });
  }

  boolean resume(String namespace, String type) {
    return access.change(link -> {
      try (Call call = link.sql(RESUME)) {
        return call.text(namespace).text(type).update() > 0;
      }
    });
  }

  void know(String namespace, String type) {
    access.change(link -> {
      try (Call look = link.sql(IS_KNOWN); Call know = link.sql(KNOW)) {
        if (look.text(namespace).text(type).first(Row::number) == null) know.text(namespace).text(type).update();
        return true;
      }
    });
  }

  boolean know(Connection users, String namespace, String type) throws SQLException {
    if (!access.dialect().locksWhole()) return false;
    try (Call look = access.onUsers(users, IS_KNOWN); Call know = access.onUsers(users, KNOW)) {
      if (look.text(namespace).text(type).first(Row::number) == null) know.text(namespace).text(type).update();
    }
    return true;
  }
}
