package dev.pawl.sdk;

import java.time.Duration;
import java.util.Optional;

/**
 * The signals of one name, in the order they came, taken one by one. What came before the channel was opened waits in it.
 *
 * <pre>{@code
 * SignalChannel<Approval> approvals = Pawl.channel("approve", Approval.class);
 * Optional<Approval> first = approvals.receive(Duration.ofHours(48));
 * }</pre>
 */
public interface SignalChannel<T> {
  /** Takes the next signal, waiting for it. */
  T receive();

  /** Takes the next signal; empty if none came within {@code patience}. */
  Optional<T> receive(Duration patience);

  /** Takes the next signal if it is there already. */
  Optional<T> poll();

  /** How many wait. */
  int size();
}
