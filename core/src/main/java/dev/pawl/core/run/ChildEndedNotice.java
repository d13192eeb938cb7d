package dev.pawl.core.run;

import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.RunId;
import java.util.Objects;

/** The story of a child ended, over all its runs, or never began. The parent's program is told. */
public record ChildEndedNotice(Mail.Key key, Mail.ChildEnded notice) implements Request<Delivered> {
  @Override
  public Anchor anchor() {
    return new OfChain(notice.parent().namespace(), notice.parent().workflowId(), null, false);
  }

  @Override
  public Decision<Delivered> decide(Situation situation) {
    ParentLink link = notice.parent();
    Run parent = OpenClaim.waiting(situation, link);
    RunState.OpenChild child = OpenClaim.child(parent, link, notice.workflowId(), notice.firstRun());
    if (parent == null || child == null) return Deliveries.nothing(situation, key);
    Draft draft = Draft.of(parent, situation.now()).effect(new Effect.Take(key));
    // Two mails of one child may change places; the program is promised that the start comes first.
    RunId first = notice.firstRun();
    if (first != null && child.run() == null) draft.append(new RunEvent.ChildRunStarted(link.step(), first));
    return draft.append(ended(link.step())).answer(new Delivered(parent.id(), true));
  }

  private RunEvent ended(int step) {
    return switch (notice.outcome()) {
      case Outcome.Success s ->
          new RunEvent.ChildRunCompleted(step, Objects.requireNonNull(notice.child()), s.result());
      case Outcome.Failed f -> failed(step, f.failure());
    };
  }

  private RunEvent failed(int step, Failure failure) {
    RunId child = notice.child();
    if (child == null) return new RunEvent.ChildRunFailed(step, null, failure);
    return switch (notice.status()) {
      case CANCELLED -> new RunEvent.ChildRunCancelled(step, child, failure.message());
      case TERMINATED -> new RunEvent.ChildRunTerminated(step, child, failure.message());
      case RUNNING, COMPLETED, FAILED, TIMED_OUT, CONTINUED, RESET ->
          new RunEvent.ChildRunFailed(step, child, failure);
    };
  }
}
