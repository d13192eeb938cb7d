package dev.pawl.core.run;

import java.util.List;

/** A child says that it began. A parent that is gone by now treats it by its parent-close policy. */
public record ChildStartedNotice(Mail.Key key, Mail.ChildStarted notice) implements Request<Delivered> {
  @Override
  public Anchor anchor() {
    return new OfChain(notice.parent().namespace(), notice.parent().workflowId(), null, false);
  }

  @Override
  public Decision<Delivered> decide(Situation situation) {
    ParentLink link = notice.parent();
    Run parent = OpenClaim.waiting(situation, link);
    RunState.OpenChild child = OpenClaim.child(parent, link, notice.workflowId(), notice.child());
    if (parent == null || child == null) return orphan(situation);
    if (child.run() != null) return Deliveries.nothing(situation, key);
    return Draft.of(parent, situation.now())
        .effect(new Effect.Take(key))
        .append(new RunEvent.ChildRunStarted(link.step(), notice.child()))
        .answer(new Delivered(parent.id(), true));
  }

  private Decision<Delivered> orphan(Situation situation) {
    if (notice.parentClose() == ParentClosePolicy.ABANDON) return Deliveries.nothing(situation, key);
    Mail.Message word = Draft.orphaned(notice.parent().namespace(), notice.workflowId(), notice.child(),
        notice.parentClose(), notice.parent().workflowId());
    // Named after the mail that it answers: the parent's own close may have posted one for another child of this step.
    return Deliveries.nothing(situation, key,
        List.of(new Effect.Post(new Mail(Mail.Key.because(key, "orphan"), situation.now(), word))));
  }
}
