package dev.pawl.sdk.replay;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.Event;
import dev.pawl.core.value.Failure;
import dev.pawl.protocol.worker.WorkerApi;
import java.util.List;
import java.util.Optional;

/** What a run that is worked on has to do with the engine. Called by the holder of the baton; methods may block. */
public interface Link {
  /**
   * Whether what the program asks for is carried out. If not, the run rests at the end of its history: no step begins,
   * nothing is reported.
   */
  boolean live();

  /**
   * Commits what the program wants.
   *
   * @throws LeaseGone if this worker does not hold the run any more
   */
  WorkerApi.ReportAck report(long seen, List<Command> commands, boolean release);

  /** All events behind {@code after}. */
  List<Event> events(long after);

  /** Transactions with the engine's database; empty when it is elsewhere. */
  Optional<WorkerApi.LocalTransactions> transactions();

  /** The run waits for the outside, with its lease given back, or it rests at the end of its history. */
  void parked(ReplayRun run);

  /** What came for a parked run is not what comes next: it has to be built anew from its whole history. */
  void stale(ReplayRun run);

  /** The run is closed, or the lease passed to somebody else: this worker has nothing to do with it any more. */
  void ended(ReplayRun run);

  /** The program can't go on; the run was dropped. */
  void broken(ReplayRun run, Failure why);

  /** The lease passed to somebody else, or the run is closed: whatever is going on here is worth nothing any more. */
  final class LeaseGone extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LeaseGone(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
