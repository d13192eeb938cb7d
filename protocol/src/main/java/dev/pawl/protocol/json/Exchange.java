package dev.pawl.protocol.json;

import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.Rejection;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Takes calls to a server in another process and brings back the answers. Safe for any number of threads. */
public interface Exchange {

  /**
   * Blocks until there is an answer.
   *
   * @return the text of the answer; empty if a repeated call was refused with one of {@link Ask#done}
   * @throws dev.pawl.core.value.RejectedException the server's no, or {@code STORE_UNAVAILABLE} if no server could be
   *     reached at all: nothing was changed
   * @throws LostAnswerException the call may have got through and nobody knows
   */
  String ask(Ask ask);

  /** Ends the polls of a session that are under way; they have no answer. */
  void abort(SessionId session);

  /**
   * One call.
   *
   * @param operation for example {@code control/start}
   * @param body JSON
   * @param delay how long the answer may take because it is waited for, such as work that has to come first
   * @param urgent whether the call is worth nothing after some seconds, as a heartbeat is
   * @param again whether it may be said twice
   * @param done refusals of a repeated call that mean that it got through the first time
   * @param session whose poll it is; null: no poll
   */
  record Ask(String operation, String body, Duration delay, boolean urgent, boolean again, Set<Rejection.Code> done,
      @Nullable SessionId session) {}
}
