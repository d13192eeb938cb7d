package dev.pawl.engine.duty;

import dev.pawl.core.run.ActivityStanding;
import dev.pawl.core.run.TimeOutActivity;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.commit.Answer;
import dev.pawl.engine.commit.Lanes;
import dev.pawl.engine.queue.LookedPast;
import dev.pawl.engine.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Ends attempts and activities whose deadline has passed. */
public final class TimeOutActivities implements Duty {
  private static final int PORTION = 500;

  private final Store store;
  private final Lanes lanes;
  private final Duration every;
  private final LookedPast<TaskId> past = new LookedPast<>();

  public TimeOutActivities(Store store, Lanes lanes, Duration every) {
    this.store = store;
    this.lanes = lanes;
    this.every = every;
  }

  @Override
  public Duration every() {
    return every;
  }

  @Override
  public int tick(Instant now) {
    List<TaskId> overdue = store.overdueActivities(PORTION + past.size(now)).stream().map(ActivityTask::id)
        .filter(id -> !past.has(id)).toList();
    List<Answer<ActivityStanding>> answers = lanes.submitAll(overdue.stream().map(TimeOutActivity::new).toList());
    int done = 0;
    for (int i = 0; i < answers.size(); i++) {
      Answer<ActivityStanding> answer = answers.get(i);
      if (answer.ok() && answer.get().fate() != ActivityStanding.Fate.UNCHANGED) done++;
      else if (answer.refusal() == Rejection.Code.RUN_CORRUPT) past.add(overdue.get(i), now);
    }
    return done;
  }
}
