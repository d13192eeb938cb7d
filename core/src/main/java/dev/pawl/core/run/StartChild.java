package dev.pawl.core.run;

import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.RunId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A child begins, at its own workflow id. It inherits nothing but what the mail says. An id that is taken by an open
 * run is the child's failure, told to the parent; unless that run is the very child, started by the parent before it
 * was reset, at the same step: then the parent has it back.
 */
public record StartChild(Mail.Key key, Mail.StartChild child) implements Request<Delivered> {
  @Override
  public Anchor anchor() {
    return new OfChain(child.namespace(), child.workflowId(), null, true);
  }

  @Override
  public Decision<Delivered> decide(Situation situation) {
    Situation.Chain chain = situation.chain();
    Run current = situation.run();
    if (chain != null && current == null) {
      throw new CorruptHistory("chain %s/%s points to run %s, which is not there"
          .formatted(child.namespace(), child.workflowId(), chain.run()));
    }
    return current != null && current.state().open() ? taken(situation, current) : born(situation, chain);
  }

  private Decision<Delivered> taken(Situation situation, Run holder) {
    ParentLink parent = child.parent();
    ParentLink before = holder.state().started().parent();
    if (child.afterReset() && before != null && before.step() == parent.step()
        && before.namespace().equals(parent.namespace()) && before.workflowId().equals(parent.workflowId())) {
      RunId first = holder.state().started().firstRun();
      return Deliveries.nothing(situation, key, List.of(new Effect.Post(new Mail(
          Mail.Key.adoptedChild(parent.runId(), parent.step()), situation.now(),
          new Mail.ChildStarted(parent, child.workflowId(), first, child.parentClose())))));
    }
    Failure why = Failure.of(Failure.ALREADY_STARTED, "expected workflow id '%s' to be free, but run %s has it since %s"
        .formatted(child.workflowId(), holder.id(), holder.state().startedAt()));
    return Deliveries.nothing(situation, key, List.of(new Effect.Post(new Mail(
        Mail.Key.refusedChild(parent.runId(), parent.step()), situation.now(),
        new Mail.ChildEnded(parent, child.workflowId(), null, null, RunStatus.FAILED, Outcome.failed(why))))));
  }

  private Decision<Delivered> born(Situation situation, Situation.@Nullable Chain chain) {
    ParentLink parent = child.parent();
    Instant now = situation.now();
    int number = chain == null ? 1 : chain.runNumber() + 1;
    // Below zero, so that the id never meets that of the parent's own next run.
    RunId id = RunId.caused(parent.runId(), -parent.step(), child.namespace(), child.workflowId(), now);
    StartOptions options = child.options();
    Instant begins = Draft.after(now, options.delay());
    Draft birth = Draft.birth(id, child.namespace(), child.workflowId(), new RunEvent.StartAccepted(null),
        new RunEvent.WorkflowStarted(child.workflowType(), child.queue(), child.input(), options, number, 1, id,
            chain == null ? null : chain.run(), parent,
            earlier(StartRun.deadline(begins, options.executionTimeout()), child.executionDeadline()),
            StartRun.deadline(begins, options.runTimeout())),
        now);
    return birth
        .effect(new Effect.Take(key))
        .effect(new Effect.PointChain(
            child.namespace(), child.workflowId(), chain == null ? null : chain.run(), id, number))
        .post(Mail.Key.toParent(id, "started"), now,
            new Mail.ChildStarted(parent, child.workflowId(), id, child.parentClose()))
        .answer(new Delivered(id, true));
  }

  private static @Nullable Instant earlier(@Nullable Instant a, @Nullable Instant b) {
    if (a == null) return b;
    return b == null || a.isBefore(b) ? a : b;
  }
}
