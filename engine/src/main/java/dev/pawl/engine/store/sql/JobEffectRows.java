package dev.pawl.engine.store.sql;

import dev.pawl.core.job.JobId;
import dev.pawl.core.task.SessionId;
import dev.pawl.engine.store.JobStore.Done;
import dev.pawl.engine.store.JobStore.Doing;
import dev.pawl.protocol.json.PayloadJson;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The ledger of effects: what the steps of jobs came to. A line is written once, by whoever holds the job's lease. */
final class JobEffectRows {
  private static final String FIND = "select epoch, request, response from pawl_job_effects where job_id = ? and step = ?";
  private static final String ALL = """
      select step, epoch, request, response from pawl_job_effects where job_id = ? order by at, step""";
  /** Held until the line is there: who takes the lease away waits, and who has taken it has made this one lose. */
  private static final String HOLD = """
      select namespace from pawl_open_jobs{by key} where job_id = ? and epoch = ? and session = ?{for update}""";
  private static final String RECORD = """
      insert into pawl_job_effects (job_id, step, namespace, epoch, at, request, response)
      values (?, ?, ?, ?, {now}, ?, ?)""";

  private final Access access;

  JobEffectRows(Access access) {
    this.access = access;
  }

  Optional<Done> find(JobId job, String step) {
    return access.read(link -> {
      try (Call call = link.sql(FIND)) {
        return Optional.ofNullable(found(call, job, step));
      }
    });
  }

  Map<String, Done> all(JobId job) {
    return access.read(link -> {
      Map<String, Done> all = new LinkedHashMap<>();
      try (Call call = link.sql(ALL)) {
        call.uuid(job.value()).list(row -> Map.entry(row.text(), done(row)))
            .forEach(one -> all.put(one.getKey(), one.getValue()));
      }
      return all;
    });
  }

  private static Done done(Row row) throws SQLException {
    return new Done(row.number(), row.textOrNull(), PayloadJson.read(row.text()));
  }

  private static @Nullable Done found(Call call, JobId job, String step) throws SQLException {
    return call.uuid(job.value()).text(step).first(JobEffectRows::done);
  }

  /** Empty: somebody else has the lease. */
  Optional<Done> record(Doing doing, SessionId session) {
    return access.change(link -> {
      String namespace;
      try (Call hold = link.sql(HOLD)) {
        namespace = held(hold, doing, session);
      }
      if (namespace == null) return Optional.<Done>empty();
      try (Call find = link.sql(FIND)) {
        Done there = found(find, doing.job(), doing.step());
        if (there != null) return Optional.of(there);
      }
      try (Call record = link.sql(RECORD)) {
        fill(record, doing, namespace).update();
      }
      return Optional.of(doing.done());
    });
  }

  /** The same in a transaction of the user's. */
  Optional<Done> record(Connection users, Doing doing, SessionId session) throws SQLException {
    try (Call hold = access.onUsers(users, HOLD); Call find = access.onUsers(users, FIND);
        Call record = access.onUsers(users, RECORD)) {
      String namespace = held(hold, doing, session);
      if (namespace == null) return Optional.empty();
      Done there = found(find, doing.job(), doing.step());
      if (there != null) return Optional.of(there);
      fill(record, doing, namespace).update();
      return Optional.of(doing.done());
    }
  }

  private static @Nullable String held(Call hold, Doing doing, SessionId session) throws SQLException {
    return hold.uuid(doing.job().value()).number(doing.epoch()).uuid(session.value()).first(Row::text);
  }

  private static Call fill(Call record, Doing doing, String namespace) throws SQLException {
    return record.uuid(doing.job().value()).text(doing.step()).text(namespace).number(doing.epoch())
        .text(doing.request()).text(PayloadJson.write(doing.response()));
  }
}
