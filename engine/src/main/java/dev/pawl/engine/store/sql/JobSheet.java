package dev.pawl.engine.store.sql;

import dev.pawl.core.job.AutoRedrive;
import dev.pawl.core.job.DeadLetterCause;
import dev.pawl.core.job.JobDecision;
import dev.pawl.core.job.JobEffect;
import dev.pawl.core.job.JobEnding;
import dev.pawl.core.job.JobError;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobLease;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.Transition;
import dev.pawl.core.value.Payload;
import dev.pawl.engine.store.JobStore;
import dev.pawl.protocol.json.JobJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One change of one job, turned into rows and a guard. */
final class JobSheet {
  /** What becomes of its row among the open jobs. */
  enum Kind {
    BORN,
    STAYS,
    ENDS,
    /** Driven again after its end. */
    RETURNS
  }

  /** A line of the ledger at its version. */
  record Line(Transition what, long version) {}

  final Kind kind;
  final @Nullable JobState before;
  final JobState after;
  final List<Line> lines = new ArrayList<>(1);
  /** A letter is written. */
  @Nullable DeadLetterCause buried;
  /** A letter is taken away. */
  boolean raised;
  JobEffect.@Nullable SingletonTaken stands;
  JobEffect.@Nullable Joined joins;
  JobEffect.@Nullable BatchDone completes;
  @Nullable Payload original;
  @Nullable String actor;
  Instant at = Instant.EPOCH;

  JobSheet(JobDecision.Change<?> change) {
    before = change.before();
    after = change.after();
    boolean open = !after.phase().terminal();
    kind = before == null ? Kind.BORN
        : !before.phase().terminal() ? (open ? Kind.STAYS : Kind.ENDS)
        : Kind.RETURNS;
    if (kind == Kind.RETURNS && !open) throw new IllegalArgumentException("a finished job finishes again");
    if (kind == Kind.BORN && !open) throw new IllegalArgumentException("a job is born dead");
    long version = before == null ? 0 : before.version();
    for (JobEffect effect : change.effects()) {
      switch (effect) {
        case JobEffect.Noted noted -> {
          // The row of a new job says all that its line would.
          at = noted.line().at();
          if (kind == Kind.BORN) actor = noted.line().actor().toString();
          else lines.add(new Line(noted.line(), ++version));
        }
        case JobEffect.KeyTaken taken -> original = taken.original();
        case JobEffect.Buried letter -> buried = letter.cause();
        case JobEffect.Raised over -> raised = true;
        case JobEffect.SingletonTaken taken -> stands = taken;
        case JobEffect.Joined joined -> joins = joined;
        case JobEffect.BatchDone done -> completes = done;
        case JobEffect.Superseded older -> throw new IllegalArgumentException("a superseded job is a change of its own");
        case JobEffect.Spawned child -> throw new IllegalArgumentException("a spawned job is a change of its own");
      }
    }
    // The line that ends a job is found by the version of its end.
    if (!lines.isEmpty() && kind != Kind.BORN) {
      Line last = lines.removeLast();
      lines.add(new Line(last.what(), after.version()));
    }
  }

  JobId id() {
    return after.id();
  }

  /** Whether an operator did it: its lines are sealed. */
  boolean audited() {
    for (Line line : lines) if (line.what().papers() != null) return true;
    return false;
  }

  /** Whether rows that tie it to other jobs are written with it, and guarded. */
  boolean tied() {
    return stands != null || joins != null || completes != null;
  }

  JobStore.Key key() {
    return new JobStore.Key(after.spec().namespace(), after.spec().type(), after.spec().key());
  }

  long expected() {
    return before == null ? 0 : before.version();
  }

  int bytes() {
    JobEnding ending = after.ending();
    Payload result = ending == null ? null : ending.result();
    String extensions = after.spec().extensions();
    int submitted = after.spec().payload().size() + (extensions == null ? 0 : extensions.length());
    return (kind == Kind.BORN ? submitted : 0) + (result == null ? 0 : result.size()) + 300;
  }

