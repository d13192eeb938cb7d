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
   * @param eventsAfter all events of the anchored run behind this number; {@link #UNLOOKED}; null: none
   * @param requestIds the remembered answers under these ids
   */
  record Needs(List<TaskId> tasks, List<String> updates, @Nullable Long eventsAfter, List<String> requestIds) {
    /**
     * All events of a run that is open, behind the last one that a recorded report had looked at: what a run that is
     * closed from outside leaves unsaid. What cannot be read of them is left out, so that a damaged run can be ended.
     */
    public static final Long UNLOOKED = -1L;

    public static final Needs NOTHING = new Needs(List.of(), List.of(), null, List.of());

    public static Needs task(TaskId id) {
      return new Needs(List.of(id), List.of(), null, List.of());
    }

    public static Needs request(@Nullable String id) {
      return id == null ? NOTHING : new Needs(List.of(), List.of(), null, List.of(id));
    }

    /** What a request needs that closes a run from outside. */
    public static Needs closing(@Nullable String requestId) {
      return new Needs(List.of(), List.of(), UNLOOKED, requestId == null ? List.of() : List.of(requestId));
    }

    /** Behind which event of {@code run} all are wanted; null: none. */
    public @Nullable Long eventsAfter(Run run) {
      if (!UNLOOKED.equals(eventsAfter)) return eventsAfter;
      return run.state().open() ? (Long) run.task().seen() : null;
    }

    /** Whether to go on without events that cannot be read. */
    public boolean doesWithoutEvents() {
      return UNLOOKED.equals(eventsAfter);
    }
  }
}
