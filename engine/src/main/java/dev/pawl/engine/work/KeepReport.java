package dev.pawl.engine.work;

import dev.pawl.core.run.Decision;
import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Request;
import dev.pawl.core.run.Run;
import dev.pawl.core.run.Situation;
import dev.pawl.core.task.TaskToken;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps what a worker reported after it had lost its lease. Changes nothing of the run, open or closed. */
record KeepReport(TaskToken token, String kind, @Nullable String body, String why) implements Request<Boolean> {

  @Override
  public Anchor anchor() {
    return new OfRun(token.run());
  }

  @Override
  public Decision<Boolean> decide(Situation situation) {
    Run run = situation.run();
    // A run that was pruned has no place for it, and a token that was made up deserves none.
    if (run == null || (token.step() == 0 && token.epoch() > run.task().epoch())) return Decision.unchanged(false);
    return new Decision.Change<>(run, null, List.of(),
        List.of(new Effect.KeepLateReport(token, kind, body, why, situation.now())), true);
  }
}
