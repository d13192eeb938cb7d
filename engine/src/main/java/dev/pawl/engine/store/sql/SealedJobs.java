package dev.pawl.engine.store.sql;

import dev.pawl.core.job.AuditChain;
import dev.pawl.core.job.JobId;
import dev.pawl.engine.store.JobStore.AuditReport;
import dev.pawl.engine.store.JobStore.SealPage;
import dev.pawl.engine.store.JobStore.SealWalk;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The chain of hashes over the ledgers of jobs that are over, a link for each job; one that stays open has a link for what is
 * older than an hour. Whoever seals holds the head of the
 * namespace's chain; it is locked before anything else is read.
 */
final class SealedJobs {
  private static final String KEYS = "select j.job_id from pawl_jobs j where j.job_id > ? order by j.job_id limit ?";
  private static final String OVER = """
      select j.job_id, j.namespace, l.version from pawl_jobs j, pawl_job_ledger l
      where j.job_id in (%s) and l.job_id = j.job_id and l.ord = 0
        and l.version = (select max(m.version) from pawl_job_ledger m where m.job_id = j.job_id and m.ord = 0)
        and not exists (select 1 from pawl_sealed_jobs s where s.job_id = j.job_id and s.version >= l.version)
        and (not exists (select 1 from pawl_open_jobs o where o.job_id = j.job_id)
          or exists (select 1 from pawl_job_ledger m where m.job_id = j.job_id and m.ord = 0 and m.at < {now} - 3600000000
            and not exists (select 1 from pawl_sealed_jobs s where s.job_id = j.job_id and s.version >= m.version)))""";
  private static final String LINES = "select " + JobRows.LINE_COLUMNS + " " + """
      from pawl_job_ledger l where l.job_id in (%s) and l.ord = 0 order by l.job_id, l.version""";
  private static final String HEAD = """
      select base, base_hash, seq, hash from pawl_sealed_heads{by key} where namespace = ?{for update}""";
  private static final String LOOK_AT_HEAD = "select base, base_hash, seq, hash from pawl_sealed_heads where namespace = ?";
  private static final String FIRST_HEAD =
      "insert into pawl_sealed_heads (namespace, base, base_hash, seq, hash) values (?, 0, ?, 0, ?)";
  private static final String NEXT_HEAD = "update pawl_sealed_heads set seq = ?, hash = ? where namespace = ?";
  private static final String SEAL = """
      insert into pawl_sealed_jobs (job_id, version, namespace, seq, digest, hash) values (?, ?, ?, ?, ?, ?)""";
  private static final String LINKS = """
      select s.seq, s.job_id, s.version, s.digest, s.hash, j.job_id
      from pawl_sealed_jobs s left join pawl_jobs j on j.job_id = s.job_id
      where s.namespace = ? and s.seq > ? order by s.seq limit ?""";
  private static final String FORGET = "delete from pawl_sealed_jobs where job_id = ? and version = ?";
  private static final String NEXT_BASE = "update pawl_sealed_heads set base = ?, base_hash = ? where namespace = ?";

  private final Access access;

  SealedJobs(Access access) {
    this.access = access;
  }

  private record Over(JobId job, String namespace, long version) {}

  private record Head(long base, byte[] baseHash, long seq, byte[] hash) {}

  /** @param there whether the job is kept */
  private record Sealed(long seq, JobId job, long version, byte[] digest, byte[] hash, boolean there) {}

  // ---- sealing

  /** Seals what is over among the next rows, and what is an hour old. */
  SealWalk seal(UUID from, int rows) {
    List<UUID> keys = access.read(link -> {
      try (Call call = link.sql(KEYS)) {
        return call.uuid(from).number(rows).list(Row::uuid);
      }
    });
    if (keys.isEmpty()) return new SealWalk(0, null);
    Map<String, List<JobId>> byNamespace = new TreeMap<>();
    for (Over one : access.read(link -> over(link, keys))) {
      byNamespace.computeIfAbsent(one.namespace(), n -> new ArrayList<>()).add(one.job());
    }
    int sealed = 0;
    for (Map.Entry<String, List<JobId>> one : byNamespace.entrySet()) {
      sealed += access.change(link -> seal(link, one.getKey(), one.getValue()));
    }
    return new SealWalk(sealed, keys.size() < rows ? null : keys.getLast());
  }

