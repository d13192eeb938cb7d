package dev.pawl.engine.duty;

import dev.pawl.core.run.ActivityStanding;
import dev.pawl.core.run.TimeOutActivity;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.engine.commit.Answer;
import dev.pawl.engine.commit.Lanes;
import dev.pawl.engine.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Ends attempts and activities whose deadline has passed. */
public final class TimeOutActivities implements Duty {
  private static final int PORTION = 500;

  private final Store store;
  private final Lanes lanes;
  private final Duration every;

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
    List<TimeOutActivity> requests = new ArrayList<>();
    for (ActivityTask task : store.overdueActivities(PORTION)) requests.add(new TimeOutActivity(task.id()));
    int done = 0;
    for (Answer<ActivityStanding> answer : lanes.submitAll(requests)) {
      if (answer.ok() && answer.get().fate() != ActivityStanding.Fate.UNCHANGED) done++;
    }
    return done;
  }
}
