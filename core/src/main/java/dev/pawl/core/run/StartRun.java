package dev.pawl.core.run;

import dev.pawl.core.value.Payload;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Starts a run of a workflow id; a signal and an update may come along in the same commit.
 *
 * @param newRun id of the run, should one be born
 * @param requestId makes the start idempotent over the whole chain, with all that comes along; null: the policies alone
 *     decide. A start with a signal whose id its caller chose takes that id for want of another
 * @param digest of the content, compared when the request id comes again
 * @param signal delivered to the run, new or existing
 * @param update admitted to the run, new or existing; one whose id came before makes the whole start a repetition
 * @param updateDigest of the update alone, as in {@link UpdateRun}; null: the engine made its id up
 */
public record StartRun(
    String namespace,
    String workflowId,
    RunId newRun,
    String workflowType,
    String queue,
    @Nullable Payload input,
    StartOptions options,
    ReusePolicy reuse,
    ConflictPolicy conflict,
    @Nullable String requestId,
    String digest,
    RunEvent.@Nullable SignalReceived signal,
    Effect.@Nullable Update update,
    @Nullable String updateDigest,
    @Nullable ScheduleLink schedule)
    implements Request<StartRun.Started> {

  /** Not by a schedule. */
  public StartRun(String namespace, String workflowId, RunId newRun, String workflowType, String queue,
      @Nullable Payload input, StartOptions options, ReusePolicy reuse, ConflictPolicy conflict,
      @Nullable String requestId, String digest, RunEvent.@Nullable SignalReceived signal,
      Effect.@Nullable Update update, @Nullable String updateDigest) {
    this(namespace, workflowId, newRun, workflowType, queue, input, options, reuse, conflict, requestId, digest, signal,
        update, updateDigest, null);
  }

  /** The same for workers of a build only; a caller who named one, or chose any, has his way. */
  public StartRun pinnedTo(@Nullable String promoted) {
    boolean any = options.isForAnyBuild();
    if (!any && (promoted == null || options.buildId() != null)) return this;
    return new StartRun(namespace, workflowId, newRun, workflowType, queue, input,
        options.pinnedTo(any ? null : promoted), reuse, conflict, requestId, digest, signal, update, updateDigest,
        schedule);
  }

  /**
   * @param runNumber of the run in its chain, from 1; 0: the request came before, and its run is not kept any more
   * @param born false: the answer is a run that was there before
   */
  public record Started(RunId run, int runNumber, boolean born) {}

  @Override
  public Anchor anchor() {
    return new OfChain(namespace, workflowId, null, requestId == null && signal == null && update == null);
  }

  @Override
  public Needs needs() {
    List<String> ids = new ArrayList<>(2);
    if (requestId != null) ids.add(requestId);
    String updateRequest = updateRequest();
    if (updateRequest != null) ids.add(updateRequest);
    boolean terminates =
        conflict == ConflictPolicy.TERMINATE_EXISTING || reuse == ReusePolicy.TERMINATE_EXISTING;
    return new Needs(List.of(), update == null ? List.of() : List.of(update.updateId()),
        terminates ? Needs.UNLOOKED : null, ids);
  }

  /** The id under which the update is remembered over the whole chain, like one that comes alone. */
  private @Nullable String updateRequest() {
    return update == null || updateDigest == null ? null : UpdateRun.rememberedAs(update.updateId());
  }

  @Override
  public Decision<Started> decide(Situation situation) {
    Decision<Started> before = before(situation);
    if (before != null) return before;
    Rejection wrong = wrong();
    if (wrong != null) return new Decision.Rejected<>(wrong);
    Situation.Chain chain = situation.chain();
    if (chain == null) return born(situation, null, null);
    Run current = situation.run();
    if (current == null) {
      throw new CorruptHistory("chain %s/%s points to run %s, which is not there"
          .formatted(namespace, workflowId, chain.run()));
    }
    return current.state().open() ? besideOpen(situation, chain, current) : afterClosed(situation, chain, current);
  }

  /** What is wrong with the request itself, whatever it meets; null: nothing. */
  public @Nullable Rejection wrong() {
    Check check = new Check()
        .name("namespace", namespace)
        .name("workflowId", workflowId)
        .name("workflowType", workflowType)
        .name("queue", queue)
        .nameOrNull("requestId", requestId)
        .payload("input", input)
        .options("options", options);
    if (signal != null) {
      check.name("signal.id", signal.signalId()).message("signal.name", signal.name())
          .payload("signal.input", signal.input()).payloads("signal.header", signal.header());
    }
    if (update != null) {
      check.name("update.id", update.updateId())
          .limit("update.id", UpdateRun.rememberedAs(update.updateId()).length(), Check.MAX_NAME,
              "characters with its prefix")
          .message("update.name", update.name())
          .payload("update.input", update.input()).payloads("update.header", update.header());
    }
    return check.problem();
  }

  /** The end of a limit that counts from an instant; null: no limit. */
  static @Nullable Instant deadline(Instant from, @Nullable Duration limit) {
    return limit == null ? null : Draft.after(from, limit);
  }

  private @Nullable Decision<Started> before(Situation situation) {
    Decision<Started> start = Addressed.before(situation, requestId, digest, StartRun::again);
    if (start != null || update == null || updateDigest == null) return start;
    Run current = situation.run();
    // After a reset the newest run has the update as well, and that is the run to ask about it.
    boolean here = current != null && situation.updates().containsKey(update.updateId());
    return Addressed.before(situation, updateRequest(), updateDigest, it -> current != null && here
        ? new Started(current.id(), current.state().started().runNumber(), false)
        : again(it));
  }

  private static Started again(Effect.Remembered before) {
    return new Started(before.run(), before.runNumber(), false);
  }

  private void remember(Draft draft) {
    Addressed.remember(draft, requestId, digest);
    if (updateDigest != null) Addressed.remember(draft, updateRequest(), updateDigest);
  }

  private Decision<Started> besideOpen(Situation situation, Situation.Chain chain, Run current) {
    if (conflict == ConflictPolicy.TERMINATE_EXISTING || reuse == ReusePolicy.TERMINATE_EXISTING) {
      return born(situation, chain, current);
    }
    if (conflict == ConflictPolicy.USE_EXISTING) {
      Started existing = new Started(current.id(), chain.runNumber(), false);
      if (signal == null && update == null && requestId == null) return Decision.unchanged(existing);
      Rejection full = update != null
          ? Addressed.fullOfUpdates(situation, current)
          : signal != null ? Addressed.full(situation, current) : null;
      if (full != null) return new Decision.Rejected<>(full);
      Draft draft = Draft.of(current, situation.now());
      comeAlong(draft, situation.updates());
      remember(draft);
      return draft.answer(existing);
    }
    return Decision.rejected(Rejection.Code.WORKFLOW_ALREADY_STARTED,
        "expected workflow id '%s' to be free, but run %s has it since %s".formatted(
            workflowId, current.id(), current.state().startedAt()));
  }

  private Decision<Started> afterClosed(Situation situation, Situation.Chain chain, Run last) {
    RunStatus status = last.state().status();
    boolean allowed = switch (reuse) {
      case ALLOW, TERMINATE_EXISTING -> true;
      case ALLOW_FAILED_ONLY -> status != RunStatus.COMPLETED;
      case REJECT -> false;
    };
    return allowed
        ? born(situation, chain, null)
        : Decision.rejected(Rejection.Code.WORKFLOW_ALREADY_STARTED,
            "expected workflow id '%s' never to have been used (reuse policy %s), but run %s ended as %s".formatted(
                workflowId, reuse, last.id(), status));
  }

  /** @param toTerminate an open run that makes room in the same commit */
  private Decision<Started> born(Situation situation, Situation.@Nullable Chain chain, @Nullable Run toTerminate) {
    int number = chain == null ? 1 : chain.runNumber() + 1;
    Instant now = situation.now();
    Instant begins = Draft.after(now, options.delay());
    Draft birth = Draft.birth(newRun, namespace, workflowId, new RunEvent.StartAccepted(requestId),
        new RunEvent.WorkflowStarted(workflowType, queue, input, options, number, 1, newRun,
            chain == null ? null : chain.run(), null,
            deadline(begins, options.executionTimeout()), deadline(begins, options.runTimeout())).by(schedule),
        now);
    comeAlong(birth, Map.of());
    remember(birth);
    Effect point = new Effect.PointChain(namespace, workflowId, chain == null ? null : chain.run(), newRun, number);
    Started answer = new Started(newRun, number, true);
    if (toTerminate == null) return birth.effect(point).answer(answer);
    Draft end = Draft.of(toTerminate, now)
        .close(new RunEvent.WorkflowTerminated(
            "replaced by a new run of the same workflow id", Unheard.of(situation, toTerminate).signals()), 0);
    birth.effects().forEach(end::effect);
    return end.effect(birth.asBirth()).effect(point).answer(answer);
  }

  private void comeAlong(Draft draft, Map<String, Effect.Update> known) {
    if (signal != null) draft.append(signal);
    // An update id that came before keeps its answer.
    if (update != null && !known.containsKey(update.updateId())) {
      draft.effect(new Effect.AdmitUpdate(new Effect.Update(draft.state().id(), update.updateId(), update.name(),
          update.input(), update.header(), Effect.UpdatePhase.ADMITTED, null)));
      draft.task(draft.task().withAdmitted(draft.task().admitted() + 1));
    }
  }
}
