package dev.pawl.engine.store.sql;

import dev.pawl.core.job.Actor;
import dev.pawl.core.job.DeadLetterCause;
import dev.pawl.core.job.JobEnding;
import dev.pawl.core.job.JobError;
import dev.pawl.core.job.JobEvent;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobLease;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobSpec;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.LeaseEnd;
import dev.pawl.core.job.LeaseTerms;
import dev.pawl.core.job.Stage;
import dev.pawl.core.job.Transition;
import dev.pawl.core.run.CorruptHistory;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.Payload;
import dev.pawl.protocol.json.JobJson;
import dev.pawl.protocol.json.PayloadJson;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Rows of jobs, back and forth. */
final class JobRows {
  private static final String SHA_256 = "sha-256:";
  private static final long STANDARD_EXECUTION = micros(LeaseTerms.STANDARD.executionTimeout());

  private JobRows() {}

  // ---- what was submitted

  static final String SPEC_COLUMNS = """
      j.job_id, j.namespace, j.type, j.job_key, j.digest, j.priority, j.accepted_at, j.deadline_at, j.limit_key, j.spec,
      j.codec, j.payload""";

  static final String INSERT_JOB = """
      insert into pawl_jobs (job_id, namespace, type, job_key, digest, priority, accepted_at, due_at, deadline_at,
        execution, limit_key, spec, codec, payload)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";

  static Call job(Call call, JobSheet sheet) throws SQLException {
    JobState job = sheet.after;
    JobSpec spec = job.spec();
    return call.uuid(job.id().value()).text(spec.namespace()).text(spec.type()).text(spec.key())
        .bytes(digest(spec.digest())).number(spec.priority()).instant(sheet.at).instant(job.visibleAt())
        .instant(spec.deadline()).numberOrNull(execution(spec)).text(spec.ties().limitKey())
        .text(sheet.terms()).text(codec(spec.payload()))
        .text(text(spec.payload()));
  }

  record Spec(JobId id, JobSpec spec, Instant acceptedAt, JobJson.Terms terms) {}

  static Spec spec(Row row) throws SQLException {
    return spec(new JobId(row.uuid()), row);
  }

  /** @param row without its first column, the id */
  static Spec spec(JobId id, Row row) throws SQLException {
    String namespace = row.text();
    String type = row.text();
    String key = row.text();
    String digest = digest(row.bytes());
    int priority = row.integer();
    Instant accepted = row.instant();
    Instant deadline = row.instantOrNull();
    String limitKey = row.textOrNull();
    JobJson.Terms terms = JobJson.readTerms(row.textOrNull());
    Payload payload = payload(row.textOrNull(), row.text());
    Instant created = terms.createdAt();
    return new Spec(id, new JobSpec(namespace, type, key, digest, terms.correlationId(), priority,
        created == null ? accepted : created, terms.notBefore(), deadline, terms.lease(), terms.retry(), terms.check(),
        payload, terms.schema(), terms.extensions(), terms.ties().limitKey(limitKey)), accepted, terms);
  }

  // ---- its state while it is open

  static final String OPEN_COLUMNS = """
      o.phase, o.version, o.epoch, o.visible_at, o.session, o.granted_at, o.attempt, o.losses, o.more""";

  static final String INSERT_OPEN = """
      insert into pawl_open_jobs (job_id, namespace, type, priority, phase, version, epoch, visible_at, session,
        granted_at, attempt, losses, look_at, execution, more, limit_key)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";

  static final String UPDATE_OPEN = """
      update pawl_open_jobs set phase = ?, version = ?, epoch = ?, visible_at = ?, session = ?, granted_at = ?,
        attempt = ?, losses = ?, look_at = ?, more = ?
      where job_id = ? and version = ?""";

  static final String DELETE_OPEN = "delete from pawl_open_jobs where job_id = ? and version = ?";

  static Call insertOpen(Call call, JobSheet sheet) throws SQLException {
    JobState job = sheet.after;
    JobLease lease = job.lease();
    return call.uuid(job.id().value()).text(job.spec().namespace()).text(job.spec().type())
        .number(job.spec().priority()).text(job.phase().name()).number(job.version()).number(job.epoch())
        .instant(job.visibleAt()).uuid(session(lease)).instant(lease == null ? null : lease.grantedAt())
        .number(job.attempt()).number(job.losses()).instant(sheet.lookAt()).numberOrNull(execution(job.spec()))
        .text(sheet.more()).text(job.spec().ties().limitKey());
  }

  static Call updateOpen(Call call, JobSheet sheet) throws SQLException {
    JobState job = sheet.after;
    JobLease lease = job.lease();
    return call.text(job.phase().name()).number(job.version()).number(job.epoch()).instant(job.visibleAt())
        .uuid(session(lease)).instant(lease == null ? null : lease.grantedAt()).number(job.attempt())
        .number(job.losses()).instant(sheet.lookAt()).text(sheet.more()).uuid(job.id().value())
        .number(sheet.expected());
  }

