package dev.pawl.engine.store.sql;

import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.LeaseEnd;
import dev.pawl.core.job.Transition;
import dev.pawl.core.run.CorruptHistory;
import dev.pawl.engine.store.JobStore.Key;
import dev.pawl.engine.store.JobStore.LeaseKey;
import dev.pawl.engine.store.StoreCounters;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Jobs as they lie there: open ones, finished ones, and how their leases ended. */
final class JobLoading {
  private static final Logger LOG = LoggerFactory.getLogger(JobLoading.class);

  private static final String OPEN = "select " + JobRows.SPEC_COLUMNS + ", " + JobRows.OPEN_COLUMNS
      + " from pawl_open_jobs o, pawl_jobs j where j.job_id = o.job_id and o.job_id in (%s)";
  private static final String SPECS = "select " + JobRows.SPEC_COLUMNS + " from pawl_jobs j where j.job_id in (%s)";
  private static final String LINES = "select " + JobRows.LINE_COLUMNS
      + " from pawl_job_ledger l where l.job_id in (%s) and l.ord = 0 order by l.job_id, l.version";
  static final String BY_KEY = """
      select job_id, namespace, type, job_key from pawl_jobs where namespace = ? and type = ? and job_key = ?""";
  private static final String LEDGER = "select " + JobRows.LINE_COLUMNS
      + " from pawl_job_ledger l where l.job_id = ? order by l.version, l.ord limit ?";

  private final Access access;
  private final StoreCounters counters;

  JobLoading(Access access, StoreCounters counters) {
    this.access = access;
    this.counters = counters;
  }

  Map<JobId, JobState> load(Collection<JobId> ids) {
    if (ids.isEmpty()) return Map.of();
    counters.loads.increment();
    return access.read(link -> {
      Map<JobId, JobState> found = open(link, ids);
      List<JobId> rest = ids.stream().filter(id -> !found.containsKey(id)).toList();
      if (rest.isEmpty()) return found;
      Map<JobId, JobRows.Spec> specs = specs(link, rest);
      Map<JobId, JobRows.Line> ends = new HashMap<>();
      for (List<JobId> part : GuardedJobs.parts(specs.keySet())) {
        for (JobRows.Line line : lines(link, part)) ends.put(line.what().job(), line);
      }
      specs.forEach((id, spec) -> {
        JobRows.Line end = ends.get(id);
        if (end != null && end.what().to().terminal()) found.put(id, end.ended(spec));
      });
      // Driven again between the two looks: it is open now.
      List<JobId> returned = rest.stream().filter(id -> specs.containsKey(id) && !found.containsKey(id)).toList();
      if (!returned.isEmpty()) found.putAll(open(link, returned));
      return found;
    });
  }

  /** Open jobs; one that cannot be read is left out and said. */
  static Map<JobId, JobState> open(Link link, Collection<JobId> ids) throws SQLException {
    Map<JobId, JobState> found = new LinkedHashMap<>();
    for (List<JobId> part : GuardedJobs.parts(ids)) {
      try (Call call = link.sql(OPEN.formatted(Link.marks(part.size())))) {
        for (JobId id : Link.padded(part)) call.uuid(id.value());
        call.list(row -> {
          try {
            JobState job = JobRows.open(JobRows.spec(row), row);
            found.put(job.id(), job);
          } catch (CorruptHistory | IllegalArgumentException unreadable) {
            LOG.error("a job cannot be read and is left alone", unreadable);
          }
          return true;
        });
      }
    }
    return found;
  }

  Map<JobId, JobRows.Spec> specs(Collection<JobId> ids) {
    return access.read(link -> specs(link, ids));
  }

  static Map<JobId, JobRows.Spec> specs(Link link, Collection<JobId> ids) throws SQLException {
    Map<JobId, JobRows.Spec> found = new LinkedHashMap<>();
    for (List<JobId> part : GuardedJobs.parts(ids)) {
      try (Call call = link.sql(SPECS.formatted(Link.marks(part.size())))) {
        for (JobId id : Link.padded(part)) call.uuid(id.value());
        call.list(row -> {
          try {
            JobRows.Spec spec = JobRows.spec(row);
            found.put(spec.id(), spec);
          } catch (CorruptHistory | IllegalArgumentException unreadable) {
            LOG.error("a job cannot be read and is left alone", unreadable);
          }
          return true;
        });
      }
    }
    return found;
  }

  private static List<JobRows.Line> lines(Link link, List<JobId> ids) throws SQLException {
    try (Call call = link.sql(LINES.formatted(Link.marks(ids.size())))) {
      for (JobId id : Link.padded(ids)) call.uuid(id.value());
      return call.list(JobRows::line);
    }
  }

  List<JobRows.Line> lines(JobId id) {
    return access.read(link -> lines(link, List.of(id)));
  }

  Map<Key, JobState> byKey(Collection<Key> keys) {
    Map<Key, JobId> ids = access.read(link -> {
      Map<Key, JobId> found = new LinkedHashMap<>();
      try (Call call = link.sql(BY_KEY)) {
        for (Key key : keys) {
          JobId id = call.text(key.namespace()).text(key.type()).text(key.key()).first(row -> new JobId(row.uuid()));
          if (id != null) found.put(key, id);
        }
      }
      return found;
    });
    Map<JobId, JobState> jobs = load(ids.values());
    Map<Key, JobState> found = new LinkedHashMap<>();
    ids.forEach((key, id) -> {
      JobState job = jobs.get(id);
      if (job != null) found.put(key, job);
    });
    return found;
  }

  Map<LeaseKey, LeaseEnd> ends(Collection<LeaseKey> leases) {
    if (leases.isEmpty()) return Map.of();
    return access.read(link -> {
      Map<LeaseKey, LeaseEnd> found = new HashMap<>();
      List<JobId> ids = leases.stream().map(LeaseKey::job).distinct().toList();
      for (List<JobId> part : GuardedJobs.parts(ids)) {
        for (JobRows.Line line : lines(link, part)) {
          LeaseEnd end = line.what().end();
          if (end != null) found.put(new LeaseKey(end.job(), end.epoch()), end);
        }
      }
      found.keySet().retainAll(leases);
      return found;
    });
  }

  List<Transition> ledger(JobId job, int limit) {
    JobRows.Spec spec = specs(List.of(job)).get(job);
    if (spec == null) return List.of();
    List<JobRows.Line> lines = access.read(link -> {
      try (Call call = link.sql(LEDGER)) {
        return call.uuid(job.value()).number(limit).list(JobRows::line);
      }
    });
    List<Transition> all = new ArrayList<>();
    all.add(JobRows.submission(spec));
    lines.stream().sorted(Comparator.comparing((JobRows.Line line) -> line.what().at())
        .thenComparing(line -> line.ord() != 0).thenComparingLong(JobRows.Line::version)).forEach(line -> all.add(line.what()));
    return all;
  }
}
