package dev.pawl.engine.store;

import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RunId;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Queries whose asker and worker are on different nodes: rows that live for seconds and change no run. */
public interface Questions {

  /** @param sticky the session that has the run in memory, if any */
  record Question(
      String id,
      RunId run,
      String namespace,
      String queue,
      String workflowId,
      String workflowType,
      @Nullable SessionId sticky,
      String name,
      @Nullable Payload input,
      Map<String, Payload> header) {}

  /** Puts a question up for so long. False if its id is taken. */
  boolean ask(Question question, Duration patience);

  /** Takes open questions for a session, those that it has in memory first; each is taken once. */
  List<Question> take(String namespace, String queue, SessionId session, Collection<String> types, int limit);

  /** A question that is still waiting for its answer. */
  Optional<Question> find(String id);

  /** False if nobody waits for it any more. */
  boolean answer(String id, Outcome outcome);

  /** The answer, if it is there. */
  Optional<Outcome> answerOf(String id);

  /** Takes a question down, and all that nobody waits for any more. */
  void forget(String id);
}