  static JobState open(Spec from, Row row) throws SQLException {
    JobPhase phase = phase(row.text());
    long version = row.number();
    long epoch = row.number();
    Instant visibleAt = row.instant();
    UUID session = row.uuidOrNull();
    Instant granted = row.instantOrNull();
    int attempt = row.integer();
    int losses = row.integer();
    JobJson.Rest rest = JobJson.readRest(row.textOrNull());
    JobSpec spec = from.spec();
    JobLease lease = null;
    if (session != null && granted != null) {
      Instant progressAt = rest.progressAt();
      lease = new JobLease(epoch, new SessionId(session), session.toString(),
          phase == JobPhase.AWAITING ? Stage.CHECK : Stage.PROCESS, granted, rest.expiresAt(),
          granted.plus(spec.lease().executionTimeout()), rest.progress(), progressAt == null ? granted : progressAt);
    }
    return new JobState(from.id(), spec, phase, rest.prevPhase(), epoch, lease, attempt, losses, rest.checks(),
        rest.redrives(), rest.cancelRequestedAt(), rest.deadlinePassed(), visibleAt, rest.resumeAt(),
        rest.deadlineDropped() ? null : spec.deadline(), rest.externalRef(), rest.externalEpoch(), rest.lastError(),
        null, version);
  }

  // ---- the ledger

  static final String LINE_COLUMNS = """
      l.job_id, l.version, l.ord, l.namespace, l.at, l.event, l.from_phase, l.to_phase, l.epoch, l.actor, l.end_kind,
      l.session, l.granted_at, l.digest, l.cause, l.codec, l.result, l.more""";