  /** When a duty must look for a reason that is neither the claim nor the lease. */
  @Nullable Instant lookAt() {
    Instant at = null;
    Instant deadline = after.deadlineAt();
    Instant cancel = after.cancelRequestedAt();
    if (deadline != null && !after.deadlinePassed()) at = deadline;
    if (after.phase() == JobPhase.HELD) at = earlier(at, after.visibleAt());
    if (cancel != null && after.leased()) at = earlier(at, cancel.plus(JobState.CANCEL_GRACE));
    return at;
  }

  private static Instant earlier(@Nullable Instant a, Instant b) {
    return a == null || b.isBefore(a) ? b : a;
  }

  /** When the policy drives the dead letter again; null: never. */
  @Nullable Instant redriveAt() {
    JobEnding ending = after.ending();
    DeadLetterCause cause = buried;
    if (cause == null || ending == null || !cause.redrivable() || after.redrives() >= AutoRedrive.MAX_REDRIVES) {
      return null;
    }
    return ending.at().plus(AutoRedrive.DISTANCE);
  }

  /** The rare part of an open job. */
  @Nullable String more() {
    JobLease lease = after.lease();
    boolean moved = lease != null && lease.progress() != 0;
    if (after.phase() != JobPhase.HELD && after.checks() == 0 && after.redrives() == 0 && !moved
        && after.cancelRequestedAt() == null && after.externalRef() == null && after.lastError() == null
        && !after.deadlinePassed() && (lease == null || lease.expiresAt() == null) && !dropped()) {
      return null;
    }
    return JobJson.write(rest(1, 0));
  }

  private boolean dropped() {
    return after.deadlineAt() == null && after.spec().deadline() != null;
  }

  private JobJson.Rest rest(int attempt, int losses) {
    JobLease lease = after.lease();
    boolean moved = lease != null && lease.progress() != 0;
    return new JobJson.Rest(after.prevPhase(), after.checks(), after.redrives(), after.cancelRequestedAt(),
        after.deadlinePassed(), dropped(), after.resumeAt(), after.externalRef(), after.externalEpoch(),
        after.lastError(), lease == null ? null : lease.expiresAt(), moved && lease != null ? lease.progress() : 0,
        moved && lease != null ? lease.progressAt() : null, attempt, losses);
  }

  /** What a line says besides its columns; the state after the end is part of the line that ends the job. */
  @Nullable String more(Line line) {
    Transition what = line.what();
    boolean last = kind == Kind.ENDS && line.version() == after.version();
    JobEnding ending = last ? after.ending() : null;
    long epoch = what.fromEpoch() == what.toEpoch() ? -1 : what.fromEpoch();
    JobJson.Rest rest = last ? rest(after.attempt(), after.losses()) : JobJson.Rest.NONE;
    // What the state's last error says already is not said twice.
    JobError error = last
        ? (ending == null || Objects.equals(ending.error(), after.lastError()) ? null : ending.error())
        : (what.end() == null ? null : after.lastError());
    if (epoch < 0 && error == null && what.refused() == null && what.papers() == null
        && rest.equals(JobJson.Rest.NONE)) {
      return null;
    }
    return JobJson.write(new JobJson.Line(error, what.refused(), what.papers(), rest, epoch));
  }

  @Nullable Payload result(Line line) {
    boolean last = kind == Kind.ENDS && line.version() == after.version();
    JobEnding ending = after.ending();
    return last && ending != null ? ending.result() : null;
  }

  /** What the submission says besides its columns. */
  @Nullable String terms() {
    var spec = after.spec();
    return JobJson.write(new JobJson.Terms(spec.correlationId(), spec.createdAt().equals(at) ? null : spec.createdAt(),
        spec.notBefore(), spec.lease(), spec.retry(), spec.check(), spec.schema(), ownIngress(actor) ? null : actor,
        original, spec.extensions(), spec.ties().limitKey(null)));
  }

  static final String OWN_INGRESS = "ingress:engine";

  private static boolean ownIngress(@Nullable String actor) {
    return actor == null || actor.equals(OWN_INGRESS);
  }
}
