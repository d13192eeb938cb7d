package dev.pawl.engine.commit;

import dev.pawl.core.run.Event;
import dev.pawl.core.run.GrantTask;
import dev.pawl.core.run.Run;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.SessionId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds a worker that waits on this node for what a commit is about to make ready. Called on a lane's thread: must not
 * block. Every slot that is given is answered with exactly one of its methods.
 */
public interface HandOut {
  /** Nobody waits here. */
  HandOut NOBODY = new HandOut() {
    @Override
    public @Nullable RunSlot forRun(Run run, Instant now) {
      return null;
    }

    @Override
    public @Nullable ActivitySlot forActivity(ActivityTask task, Instant now) {
      return null;
    }
  };

  /** Reserves a place at a waiting worker for a run that is ready; null if the run has to queue. */
  @Nullable RunSlot forRun(Run run, Instant now);

  /** Reserves a place at a waiting worker for a new activity; null if it has to queue. */
  @Nullable ActivitySlot forActivity(ActivityTask task, Instant now);

  /** A place that is kept while the commit is in flight. */
  interface RunSlot {
    SessionId session();

    /** @param events the newest events of the run, those of this commit */
    void granted(GrantTask.Granted grant, List<Event> events);

    /** The commit fell out. */
    void released();
  }

  interface ActivitySlot {
    SessionId session();

    void granted(ActivityTask task);

    void released();
  }
}
