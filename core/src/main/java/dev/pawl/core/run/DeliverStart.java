package dev.pawl.core.run;

import dev.pawl.core.value.Rejection;
import java.util.ArrayList;
import java.util.List;

/**
 * A start that was written in its caller's own transaction, or by a schedule. Only a schedule hears of a refusal; else
 * nobody waits for it, and it is for the ledger.
 */
public record DeliverStart(Mail.Key key, StartRun start) implements Request<Delivered> {
  @Override
  public Anchor anchor() {
    return start.anchor();
  }

  @Override
  public Needs needs() {
    return start.needs();
  }

  @Override
  public Decision<Delivered> decide(Situation situation) {
    return switch (start.decide(situation)) {
      case Decision.Change<StartRun.Started> change -> {
        List<Effect> effects = new ArrayList<>(change.effects());
        effects.add(new Effect.Take(key));
        yield new Decision.Change<>(change.before(), change.after(), change.events(), Effects.merged(effects),
            new Delivered(change.answer().run(), true));
      }
      case Decision.Unchanged<StartRun.Started> same -> Deliveries.nothing(situation, key);
      case Decision.Rejected<StartRun.Started> no ->
          Deliveries.nothing(situation, key, List.of(refusal(situation, no.rejection())));
    };
  }

  private Effect refusal(Situation situation, Rejection no) {
    ScheduleLink schedule = start.schedule();
    return schedule == null
        ? Deliveries.undeliverable(situation, key, start.namespace(), no.code().name(), no.message())
        : new Effect.Post(new Mail(Mail.Key.because(key, "refused"), situation.now(),
            new Mail.ScheduledStartRefused(schedule, start.workflowId(), Check.legible(no.message()))));
  }
}