  static final String INSERT_LINE = """
      insert into pawl_job_ledger (job_id, version, ord, namespace, at, event, from_phase, to_phase, epoch, actor,
        end_kind, session, granted_at, digest, cause, codec, result, more)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";

  static Call line(Call call, JobSheet sheet, JobSheet.Line line) throws SQLException {
    Transition what = line.what();
    Payload result = sheet.result(line);
    return line(call, what, line.version(), 0, digestOf(sheet, line), result, sheet.more(line));
  }

  static Call refused(Call call, Transition what, long version, long ord, @Nullable Payload body) throws SQLException {
    return line(call, what, version, ord, null, body,
        JobJson.write(new JobJson.Line(null, what.refused(), what.papers(), JobJson.Rest.NONE, -1)));
  }

  private static Call line(Call call, Transition what, long version, long ord, byte @Nullable [] digest,
      @Nullable Payload result, @Nullable String more) throws SQLException {
    LeaseEnd end = what.end();
    JobPhase from = what.from();
    call.uuid(what.job().value()).number(version).number(ord).text(what.namespace()).instant(what.at())
        .text(what.event().name()).text(from == null ? null : from.name()).text(what.to().name())
        .number(what.toEpoch()).text(Texts.cut(what.actor().toString(), Texts.MAX_NAME))
        .text(end == null ? null : end.kind().name()).uuid(end == null ? null : end.session().value())
        .instant(end == null ? null : end.grantedAt());
    if (digest == null) call.noBytes();
    else call.bytes(digest);
    return call.text(what.cause() == null ? null : what.cause().name()).text(result == null ? null : codec(result))
        .text(result == null ? null : text(result)).text(more);
  }

  /** Of the commit that ended the lease, or of the callback that ended the job. */
  static byte @Nullable [] digestOf(JobSheet sheet, JobSheet.Line line) {
    LeaseEnd end = line.what().end();
    String digest = end == null ? null : end.digest();
    JobEnding ending = sheet.after.ending();
    if (digest == null && ending != null && sheet.kind == JobSheet.Kind.ENDS
        && line.version() == sheet.after.version()) {
      digest = ending.digest();
    }
    return digest == null ? null : digest(digest);
  }

  /** A line as it lies there. */
  record Line(Transition what, long version, long ord, @Nullable String digest, @Nullable Payload result,
      JobJson.Line more) {

    /** The job after the line that ended it. */
    JobState ended(Spec from) {
      JobJson.Rest rest = more.rest();
      JobPhase phase = what.to();
      JobError error = more.error() != null ? more.error() : phase == JobPhase.SUCCEEDED ? null : rest.lastError();
      boolean reported = phase == JobPhase.SUCCEEDED || phase == JobPhase.FAILED;
      JobEnding ending = new JobEnding(what.at(), what.cause(), reported ? digest : null, result, error);
      return new JobState(from.id(), from.spec(), phase, null, what.toEpoch(), null, rest.attempt(), rest.losses(),
          rest.checks(), rest.redrives(), rest.cancelRequestedAt(), false, what.at(), null,
          rest.deadlineDropped() ? null : from.spec().deadline(), rest.externalRef(), rest.externalEpoch(),
          rest.lastError(), ending, version);
    }
  }

  static Line line(Row row) throws SQLException {
    JobId id = new JobId(row.uuid());
    long version = row.number();
    long ord = row.number();
    String namespace = row.text();
    Instant at = row.instant();
    JobEvent event = JobEvent.valueOf(row.text());
    String from = row.textOrNull();
    JobPhase to = phase(row.text());
    long epoch = row.number();
    Actor actor = actor(row.text());
    String kind = row.textOrNull();
    UUID session = row.uuidOrNull();
    Instant granted = row.instantOrNull();
    byte[] digest = row.bytes();
    String cause = row.textOrNull();
    String codec = row.textOrNull();
    String result = row.textOrNull();
    JobJson.Line more = JobJson.readLine(row.textOrNull());
    String shown = digest.length == 0 ? null : digest(digest);
    LeaseEnd end = null;
    if (kind != null && session != null && granted != null) {
      LeaseEnd.Kind how = LeaseEnd.Kind.valueOf(kind);
      end = new LeaseEnd(id, more.fromEpoch() >= 0 ? more.fromEpoch() : epoch, how, event, new SessionId(session),
          granted, at, how == LeaseEnd.Kind.REVOKE ? null : shown, to);
    }
    DeadLetterCause why = cause == null ? null : JobJson.cause(cause);
    return new Line(new Transition(id, namespace, at, actor, event, from == null ? null : phase(from),
        more.fromEpoch() >= 0 ? more.fromEpoch() : epoch, to, epoch, end, why, more.refused(), more.papers()), version,
        ord, shown, result == null ? null : payload(codec, result), more);
  }

  /** The line that a submission has in the row of the job itself. */
  static Transition submission(Spec of) {
    String actor = of.terms().actor();
    Instant start = of.terms().notBefore();
    return new Transition(of.id(), of.spec().namespace(), of.acceptedAt(),
        actor(actor == null ? JobSheet.OWN_INGRESS : actor), JobEvent.SUBMIT, null, 0,
        start != null && start.isAfter(of.acceptedAt()) ? JobPhase.SCHEDULED : JobPhase.READY, 0, null, null, null,
        null);
  }

  // ---- values

  private static JobPhase phase(String name) {
    try {
      return JobPhase.valueOf(name);
    } catch (IllegalArgumentException unknown) {
      throw new CorruptHistory("'%s' is no phase that this build knows".formatted(name), unknown);
    }
  }

  static Actor actor(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) return new Actor(Actor.Kind.EXTERNAL, text);
    Optional<Actor.Kind> kind = Arrays.stream(Actor.Kind.values())
        .filter(k -> k.name().toLowerCase(Locale.ROOT).equals(text.substring(0, colon))).findFirst();
    return new Actor(kind.orElse(Actor.Kind.EXTERNAL), text.substring(colon + 1));
  }

  static @Nullable UUID session(@Nullable JobLease lease) {
    return lease == null ? null : lease.session().value();
  }

  /** Null: the standard hour. */
  static @Nullable Long execution(JobSpec spec) {
    long micros = micros(spec.lease().executionTimeout());
    return micros == STANDARD_EXECUTION ? null : (Long) micros;
  }

  static long micros(Duration time) {
    return time.toNanos() / 1000;
  }

  static byte[] digest(String text) {
    if (!text.startsWith(SHA_256) || text.length() != SHA_256.length() + 64) {
      throw new IllegalArgumentException("digest: expected sha-256: and 64 hex digits, got '%s'".formatted(text));
    }
    return HexFormat.of().parseHex(text, SHA_256.length(), text.length());
  }

  static String digest(byte[] bytes) {
    return SHA_256 + HexFormat.of().formatHex(bytes);
  }

  /** Null: the payload is the JSON text itself, for people to read. */
  static @Nullable String codec(Payload payload) {
    return payload.codec().equals(Payload.JSON) && plain(payload) ? null : payload.codec();
  }

  static String text(Payload payload) {
    return codec(payload) == null ? payload.text() : PayloadJson.write(payload);
  }

  private static boolean plain(Payload payload) {
    byte[] bytes = payload.bytes();
    for (byte b : bytes) if (b == 0) return false;
    return payload.utf8().isPresent();
  }

  static Payload payload(@Nullable String codec, String text) {
    return codec == null
        ? Payload.wrap(Payload.JSON, text.getBytes(StandardCharsets.UTF_8))
        : PayloadJson.read(text);
  }
}
