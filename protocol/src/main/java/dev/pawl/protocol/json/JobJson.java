package dev.pawl.protocol.json;

import dev.pawl.core.job.BackoffProfile;
import dev.pawl.core.job.CheckTerms;
import dev.pawl.core.job.DeadLetterCause;
import dev.pawl.core.job.JobError;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobTies;
import dev.pawl.core.job.LeaseTerms;
import dev.pawl.core.job.OperatorPapers;
import dev.pawl.core.job.RetryTerms;
import dev.pawl.core.job.Singleton;
import dev.pawl.core.job.UwerCode;
import dev.pawl.core.run.CorruptHistory;
import dev.pawl.core.value.Payload;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What of a job has no column of its own, as JSON. Everything standard is left out, and a text with nothing in it is
 * null: most jobs have none.
 */
public final class JobJson {
  private JobJson() {}

  /**
   * What was submitted, besides the columns.
   *
   * @param createdAt null: the instant at which it was accepted
   * @param actor who handed it in; null: this engine's own ingress
   * @param original bytes of a legacy submission
   * @param extensions an object of JSON
   * @param ties without the limit key, which has a column
   */
  public record Terms(
      @Nullable String correlationId,
      @Nullable Instant createdAt,
      @Nullable Instant notBefore,
      LeaseTerms lease,
      RetryTerms retry,
      CheckTerms check,
      @Nullable String schema,
      @Nullable String actor,
      @Nullable Payload original,
      @Nullable String extensions,
      JobTies ties) {
    public static final Terms STANDARD = new Terms(null, null, null, LeaseTerms.STANDARD, RetryTerms.STANDARD,
        CheckTerms.STANDARD, null, null, null, null, JobTies.NONE);
  }

  /** What of the state of a job is rare: nothing of it is there while a new job waits, is worked on and succeeds. */
  public record Rest(
      @Nullable JobPhase prevPhase,
      int checks,
      int redrives,
      @Nullable Instant cancelRequestedAt,
      boolean deadlinePassed,
      boolean deadlineDropped,
      @Nullable Instant resumeAt,
      @Nullable String externalRef,
      long externalEpoch,
      @Nullable JobError lastError,
      @Nullable Instant expiresAt,
      long progress,
      @Nullable Instant progressAt,
      int attempt,
      int losses) {
    public static final Rest NONE =
        new Rest(null, 0, 0, null, false, false, null, null, 0, null, null, 0, null, 1, 0);
  }

  /**
   * What a line of the ledger says besides its columns.
   *
   * @param error how the job ended; null: as {@code rest} says, or without one
   * @param rest of the state after a terminal transition
   */
  public record Line(
      @Nullable JobError error, @Nullable UwerCode refused, @Nullable OperatorPapers papers, Rest rest, long fromEpoch) {
    /** A line that says nothing more; its job had no epoch but the line's. */
    public static final Line PLAIN = new Line(null, null, null, Rest.NONE, -1);
  }

  // ---- writing

  public static @Nullable String write(Terms terms) {
    if (terms.equals(Terms.STANDARD)) return null;
    JsonText out = JsonText.take().open();
    out.text("correlation", terms.correlationId());
    out.instant("created", terms.createdAt());
    out.instant("notBefore", terms.notBefore());
    if (!terms.lease().equals(LeaseTerms.STANDARD)) {
      out.name("lease").open();
      out.duration("timeout", terms.lease().leaseTimeout());
      out.duration("progress", terms.lease().progressTimeout());
      out.duration("execution", terms.lease().executionTimeout());
      out.close();
    }
    if (!terms.retry().equals(RetryTerms.STANDARD)) {
      out.name("retry").open();
      out.text("profile", terms.retry().profile().name());
      out.number("attempts", terms.retry().maxAttempts());
      out.close();
    }
    if (!terms.check().equals(CheckTerms.STANDARD)) {
      out.name("check").open();
      out.duration("poll", terms.check().poll());
      out.number("most", terms.check().maxChecks());
      out.close();
    }
    out.text("schema", terms.schema());
    out.text("actor", terms.actor());
    PayloadJson.write(out, "original", terms.original());
    out.text("extensions", terms.extensions());
    write(out, terms.ties());
    return out.close().done();
  }

