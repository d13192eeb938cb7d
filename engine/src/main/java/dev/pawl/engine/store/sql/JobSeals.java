package dev.pawl.engine.store.sql;

import dev.pawl.core.job.AuditChain;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.Transition;
import dev.pawl.engine.store.JobStore;
import dev.pawl.engine.store.JobStore.AuditReport;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The chain of hashes over what operators did and tried. A line is sealed in the transaction that writes it, as it is read
 * back, so that the chain has no unsealed end. The head of a namespace's chain is locked last of all rows.
 */
final class JobSeals {
  private static final int PAGE = 500;

  private static final String HEAD =
      "select seq, hash from pawl_audit_heads{by key} where namespace = ?{for update}";
  private static final String FIRST_HEAD = "insert into pawl_audit_heads (namespace, seq, hash) values (?, ?, ?)";
  private static final String NEXT_HEAD = "update pawl_audit_heads set seq = ?, hash = ? where namespace = ?";
  private static final String SEAL = """
      insert into pawl_job_seals (namespace, seq, job_id, version, ord, hash) values (?, ?, ?, ?, ?, ?)""";
  private static final String LINE = "select " + JobRows.LINE_COLUMNS
      + " from pawl_job_ledger l where l.job_id = ? and l.version = ? and l.ord = ?";
  private static final String SEALS = """
      select seq, job_id, version, ord, hash from pawl_job_seals where namespace = ? and seq > ? order by seq limit ?""";

  private static final String EXPORT = "select s.seq, s.hash, " + JobRows.LINE_COLUMNS + " " + """
      from pawl_job_seals s, pawl_job_ledger l
      where s.namespace = ? and s.seq > ? and l.job_id = s.job_id and l.version = s.version and l.ord = s.ord
      order by s.seq limit ?""";

  private final Access access;

  JobSeals(Access access) {
    this.access = access;
  }

  private record Head(long seq, byte[] hash) {}

  private record Seal(long seq, JobId job, long version, long ord, byte[] hash) {}

  /** Seals a line that this transaction has written. */
  static void seal(Link link, Transition what, long version, long ord) throws SQLException {
    Head head = head(link, what.namespace());
    long seq = head == null ? 1 : head.seq() + 1;
    Transition line = line(link, what.job(), version, ord);
    if (line == null) throw new IllegalStateException("a line to be sealed is not there");
    byte[] hash = AuditChain.seal(head == null ? AuditChain.start() : head.hash(), seq, AuditChain.fields(line));
    try (Call seal = link.sql(SEAL)) {
      seal.text(what.namespace()).number(seq).uuid(what.job().value()).number(version).number(ord).bytes(hash)
          .update();
    }
    try (Call call = link.sql(head == null ? FIRST_HEAD : NEXT_HEAD)) {
      if (head == null) call.text(what.namespace()).number(seq).bytes(hash).update();
      else call.number(seq).bytes(hash).text(what.namespace()).update();
    }
  }

  private static @Nullable Head head(Link link, String namespace) throws SQLException {
    try (Call call = link.sql(HEAD)) {
      return call.text(namespace).first(row -> new Head(row.number(), row.bytes()));
    }
  }

  private static @Nullable Transition line(Link link, JobId job, long version, long ord) throws SQLException {
    try (Call call = link.sql(LINE)) {
      JobRows.Line line = call.uuid(job.value()).number(version).number(ord).first(JobRows::line);
      return line == null ? null : line.what();
    }
  }

  List<JobStore.Sealed> audit(String namespace, long after, int limit) {
    return access.read(link -> {
      try (Call call = link.sql(EXPORT)) {
        return call.text(namespace).number(after).number(limit).list(row ->
            new JobStore.Sealed(row.number(), row.bytes(), JobRows.line(row).what()));
      }
    });
  }

  /** Computes the whole chain of a namespace again. */
  AuditReport verify(String namespace) {
    long lines = 0;
    byte[] before = AuditChain.start();
    while (true) {
      long from = lines;
      List<Seal> page = access.read(link -> {
        try (Call call = link.sql(SEALS)) {
          return call.text(namespace).number(from).number(PAGE).list(row ->
              new Seal(row.number(), new JobId(row.uuid()), row.number(), row.number(), row.bytes()));
        }
      });
      for (Seal seal : page) {
        lines++;
        if (seal.seq() != lines) return new AuditReport(lines - 1, lines, "line %d is missing".formatted(lines));
        String why = broken(seal, before);
        if (why != null) return new AuditReport(lines - 1, lines, why);
        before = seal.hash();
      }
      if (page.size() < PAGE) break;
    }
    byte[] end = before;
    long count = lines;
    boolean whole = access.read(link -> {
      try (Call call = link.sql("select seq, hash from pawl_audit_heads where namespace = ?")) {
        Head head = call.text(namespace).first(row -> new Head(row.number(), row.bytes()));
        return head == null ? count == 0 : head.seq() == count && Arrays.equals(head.hash(), end);
      }
    });
    if (whole) return new AuditReport(lines, null, null);
    // Or lines came while this was reading.
    return count < next(namespace, count)
        ? verify(namespace)
        : new AuditReport(lines, lines + 1, "line %d is missing".formatted(lines + 1));
  }

  /** The number of the first seal behind {@code after}; the same number: there is none. */
  private long next(String namespace, long after) {
    return access.read(link -> {
      try (Call call = link.sql(SEALS)) {
        Long seq = call.text(namespace).number(after).number(1).first(Row::number);
        return seq == null ? after : seq;
      }
    });
  }

  private @Nullable String broken(Seal seal, byte[] before) {
    return access.read(link -> {
      Transition line;
      try {
        line = line(link, seal.job(), seal.version(), seal.ord());
      } catch (RuntimeException unreadable) {
        return Optional.of("line %d of job %s cannot be read".formatted(seal.seq(), seal.job()));
      }
      if (line == null) return Optional.of("line %d of job %s is gone".formatted(seal.seq(), seal.job()));
      boolean same = Arrays.equals(AuditChain.seal(before, seal.seq(), AuditChain.fields(line)), seal.hash());
      return same
          ? Optional.<String>empty()
          : Optional.of("line %d of job %s was changed".formatted(seal.seq(), seal.job()));
    }).orElse(null);
  }
}
