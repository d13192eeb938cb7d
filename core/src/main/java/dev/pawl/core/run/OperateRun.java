package dev.pawl.core.run;

import dev.pawl.core.job.OperatorPapers;
import dev.pawl.core.job.UwerCode;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RunId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A manual transition of a run. Papers are looked at before the run is; what is done and what is refused are both lines of
 * the audit, in the same commit. What the transition itself does is decided by the request that anybody else would make.
 *
 * @param run only this run; null: the chain's current run
 * @param expectedEpoch the epoch that the operator saw; another one means that something happened since. Null: it is one of
 *     many that an order names, and nobody saw it
 * @param dryRun says what would happen, and writes nothing
 */
public record OperateRun(String namespace, String workflowId, @Nullable RunId run, RunAct act, OperatorPapers papers,
    @Nullable Long expectedEpoch, boolean dryRun) implements Request<OperateRun.Answer> {

  /** Both are answers: a refusal is committed too, as a line of the audit. */
  public sealed interface Answer {}

  /**
   * @param from how it stood, see {@link #standing}
   * @param epoch of its workflow task, afterwards
   * @param newRun born by a reset; null: none was
   * @param warning something the operator should know, although it was done
   */
  public record Operated(RunId run, String from, String to, long epoch, @Nullable RunId newRun, boolean dryRun,
      @Nullable String warning) implements Answer {}

  /** @param pointer to the offending field; null: it is not about one */
  public record Refused(UwerCode code, String message, @Nullable String pointer) implements Answer {}

  /** How a run stands: RUNNING, PAUSED, or how it ended. */
  public static String standing(Run run) {
    return run.state().open() && run.state().paused() ? "PAUSED" : run.state().status().name();
  }

  @Override
  public Anchor anchor() {
    return steering().anchor();
  }

  @Override
  public Needs needs() {
    return steering().needs();
  }

  private Request<?> steering() {
    return act.on(namespace, workflowId, run, papers.reason(), "operator:" + papers.operator());
  }

  @Override
  public Decision<Answer> decide(Situation situation) {
    Run target = Addressed.run(situation, namespace, workflowId);
    Optional<OperatorPapers.Flaw> flaw = papers.flaw(false, false);
    if (flaw.isPresent()) {
      return refused(target, situation, new Refused(flaw.get().code(), flaw.get().message(), flaw.get().pointer()));
    }
    if (target == null) {
      return Decision.unchanged(new Refused(UwerCode.NOT_FOUND,
          Addressed.missing(workflowId, run, act.event()).message(), null));
    }
    if (expectedEpoch != null && expectedEpoch != target.task().epoch()) {
      return refused(target, situation, new Refused(UwerCode.STALE_EPOCH,
          "expected epoch %d of run %s, but it is %d; look again".formatted(
              expectedEpoch, target.id(), target.task().epoch()), "/expected_epoch"));
    }
    return switch (steering().decide(situation)) {
      case Decision.Change<?> change -> dryRun
          ? Decision.unchanged(done(target, change))
          : audited(target, situation, change, done(target, change));
      case Decision.Unchanged<?> same -> Decision.unchanged(new Operated(target.id(), standing(target),
          standing(target), target.task().epoch(), null, dryRun, papers.warning()));
      case Decision.Rejected<?> no -> refused(target, situation, refusal(no.rejection()));
    };
  }

  private static Refused refusal(Rejection no) {
    return switch (no.code()) {
      case INVALID_ARGUMENT, LIMIT_EXCEEDED -> new Refused(UwerCode.SCHEMA_VIOLATION, no.message(),
          "toSeq".equals(no.field()) ? "/to_sequence" : no.field() == null ? null : "/" + no.field());
      case RUN_NOT_FOUND -> new Refused(UwerCode.NOT_FOUND, no.message(), null);
      default -> new Refused(UwerCode.ILLEGAL_TRANSITION, no.message(), null);
    };
  }

  private Operated done(Run target, Decision.Change<?> change) {
    Run after = after(target, change);
    RunId born = change.answer() instanceof ResetRun.Reset reset ? reset.newRun() : null;
    return new Operated(target.id(), standing(target), standing(after), after.task().epoch(), born, dryRun, papers.warning());
  }

  /** The reset of a closed run leaves it as it is. */
  private static Run after(Run target, Decision.Change<?> change) {
    Run after = change.after();
    return after != null && after.id().equals(target.id()) ? after : target;
  }

  private Decision<Answer> audited(Run target, Situation situation, Decision.Change<?> change,
      Operated done) {
    List<Effect> effects = new ArrayList<>(change.effects());
    effects.add(new Effect.Audit(new RunTransition(target.id(), namespace, workflowId,
        situation.now(), act.event(), done.from(), target.task().epoch(), done.to(), done.epoch(), done.newRun(), null, papers)));
    return new Decision.Change<>(change.before(), change.after(), change.events(), effects, done);
  }

  private Decision<Answer> refused(@Nullable Run target, Situation situation, Refused no) {
    if (target == null) return Decision.unchanged(no);
    String standing = standing(target);
    long epoch = target.task().epoch();
    return new Decision.Change<>(null, null, List.of(), List.of(new Effect.Audit(new RunTransition(target.id(),
        namespace, workflowId, situation.now(), act.event(), standing, epoch, standing, epoch, null, no.code(),
        papers))), no);
  }
}
