package dev.pawl.sdk.remote;

import dev.pawl.core.task.SessionId;
import dev.pawl.protocol.json.Exchange;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A call that goes with others. */
final class Part {
  final Exchange.Ask ask;
  /** Completed in any case, never with an exception. */
  final CompletableFuture<Said> said = new CompletableFuture<>();
  /** Null: it has not left. */
  volatile @Nullable Bundle bundle;
  private final long asked = System.nanoTime();

  Part(Exchange.Ask ask) {
    this.ask = ask;
  }

  /** How long there was no word, in nanoseconds. */
  long silentFor() {
    Bundle with = bundle;
    return with == null ? System.nanoTime() - asked : with.silentFor();
  }

  /** Ends it if it is an unanswered poll of a session. @return whether it was */
  boolean abort(SessionId session) {
    return session.equals(ask.session()) && said.complete(new Said.Aborted());
  }
}
