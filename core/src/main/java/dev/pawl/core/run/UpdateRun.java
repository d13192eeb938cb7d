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
 * {@link ReportTask}. The same update id gets the same answer as long as the run is kept.
 *
 * @param run only this run; null: the chain's current run
 * @param updateName name of the handler
 */
public record UpdateRun(
    String namespace,
    String workflowId,
    @Nullable RunId run,
    String updateId,
    String updateName,
    @Nullable Payload input,
    Map<String, Payload> header)
    implements Request<UpdateRun.Admitted> {

  /**
   * @param update as it stands: ADMITTED when it is new, further when it came before
   * @param duplicate the same update id was admitted before; nothing was written
   */
  public record Admitted(Effect.Update update, boolean duplicate) {}

  @Override
  public Anchor anchor() {
    return new OfChain(namespace, workflowId, run, false);
  }

  @Override
  public Needs needs() {
    return new Needs(List.of(), List.of(updateId), null, null);
  }

  @Override
  public Decision<Admitted> decide(Situation situation) {
    Rejection wrong = new Check()
        .name("updateId", updateId)
        .name("updateName", updateName)
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
    if (!target.state().open()) return new Decision.Rejected<>(Addressed.closed(target, "update"));
    Rejection full = new Check()
        .limit("updateId", target.task().admitted() + 1L, Check.MAX_ADMITTED, "updates that wait for the program")
        .problem();
    if (full != null) return new Decision.Rejected<>(full);
    Effect.Update update = new Effect.Update(
        target.id(), updateId, updateName, input, header, Effect.UpdatePhase.ADMITTED, null);
    Draft draft = Draft.of(target, situation.now()).effect(new Effect.AdmitUpdate(update));
    draft.task(draft.task().withAdmitted(draft.task().admitted() + 1));
    return draft.answer(new Admitted(update, false));
  }
}
