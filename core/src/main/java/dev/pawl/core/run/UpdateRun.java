package dev.pawl.core.run;

import dev.pawl.core.value.Payload;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RunId;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Admits an update: it is durable, and its program will be shown it. Whether the program takes it is said later, by
 * {@link ReportTask}. The same update id counts once per chain: sent again after continue-as-new, it is still the update
 * of the run before, whatever became of it there.
 *
 * @param run only this run; null: the chain's current run
 * @param updateName name of the handler
 * @param digest of the content, compared when the update id comes again
 * @param accepted whether it is accepted with this, because its program is known to have nothing to say about that
 * @param idGiven whether the caller chose the id; one that the engine made up cannot have come before
 */
public record UpdateRun(
    String namespace,
    String workflowId,
    @Nullable RunId run,
    String updateId,
    String updateName,
    @Nullable Payload input,
    Map<String, Payload> header,
    String digest,
    boolean idGiven,
    boolean accepted)
    implements Request<UpdateRun.Admitted> {

  /** Leaves it to the program whether it accepts. */
  public UpdateRun(String namespace, String workflowId, @Nullable RunId run, String updateId, String updateName,
      @Nullable Payload input, Map<String, Payload> header, String digest, boolean idGiven) {
    this(namespace, workflowId, run, updateId, updateName, input, header, digest, idGiven, false);
  }

  /**
   * @param update as it stands: ADMITTED when it is new, further when it came before; of one that came before to
   *     another run of the chain, only the run and the id are known here
   * @param duplicate the same update id was admitted before; nothing was written
   */
  public record Admitted(Effect.Update update, boolean duplicate) {}

  @Override
  public Anchor anchor() {
    return new OfChain(namespace, workflowId, run, false);
  }

  @Override
  public Needs needs() {
    return new Needs(List.of(), List.of(updateId), null, idGiven ? List.of(rememberedAs(updateId)) : List.of());
  }

  /** Updates, signals and calls have their ids for themselves. */
  static String rememberedAs(String updateId) {
    return "update/" + updateId;
  }

  @Override
  public Decision<Admitted> decide(Situation situation) {
    Rejection wrong = new Check()
        .name("updateId", updateId)
        .limit("updateId", rememberedAs(updateId).length(), Check.MAX_NAME, "characters with its prefix")
        .message("updateName", updateName)
        .payload("input", input)
        .payloads("header", header)
        .problem();
    if (wrong != null) return new Decision.Rejected<>(wrong);
    Run target = Addressed.run(situation, namespace, workflowId);
    if (target == null) return new Decision.Rejected<>(Addressed.missing(workflowId, run, "update"));
    Effect.Update before = situation.updates().get(updateId);
    if (before != null) {
      return before.name().equals(updateName) && Objects.equals(before.input(), input)
          ? Decision.unchanged(new Admitted(before, true))
          : Decision.rejected(Rejection.Code.REQUEST_CONFLICT,
              "update id '%s' came before with another content".formatted(updateId));
    }
    Decision<Admitted> elsewhere = Addressed.before(situation, rememberedAs(updateId), digest, it -> new Admitted(
        new Effect.Update(it.run(), updateId, updateName, input, header, Effect.UpdatePhase.ADMITTED, null), true));
    if (elsewhere != null) return elsewhere;
    if (!target.state().open()) return new Decision.Rejected<>(Addressed.closed(target, "update"));
    Rejection full = Addressed.fullOfUpdates(situation, target);
    if (full != null) return new Decision.Rejected<>(full);
    Effect.Update update = new Effect.Update(
        target.id(), updateId, updateName, input, header,
        accepted ? Effect.UpdatePhase.ACCEPTED : Effect.UpdatePhase.ADMITTED, null);
    Draft draft = Draft.of(target, situation.now()).effect(new Effect.AdmitUpdate(update));
    if (accepted) draft.append(new RunEvent.UpdateAccepted(updateId, updateName, input, header));
    else draft.task(draft.task().withAdmitted(draft.task().admitted() + 1));
    Addressed.remember(draft, idGiven ? rememberedAs(updateId) : null, digest);
    return draft.answer(new Admitted(update, false));
  }
}