  private static void write(JsonText out, JobTies ties) {
    Singleton one = ties.singleton();
    if (one != null) {
      out.name("singleton").open();
      out.text("key", one.key());
      if (one.quiet() != null) out.duration("quiet", one.quiet());
      if (one.most() != null) out.duration("most", one.most());
      out.close();
    }
    out.text("batch", ties.batch());
  }

  public static @Nullable String write(Rest rest) {
    if (rest.equals(Rest.NONE)) return null;
    JsonText out = JsonText.take();
    write(out, rest);
    return out.done();
  }

  private static void write(JsonText out, Rest rest) {
    out.open();
    if (rest.prevPhase() != null) out.text("prev", rest.prevPhase().name());
    if (rest.checks() != 0) out.number("checks", rest.checks());
    if (rest.redrives() != 0) out.number("redrives", rest.redrives());
    out.instant("cancel", rest.cancelRequestedAt());
    out.flag("deadlinePassed", rest.deadlinePassed());
    out.flag("deadlineDropped", rest.deadlineDropped());
    out.instant("resume", rest.resumeAt());
    out.text("ref", rest.externalRef());
    if (rest.externalEpoch() != 0) out.number("refEpoch", rest.externalEpoch());
    write(out, "error", rest.lastError());
    out.instant("expires", rest.expiresAt());
    if (rest.progress() != 0) out.number("progress", rest.progress());
    out.instant("progressAt", rest.progressAt());
    if (rest.attempt() != 1) out.number("attempt", rest.attempt());
    if (rest.losses() != 0) out.number("losses", rest.losses());
    out.close();
  }

  public static @Nullable String write(Line line) {
    if (line.equals(Line.PLAIN)) return null;
    JsonText out = JsonText.take().open();
    if (line.fromEpoch() >= 0) out.number("fromEpoch", line.fromEpoch());
    write(out, "error", line.error());
    if (line.refused() != null) out.text("refused", line.refused().wire());
    OperatorPapers papers = line.papers();
    if (papers != null) {
      out.name("papers").open();
      out.text("operator", papers.operator());
      out.text("role", papers.role());
      out.text("channel", papers.channel());
      out.text("ticket", papers.ticket());
      out.text("standing", papers.standing().name());
      out.text("reason", papers.reason());
      out.text("request", papers.requestId());
      out.text("approver", papers.approver());
      out.close();
    }
    if (!line.rest().equals(Rest.NONE)) write(out.name("rest"), line.rest());
    return out.close().done();
  }

  /** An error alone, as text for a column. */
  public static @Nullable String write(@Nullable JobError error) {
    if (error == null) return null;
    JsonText out = JsonText.take();
    write(out, error);
    return out.done();
  }

  private static void write(JsonText out, String name, @Nullable JobError error) {
    if (error != null) write(out.name(name), error);
  }

  private static void write(JsonText out, JobError error) {
    out.open();
    out.text("code", error.code());
    out.text("title", error.title());
    out.text("detail", error.detail());
    out.flag("retryable", error.retryable());
    out.text("pointer", error.pointer());
    out.close();
  }

  // ---- reading; each throws CorruptHistory for what was never written here

  /** @throws CorruptHistory if {@link #write(Terms)} never wrote this */
  public static Terms readTerms(@Nullable String json) {
    return json == null ? Terms.STANDARD : Reading.whole("a job", json, JobJson::terms);
  }

  /** @throws CorruptHistory if {@link #write(Rest)} never wrote this */
  public static Rest readRest(@Nullable String json) {
    return json == null ? Rest.NONE : Reading.whole("the state of a job", json, JobJson::rest);
  }

  /** @throws CorruptHistory if {@link #write(Line)} never wrote this */
  public static Line readLine(@Nullable String json) {
    return json == null ? Line.PLAIN : Reading.whole("a line of a job's ledger", json, JobJson::line);
  }

