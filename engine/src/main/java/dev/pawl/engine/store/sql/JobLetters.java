package dev.pawl.engine.store.sql;

import dev.pawl.core.job.DeadLetterCause;
import dev.pawl.core.job.JobError;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.Transition;
import dev.pawl.engine.store.JobStore.Count;
import dev.pawl.engine.store.JobStore.Cursor;
import dev.pawl.engine.store.JobStore.Letter;
import dev.pawl.engine.store.JobStore.LetterQuery;
import dev.pawl.engine.store.JobStore.Refused;
import dev.pawl.protocol.json.JobJson;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** What people look at: dead letters, counts, and who tried what in vain. */
final class JobLetters {
  private static final String COUNTS = """
      select type, phase, case when session is null then 0 else 1 end, count(*) from pawl_open_jobs
      where namespace = ? group by type, phase, case when session is null then 0 else 1 end order by 1, 2, 3""";

  private static final String LATE = "select " + JobRows.LINE_COLUMNS
      + " from pawl_job_ledger l where l.job_id = ? and l.ord <> 0 and l.result is not null order by l.at, l.ord limit ?";

  private final Access access;

  JobLetters(Access access) {
    this.access = access;
  }

  static String pageOf(boolean ofType, boolean ofCause, boolean behindAnother) {
    return """
        select d.job_id, d.namespace, d.type, d.cause, d.at, d.error, d.redrive_at from pawl_dead_letters d
        where d.namespace = ?""" + (ofType ? " and d.type = ?" : "") + (ofCause ? " and d.cause = ?" : "")
        + (behindAnother ? " and d.at <= ? and (d.at < ? or d.job_id < ?)" : "")
        + " order by d.at desc, d.job_id desc limit ?";
  }

  List<Letter> letters(LetterQuery query) {
    return access.read(link -> {
      try (Call call = link.sql(pageOf(query.type() != null, query.cause() != null, query.before() != null))) {
        call.text(query.namespace());
        if (query.type() != null) call.text(query.type());
        DeadLetterCause cause = query.cause();
        if (cause != null) call.text(cause.name());
        Cursor before = query.before();
        if (before != null) call.instant(before.at()).instant(before.at()).uuid(before.job().value());
        return call.number(query.limit()).list(row -> {
          JobId id = new JobId(row.uuid());
          String namespace = row.text();
          String type = row.text();
          DeadLetterCause why = JobJson.cause(row.text());
          Instant at = row.instant();
          JobError error = JobJson.readError(row.textOrNull());
          return new Letter(id, namespace, type, why, at, error, row.instantOrNull());
        });
      }
    });
  }

  List<Count> counts(String namespace) {
    return access.read(link -> {
      try (Call call = link.sql(COUNTS)) {
        return call.text(namespace).list(row ->
            new Count(row.text(), JobPhase.valueOf(row.text()), row.yes(), row.number()));
      }
    });
  }

  void note(List<Refused> refused) {
    if (refused.isEmpty()) return;
    access.change(link -> {
      Map<Long, Transition> audited = new LinkedHashMap<>();
      try (Call call = link.sql(JobRows.INSERT_LINE)) {
        for (Refused one : refused) {
          // Behind the version that it looked at, which only the ledger's order needs.
          long ord = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
          JobRows.refused(call, one.line(), 0, ord, one.body()).add();
          if (one.line().papers() != null) audited.put(ord, one.line());
        }
        call.flush();
      }
      for (Map.Entry<Long, Transition> one : audited.entrySet()) JobSeals.seal(link, one.getValue(), 0, one.getKey());
      return true;
    });
  }

  List<Refused> late(JobId job, int limit) {
    List<JobRows.Line> lines = access.read(link -> {
      try (Call call = link.sql(LATE)) {
        return call.uuid(job.value()).number(limit).list(JobRows::line);
      }
    });
    return lines.stream().map(line -> new Refused(line.what(), line.result())).toList();
  }
}