  private static List<Over> over(Link link, List<UUID> keys) throws SQLException {
    try (Call call = link.sql(OVER.formatted(Link.marks(keys.size())))) {
      for (UUID key : Link.padded(keys)) call.uuid(key);
      return call.list(row -> new Over(new JobId(row.uuid()), row.text(), row.number()));
    }
  }

  private static int seal(Link link, String namespace, List<JobId> jobs) throws SQLException {
    Head head = head(link, namespace, HEAD);
    if (head == null) {
      byte[] start = AuditChain.start();
      try (Call call = link.sql(FIRST_HEAD)) {
        call.text(namespace).bytes(start).bytes(start).update();
      }
      head = new Head(0, start, 0, start);
    }
    // Again, now that nobody else can seal: another node may have been quicker.
    List<Over> over = over(link, jobs.stream().map(JobId::value).toList());
    if (over.isEmpty()) return 0;
    Map<JobId, List<JobRows.Line>> lines = lines(link, over.stream().map(Over::job).toList());
    long seq = head.seq();
    byte[] hash = head.hash();
    try (Call call = link.sql(SEAL)) {
      for (Over one : over) {
        byte[] digest = digest(lines.getOrDefault(one.job(), List.of()), one.version());
        hash = next(hash, ++seq, one.job(), one.version(), digest);
        call.uuid(one.job().value()).number(one.version()).text(namespace).number(seq).bytes(digest).bytes(hash).add();
      }
      call.flush();
    }
    try (Call call = link.sql(NEXT_HEAD)) {
      call.number(seq).bytes(hash).text(namespace).update();
    }
    return over.size();
  }

  private static @Nullable Head head(Link link, String namespace, String sql) throws SQLException {
    try (Call call = link.sql(sql)) {
      return call.text(namespace).first(row -> new Head(row.number(), row.bytes(), row.number(), row.bytes()));
    }
  }

  private static Map<JobId, List<JobRows.Line>> lines(Link link, List<JobId> jobs) throws SQLException {
    Map<JobId, List<JobRows.Line>> lines = new HashMap<>();
    try (Call call = link.sql(LINES.formatted(Link.marks(jobs.size())))) {
      for (JobId job : Link.padded(jobs)) call.uuid(job.value());
      for (JobRows.Line line : call.list(JobRows::line)) {
        lines.computeIfAbsent(line.what().job(), j -> new ArrayList<>()).add(line);
      }
    }
    return lines;
  }

  private static byte[] next(byte[] before, long seq, JobId job, long version, byte[] digest) {
    return AuditChain.seal(before, seq,
        Arrays.asList(job.toString(), Long.toString(version), HexFormat.of().formatHex(digest)));
  }

  /** Of the lines of a ledger up to a version: a chain of its own. */
  private static byte[] digest(List<JobRows.Line> lines, long version) {
    byte[] digest = AuditChain.start();
    long number = 0;
    for (JobRows.Line line : lines) {
      if (line.version() <= version) digest = AuditChain.seal(digest, ++number, AuditChain.fields(line.what()));
    }
    return digest;
  }

  // ---- verifying

  /** Computes the next links of a chain again. @param after the last one that is known to be sound; 0: from the beginning */
  SealPage verify(String namespace, long after, int limit) {
    while (true) {
      Head head = look(namespace);
      if (head == null) return new SealPage(0, after, true, null);
      SealPage page = verify(namespace, head, after, limit);
      if (page.why() == null) return page;
      // Or links were forgotten while this was reading.
      Head now = look(namespace);
      if (now == null || now.base() == head.base()) return page;
    }
  }

  private @Nullable Head look(String namespace) {
    return access.read(link -> Optional.ofNullable(head(link, namespace, LOOK_AT_HEAD))).orElse(null);
  }