  /** @throws CorruptHistory if {@link #write(JobError)} never wrote this */
  public static @Nullable JobError readError(@Nullable String json) {
    return json == null ? null : Reading.whole("the error of a job", json, JobJson::error);
  }

  private static void each(JsonSource in, Consumer<String> member) {
    in.open();
    for (String name = in.member(); name != null; name = in.member()) member.accept(name);
  }

  private static final class Draft {
    @Nullable String correlation;
    @Nullable Instant created;
    @Nullable Instant notBefore;
    LeaseTerms lease = LeaseTerms.STANDARD;
    RetryTerms retry = RetryTerms.STANDARD;
    CheckTerms check = CheckTerms.STANDARD;
    @Nullable String schema;
    @Nullable String actor;
    @Nullable String extensions;
    @Nullable Payload original;
    JobTies ties = JobTies.NONE;

    @Nullable JobPhase prev;
    int checks;
    int redrives;
    @Nullable Instant cancel;
    boolean deadlinePassed;
    boolean deadlineDropped;
    @Nullable Instant resume;
    @Nullable String ref;
    long refEpoch;
    @Nullable JobError error;
    @Nullable Instant expires;
    long progress;
    @Nullable Instant progressAt;
    int attempt = 1;
    int losses;

    @Nullable UwerCode refused;
    @Nullable OperatorPapers papers;
    Rest rest = Rest.NONE;
    long fromEpoch = -1;
  }

  private static Terms terms(JsonSource in) {
    Draft d = new Draft();
    each(in, name -> {
      switch (name) {
        case "correlation" -> d.correlation = in.string();
        case "created" -> d.created = in.instant();
        case "notBefore" -> d.notBefore = in.instant();
        case "lease" -> d.lease = lease(in);
        case "retry" -> d.retry = retry(in);
        case "check" -> d.check = check(in);
        case "schema" -> d.schema = in.string();
        case "actor" -> d.actor = in.string();
        case "original" -> d.original = PayloadJson.read(in);
        case "extensions" -> d.extensions = in.string();
        case "singleton" -> d.ties = d.ties.singleton(singleton(in));
        case "batch" -> d.ties = d.ties.batch(in.string());
        default -> in.skip();
      }
    });
    return new Terms(d.correlation, d.created, d.notBefore, d.lease, d.retry, d.check, d.schema, d.actor, d.original,
        d.extensions, d.ties);
  }

  private static Singleton singleton(JsonSource in) {
    String[] key = {""};
    java.time.Duration[] times = new java.time.Duration[2];
    each(in, name -> {
      switch (name) {
        case "key" -> key[0] = in.string();
        case "quiet" -> times[0] = in.duration();
        case "most" -> times[1] = in.duration();
        default -> in.skip();
      }
    });
    return new Singleton(key[0], times[0], times[1]);
  }

  private static LeaseTerms lease(JsonSource in) {
    java.time.Duration[] all = {LeaseTerms.STANDARD.leaseTimeout(), LeaseTerms.STANDARD.progressTimeout(),
        LeaseTerms.STANDARD.executionTimeout()};
    each(in, name -> {
      switch (name) {
        case "timeout" -> all[0] = in.duration();
        case "progress" -> all[1] = in.duration();
        case "execution" -> all[2] = in.duration();
        default -> in.skip();
      }
    });
    return new LeaseTerms(all[0], all[1], all[2]);
  }

  private static RetryTerms retry(JsonSource in) {
    BackoffProfile[] profile = {BackoffProfile.STANDARD};
    int[] attempts = {BackoffProfile.STANDARD.maxAttempts()};
    each(in, name -> {
      switch (name) {
        case "profile" -> profile[0] = Reading.oneOf(BackoffProfile.class, in.string());
        case "attempts" -> attempts[0] = in.integer();
        default -> in.skip();
      }
    });
    return new RetryTerms(profile[0], attempts[0]);
  }

