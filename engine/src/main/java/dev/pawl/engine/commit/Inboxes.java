package dev.pawl.engine.commit;

import java.time.Duration;
import java.util.List;

/** The inboxes of a node's lanes of one kind. */
public final class Inboxes<P extends Enqueued> implements AutoCloseable {
  private static final Duration LAST_GROUPS = Duration.ofSeconds(30);

  private final List<Inbox<P>> all;

  public Inboxes(List<Inbox<P>> all) {
    this.all = List.copyOf(all);
  }

  public void start() {
    all.forEach(Inbox::start);
  }

  public int size() {
    return all.size();
  }

  public Inbox<P> get(int lane) {
    return all.get(lane);
  }

  /** Requests that wait in all of them. */
  public int waiting() {
    return all.stream().mapToInt(Inbox::waiting).sum();
  }

  /** The longest time that one has had work without finishing any. */
  public Duration stuck() {
    return all.stream().map(Inbox::stuck).max(Duration::compareTo).orElse(Duration.ZERO);
  }

  /** Finishes what was accepted, refuses everything new. */
  @Override
  public void close() {
    all.forEach(Inbox::close);
    try {
      for (Inbox<P> one : all) one.join(LAST_GROUPS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
