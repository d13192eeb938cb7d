package dev.pawl.engine.store.sql;

import dev.pawl.core.job.JobEnding;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.Transition;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/** What finished jobs leave behind, and how it goes. */
final class JobUpkeep {
  static final String OLDEST = """
      select j.job_id, j.namespace, j.accepted_at from pawl_jobs j where j.job_id > ? order by j.job_id limit ?""";
  private static final String IS_OPEN = "select job_id from pawl_open_jobs where job_id in (%s)";

  private static final String UNSEALED = """
      delete from pawl_job_ledger where job_id = ? and not exists (select 1 from pawl_job_seals s
        where s.job_id = pawl_job_ledger.job_id and s.version = pawl_job_ledger.version and s.ord = pawl_job_ledger.ord)""";
  private static final int PAGES = 20;

  private final Access access;
  private final JobLoading loading;
  /** Where the walk of each namespace stands; absent: at the beginning. */
  private final Map<String, JobId> prunedTo = new ConcurrentHashMap<>();

  JobUpkeep(Access access, JobLoading loading) {
    this.access = access;
    this.loading = loading;
  }

  /**
   * Ids rise with time, so the oldest jobs come first and no index on their ends is needed. A walk goes on where the last
   * one stopped, and begins anew when it has come to jobs that are too young to have ended long ago.
   */
  int prune(String namespace, Instant endedBefore, int limit) {
    for (int page = 0; page < PAGES; page++) {
      List<JobId> doomed = ended(oldest(namespace, endedBefore, limit), endedBefore);
      if (!doomed.isEmpty()) return delete(doomed);
      if (!prunedTo.containsKey(namespace)) return 0;
    }
    return 0;
  }

  private List<JobId> oldest(String namespace, Instant before, int limit) {
    record Old(JobId id, String namespace, Instant acceptedAt) {}
    JobId from = prunedTo.getOrDefault(namespace, new JobId(new UUID(0, 0)));
    List<Old> page = access.read(link -> {
      try (Call call = link.sql(OLDEST)) {
        return call.uuid(from.value()).number(limit)
            .list(row -> new Old(new JobId(row.uuid()), row.text(), row.instant()));
      }
    });
    if (page.size() < limit || !page.getLast().acceptedAt().isBefore(before)) prunedTo.remove(namespace);
    else prunedTo.put(namespace, page.getLast().id());
    return page.stream().filter(old -> old.namespace().equals(namespace) && old.acceptedAt().isBefore(before))
        .map(Old::id).toList();
  }

  /** Those that ended long ago; a dead letter waits for a person. */
  private List<JobId> ended(List<JobId> old, Instant before) {
    return loading.load(old).values().stream().filter(job -> {
      JobEnding ending = job.ending();
      return ending != null && ending.at().isBefore(before) && job.phase() != JobPhase.DEAD_LETTERED;
    }).map(JobState::id).toList();
  }

  private int delete(List<JobId> doomed) {
    return access.change(link -> {
      List<JobId> ended = ended(link, doomed);
      deleteLines(link, ended);
      delete(link, List.of("pawl_job_singletons", "pawl_job_effects", "pawl_jobs"), ended);
      return ended.size();
    });
  }

  boolean discard(Transition line) {
    return access.change(link -> {
      List<JobId> one = ended(link, List.of(line.job()));
      if (one.isEmpty() || JobLoading.specs(link, one).isEmpty()) return false;
      delete(link, List.of("pawl_dead_letters", "pawl_job_singletons", "pawl_job_effects", "pawl_jobs"), one);
      long ord = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
      try (Call call = link.sql(JobRows.INSERT_LINE)) {
        JobRows.refused(call, line, 0, ord, null).update();
      }
      JobSeals.seal(link, line, 0, ord);
      return true;
    });
  }

  private static List<JobId> ended(Link link, List<JobId> some) throws SQLException {
    List<JobId> ended = new ArrayList<>(some);
    for (List<JobId> part : GuardedJobs.parts(some)) {
      try (Call call = link.sql(IS_OPEN.formatted(Link.marks(part.size())))) {
        for (JobId id : Link.padded(part)) call.uuid(id.value());
        call.list(row -> ended.remove(new JobId(row.uuid())));
      }
    }
    return ended;
  }

  /** What is sealed stays: it says who did what, whether the job is kept or not. */
  private static void deleteLines(Link link, List<JobId> doomed) throws SQLException {
    try (Call call = link.sql(UNSEALED)) {
      for (JobId id : doomed) call.uuid(id.value()).add();
      call.flush();
    }
  }

  private static void delete(Link link, List<String> tables, List<JobId> doomed) throws SQLException {
    for (String table : tables) {
      try (Call call = link.sql("delete from " + table + " where job_id = ?")) {
        for (JobId id : doomed) call.uuid(id.value()).add();
        call.flush();
      }
    }
  }
}