  private static CheckTerms check(JsonSource in) {
    java.time.Duration[] poll = {CheckTerms.STANDARD.poll()};
    int[] most = {CheckTerms.STANDARD.maxChecks()};
    each(in, name -> {
      switch (name) {
        case "poll" -> poll[0] = in.duration();
        case "most" -> most[0] = in.integer();
        default -> in.skip();
      }
    });
    return new CheckTerms(poll[0], most[0]);
  }

  private static Rest rest(JsonSource in) {
    Draft d = new Draft();
    each(in, name -> {
      switch (name) {
        case "prev" -> d.prev = Reading.oneOf(JobPhase.class, in.string());
        case "checks" -> d.checks = in.integer();
        case "redrives" -> d.redrives = in.integer();
        case "cancel" -> d.cancel = in.instant();
        case "deadlinePassed" -> d.deadlinePassed = in.bool();
        case "deadlineDropped" -> d.deadlineDropped = in.bool();
        case "resume" -> d.resume = in.instant();
        case "ref" -> d.ref = in.string();
        case "refEpoch" -> d.refEpoch = in.number();
        case "error" -> d.error = error(in);
        case "expires" -> d.expires = in.instant();
        case "progress" -> d.progress = in.number();
        case "progressAt" -> d.progressAt = in.instant();
        case "attempt" -> d.attempt = in.integer();
        case "losses" -> d.losses = in.integer();
        default -> in.skip();
      }
    });
    return new Rest(d.prev, d.checks, d.redrives, d.cancel, d.deadlinePassed, d.deadlineDropped, d.resume, d.ref,
        d.refEpoch, d.error, d.expires, d.progress, d.progressAt, d.attempt, d.losses);
  }

  private static Line line(JsonSource in) {
    Draft d = new Draft();
    each(in, name -> {
      switch (name) {
        case "fromEpoch" -> d.fromEpoch = in.number();
        case "error" -> d.error = error(in);
        case "refused" -> {
          String code = in.string();
          d.refused = UwerCode.parse(code).orElseThrow(() -> new BadJson("'%s' is no code".formatted(code)));
        }
        case "papers" -> d.papers = papers(in);
        case "rest" -> d.rest = rest(in);
        default -> in.skip();
      }
    });
    return new Line(d.error, d.refused, d.papers, d.rest, d.fromEpoch);
  }

  private static OperatorPapers papers(JsonSource in) {
    @Nullable String[] text = {"", "", "", null, "", "", null};
    OperatorPapers.Standing[] standing = {OperatorPapers.Standing.NOT_ASKED};
    each(in, name -> {
      switch (name) {
        case "operator" -> text[0] = in.string();
        case "role" -> text[1] = in.string();
        case "channel" -> text[2] = in.string();
        case "ticket" -> text[3] = in.string();
        case "standing" -> standing[0] = Reading.oneOf(OperatorPapers.Standing.class, in.string());
        case "reason" -> text[4] = in.string();
        case "request" -> text[5] = in.string();
        case "approver" -> text[6] = in.string();
        default -> in.skip();
      }
    });
    return new OperatorPapers(word(text[0]), word(text[1]), word(text[2]), text[3], standing[0], word(text[4]),
        word(text[5]), text[6]);
  }

  private static String word(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static JobError error(JsonSource in) {
    @Nullable String[] text = new String[4];
    boolean[] retryable = {false};
    each(in, name -> {
      switch (name) {
        case "code" -> text[0] = in.string();
        case "title" -> text[1] = in.string();
        case "detail" -> text[2] = in.string();
        case "retryable" -> retryable[0] = in.bool();
        case "pointer" -> text[3] = in.string();
        default -> in.skip();
      }
    });
    return new JobError(word(text[0]), word(text[1]), text[2], retryable[0], text[3]);
  }

  /** The cause of this name. @throws CorruptHistory if this build knows none */
  public static DeadLetterCause cause(String name) {
    try {
      return DeadLetterCause.valueOf(name);
    } catch (IllegalArgumentException unknown) {
      throw new CorruptHistory("'%s' is no cause that this build knows".formatted(name), unknown);
    }
  }
}
