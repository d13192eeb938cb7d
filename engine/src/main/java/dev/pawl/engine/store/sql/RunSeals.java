package dev.pawl.engine.store.sql;

import dev.pawl.core.job.AuditChain;
import dev.pawl.core.job.OperatorPapers;
import dev.pawl.core.job.UwerCode;
import dev.pawl.core.run.RunTransition;
import dev.pawl.core.value.RunId;
import dev.pawl.engine.store.JobStore.AuditReport;
import dev.pawl.engine.store.RunAudit;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The chain of hashes over what operators did to runs and tried. A line is sealed in the transaction that writes it, as it
 * will be read back.
 */
final class RunSeals implements RunAudit {
  private static final int PAGE = 500;
  /** As long as a reason may be; other words are shorter, if they are not nonsense. */
  private static final int LONGEST = 1_000;

  private static final String HEAD = "select seq, hash from pawl_run_audit_heads{by key} where namespace = ?{for update}";
  private static final String LOOK = "select seq, hash from pawl_run_audit_heads where namespace = ?";
  private static final String FIRST_HEAD = "insert into pawl_run_audit_heads (namespace, seq, hash) values (?, ?, ?)";
  private static final String NEXT_HEAD = "update pawl_run_audit_heads set seq = ?, hash = ? where namespace = ?";
  private static final String INSERT = """
      insert into pawl_run_audit (namespace, seq, hash, run_id, workflow_id, at, event, from_standing, from_epoch,
        to_standing, to_epoch, new_run, refused, operator, role, channel, ticket, reason, request_id, approver)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";
  private static final String LINES = """
      select seq, hash, run_id, namespace, workflow_id, at, event, from_standing, from_epoch, to_standing, to_epoch,
        new_run, refused, operator, role, channel, ticket, reason, request_id, approver
      from pawl_run_audit where namespace = ? and seq > ? order by seq limit ?""";

  private final Access access;

  RunSeals(Access access) {
    this.access = access;
  }

  private record Head(long seq, byte[] hash) {}

  /** Writes a line and seals it. */
  static void seal(Link link, RunTransition said) throws SQLException {
    RunTransition line = asStored(said);
    OperatorPapers papers = line.papers();
    Head head = head(link, HEAD, line.namespace());
    long seq = head == null ? 1 : head.seq() + 1;
    byte[] hash = AuditChain.seal(head == null ? AuditChain.start() : head.hash(), seq, line.fields());
    try (Call call = link.sql(INSERT)) {
      call.text(line.namespace()).number(seq).bytes(hash).uuid(line.run().value()).text(line.workflowId())
          .instant(line.at()).text(line.event()).text(line.from()).number(line.fromEpoch()).text(line.to())
          .number(line.toEpoch()).uuid(line.newRun() == null ? null : line.newRun().value())
          .text(line.refused() == null ? null : line.refused().wire()).text(papers.operator()).text(papers.role())
          .text(papers.channel()).text(papers.ticket()).text(papers.reason()).text(papers.requestId())
          .text(papers.approver()).update();
    }
    try (Call call = link.sql(head == null ? FIRST_HEAD : NEXT_HEAD)) {
      if (head == null) call.text(line.namespace()).number(seq).bytes(hash).update();
      else call.number(seq).bytes(hash).text(line.namespace()).update();
    }
  }

  /** What no database keeps as it was said must not be in the hash. */
  private static RunTransition asStored(RunTransition line) {
    OperatorPapers papers = line.papers();
    return new RunTransition(line.run(), line.namespace(), line.workflowId(), Micros.toInstant(Micros.of(line.at())),
        line.event(), line.from(), line.fromEpoch(), line.to(), line.toEpoch(), line.newRun(), line.refused(),
        new OperatorPapers(words(papers.operator()), words(papers.role()), words(papers.channel()),
            Texts.cut(papers.ticket(), LONGEST), papers.standing(), words(papers.reason()), words(papers.requestId()),
            Texts.cut(papers.approver(), LONGEST)));
  }

  private static String words(String text) {
    String clean = Texts.cut(text, LONGEST);
    return clean == null ? "" : clean;
  }

  private static @Nullable Head head(Link link, String sql, String namespace) throws SQLException {
    try (Call call = link.sql(sql)) {
      return call.text(namespace).first(row -> new Head(row.number(), row.bytes()));
    }
  }

  private static Sealed sealed(Row row) throws SQLException {
    return new Sealed(row.number(), row.bytes(), line(row));
  }

  private static RunTransition line(Row row) throws SQLException {
    RunId run = new RunId(row.uuid());
    String namespace = row.text();
    String workflowId = row.text();
    var at = row.instant();
    String event = row.text();
    String from = row.text();
    long fromEpoch = row.number();
    String to = row.text();
    long toEpoch = row.number();
    UUID born = row.uuidOrNull();
    String refused = row.textOrNull();
    OperatorPapers papers = papers(row);
    return new RunTransition(run, namespace, workflowId, at, event, from, fromEpoch, to, toEpoch,
        born == null ? null : new RunId(born),
        refused == null ? null : UwerCode.parse(refused).orElseThrow(() -> new SQLException("no code: " + refused)),
        papers);
  }

  private static OperatorPapers papers(Row row) throws SQLException {
    String operator = row.text();
    String role = row.text();
    String channel = row.text();
    String ticket = row.textOrNull();
    String reason = row.text();
    return new OperatorPapers(operator, role, channel, ticket, OperatorPapers.Standing.NOT_ASKED, reason, row.text(),
        row.textOrNull());
  }

  @Override
  public List<Sealed> lines(String namespace, long after, int limit) {
    return access.read(link -> {
      try (Call call = link.sql(LINES)) {
        return call.text(namespace).number(after).number(limit).list(RunSeals::sealed);
      }
    });
  }

  @Override
  public AuditReport verify(String namespace) {
    // The end first: lines that come while this is reading are sound or found the next time.
    Head end = end(namespace).orElse(null);
    long last = end == null ? 0 : end.seq();
    byte[] before = AuditChain.start();
    long lines = 0;
    while (lines < last) {
      List<Sealed> page;
      try {
        page = lines(namespace, lines, (int) Math.min(PAGE, last - lines));
      } catch (RuntimeException unreadable) {
        return broken(lines, "a line behind %d cannot be read: %s".formatted(lines, unreadable.getMessage()));
      }
      if (page.isEmpty()) return broken(lines, "line %d is missing".formatted(lines + 1));
      for (Sealed one : page) {
        if (one.number() != lines + 1) return broken(lines, "line %d is missing".formatted(lines + 1));
        if (!Arrays.equals(AuditChain.seal(before, one.number(), one.line().fields()), one.hash())) {
          return broken(lines, "line %d of run %s was changed".formatted(one.number(), one.line().run()));
        }
        before = one.hash();
        lines++;
        if (lines == last && end != null && !Arrays.equals(before, end.hash())) {
          return broken(lines - 1, "the chain ends otherwise");
        }
      }
    }
    // Only a line that somebody else wrote can stand behind the end.
    if (!lines(namespace, last, 1).isEmpty() && last == end(namespace).map(Head::seq).orElse(0L)) {
      return broken(lines, "line %d stands behind the end of the chain".formatted(last + 1));
    }
    return new AuditReport(lines, null, null);
  }

  private Optional<Head> end(String namespace) {
    return access.read(link -> Optional.ofNullable(head(link, LOOK, namespace)));
  }

  private static AuditReport broken(long sound, String why) {
    return new AuditReport(sound, sound + 1, why);
  }
}
