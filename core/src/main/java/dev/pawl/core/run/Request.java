package dev.pawl.core.run;

import dev.pawl.core.task.TaskId;
import dev.pawl.core.value.RunId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something imperative from outside: a user's call, a worker's report, a timer that is due. One file per request; each
 * gives an answer in every state.
 *
 * @param <A> the answer after the commit
 */
public interface Request<A> {

  /** Which row the request is about; one anchor per request. */
  Anchor anchor();

  /** What else {@link #decide} wants to look at. */
  default Needs needs() {
    return Needs.NOTHING;
  }

  /** Decides. No I/O, no clock, no logger; the same situation always gives the same decision. */
  Decision<A> decide(Situation situation);

  /** Name for messages, metrics and the page of states. */
  default String name() {
    return getClass().getSimpleName();
  }

  sealed interface Anchor {
    /** The lane that serialises all requests of this anchor inside a node. */
    int lane();
  }

  /** The run itself. */
  record OfRun(RunId run) implements Anchor {
    @Override
    public int lane() {
      return run.lane();
    }
  }

  /**
   * A workflow id.
   *
   * @param run only this run of the chain; null: the current one
   * @param mayBeNew whether the chain is expected to be unknown; saves a look-up, the guard corrects a wrong guess
   */
  record OfChain(String namespace, String workflowId, @Nullable RunId run, boolean mayBeNew) implements Anchor {
    @Override
    public int lane() {
      return RunId.laneOf(namespace, workflowId);
    }
  }

  /**
   * @param tasks open activity tasks
   * @param updates update ids of the anchored run
   * @param eventsAfter all events of the anchored run behind this number; null: none
   * @param requestId the remembered answer under this id; null: none
   */
  record Needs(List<TaskId> tasks, List<String> updates, @Nullable Long eventsAfter, @Nullable String requestId) {
    public static final Needs NOTHING = new Needs(List.of(), List.of(), null, null);

    public static Needs task(TaskId id) {
      return new Needs(List.of(id), List.of(), null, null);
    }

    public static Needs request(@Nullable String id) {
      return id == null ? NOTHING : new Needs(List.of(), List.of(), null, id);
    }
  }
}
