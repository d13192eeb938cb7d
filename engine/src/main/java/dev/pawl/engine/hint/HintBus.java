package dev.pawl.engine.hint;

import java.util.Collection;
import java.util.function.Consumer;

/**
 * Carries hints from each node to all others on the same database. May lose, repeat and reorder them, and may carry what
 * nobody has told.
 */
public interface HintBus extends AutoCloseable {

  /**
   * Begins to listen. Returns at once, whether anybody can be reached or not.
   *
   * @param heard takes what another node has told; does not block
   * @param missed told when hints may have been lost, for example after a connection was made again
   */
  void listen(Consumer<Hint> heard, Runnable missed);

  /** Tells the other nodes, or forgets it. Called by one thread at a time; never throws. */
  void tell(Collection<Hint> hints);

  @Override
  void close();

  /** Nobody to tell. */
  HintBus NONE = new HintBus() {
    @Override
    public void listen(Consumer<Hint> heard, Runnable missed) {}

    @Override
    public void tell(Collection<Hint> hints) {}

    @Override
    public void close() {}
  };
}