  private SealPage verify(String namespace, Head head, long after, int limit) {
    List<Sealed> page = access.read(link -> {
      try (Call call = link.sql(LINKS)) {
        return call.text(namespace).number(Math.max(0, Math.max(head.base(), after) - 1)).number(limit + 1).list(row ->
            new Sealed(row.number(), new JobId(row.uuid()), row.number(), row.bytes(), row.bytes(),
                row.textOrNull() != null));
      }
    });
    long seq = head.base();
    byte[] hash = head.baseHash();
    List<Sealed> wanted = page;
    if (after > head.base()) {
      Sealed known = page.isEmpty() ? null : page.getFirst();
      if (known == null || known.seq() != after) return broken(0, after, "link %d is gone".formatted(after));
      seq = after;
      hash = known.hash();
      wanted = page.subList(1, page.size());
    }
    Map<JobId, List<JobRows.Line>> lines = wanted.isEmpty() ? Map.of()
        : access.read(link -> lines(link, wanted(page)));
    int looked = 0;
    for (Sealed one : wanted) {
      if (one.seq() <= seq) continue;
      if (one.seq() != seq + 1) return broken(looked, seq, "link %d is gone".formatted(seq + 1));
      String why = flaw(one, hash, lines.getOrDefault(one.job(), List.of()));
      if (why != null) return broken(looked, seq, why);
      seq = one.seq();
      hash = one.hash();
      looked++;
    }
    boolean through = looked < limit;
    if (through && seq < head.seq()) return broken(looked, seq, "link %d is gone".formatted(seq + 1));
    if (through && seq == head.seq() && !Arrays.equals(hash, head.hash())) return broken(looked, seq, "the chain ends otherwise");
    return new SealPage(looked, seq, through, null);
  }

  private static List<JobId> wanted(List<Sealed> page) {
    return page.stream().map(Sealed::job).distinct().toList();
  }

  private static SealPage broken(int looked, long after, String why) {
    return new SealPage(looked, after, true, why);
  }

  private static @Nullable String flaw(Sealed one, byte[] before, List<JobRows.Line> lines) {
    if (!Arrays.equals(one.hash(), next(before, one.seq(), one.job(), one.version(), one.digest()))) {
      return "link %d was changed".formatted(one.seq());
    }
    // Of a job that retention has taken, only the link is left.
    if (!one.there()) return null;
    // Later lines came when it was driven again.
    if (Arrays.equals(one.digest(), digest(lines, one.version()))) return null;
    return "the ledger of job %s was changed".formatted(one.job());
  }

  /** All of it. */
  AuditReport verify(String namespace) {
    long jobs = 0;
    long after = 0;
    while (true) {
      SealPage page = verify(namespace, after, 500);
      jobs += page.jobs();
      after = page.next();
      String why = page.why();
      if (why != null) return new AuditReport(jobs, after + 1, why);
      if (page.through()) return new AuditReport(jobs, null, null);
    }
  }

  // ---- forgetting

  /** Moves the beginning of the chain behind links whose jobs are gone. @return how many went */
  int forget(String namespace, int limit) {
    return access.change(link -> {
      Head head = head(link, namespace, HEAD);
      if (head == null || head.base() == head.seq()) return 0;
      List<Sealed> page;
      try (Call call = link.sql(LINKS)) {
        page = call.text(namespace).number(head.base()).number(limit).list(row -> new Sealed(row.number(),
            new JobId(row.uuid()), row.number(), row.bytes(), row.bytes(), row.textOrNull() != null));
      }
      int gone = 0;
      while (gone < page.size() && !page.get(gone).there() && page.get(gone).seq() == head.base() + gone + 1) gone++;
      if (gone == 0) return 0;
      try (Call call = link.sql(FORGET)) {
        for (Sealed one : page.subList(0, gone)) call.uuid(one.job().value()).number(one.version()).add();
        call.flush();
      }
      try (Call call = link.sql(NEXT_BASE)) {
        call.number(head.base() + gone).bytes(page.get(gone - 1).hash()).text(namespace).update();
      }
      return gone;
    });
  }
}
