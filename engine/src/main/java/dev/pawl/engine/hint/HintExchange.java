package dev.pawl.engine.hint;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Gathers hints on their way out and in, and passes each different one on at most once in a beat, so that neither a busy
 * node nor a noisy neighbour costs the others more than a few looks.
 */
public final class HintExchange implements AutoCloseable {
  private static final long BEAT = TimeUnit.MILLISECONDS.toNanos(5);
  /** Most different hints of a beat, each way; more are forgotten. */
  static final int MOST = 10_000;

  private final HintBus bus;
  private final Consumer<Hint> look;
  private final Runnable lookEverywhere;
  private final Gathered out = new Gathered();
  private final Gathered in = new Gathered();
  private final LongAdder told = new LongAdder();
  private final LongAdder heard = new LongAdder();
  private volatile boolean missed;
  private volatile boolean closed;
  private volatile boolean resting;
  private final Thread thread = Thread.ofVirtual().name("pawl-hints").unstarted(this::pass);

  /** Counts since the start. */
  public record Figures(long told, long heard) {}

  /** What came in a beat. */
  private static final class Gathered {
    private final Set<Hint> hints = ConcurrentHashMap.newKeySet();
    private final AtomicInteger size = new AtomicInteger();

    void add(Hint hint) {
      if (size.get() < MOST && hints.add(hint)) size.incrementAndGet();
    }

    /** One that comes in meanwhile is part of this beat or of the next one. */
    Collection<Hint> take() {
      if (hints.isEmpty()) return List.of();
      size.set(0);
      List<Hint> all = List.copyOf(hints);
      all.forEach(hints::remove);
      return all;
    }
  }

  /**
   * An exchange.
   *
   * @param look what to do with a hint of another node; does not block
   * @param lookEverywhere what to do when hints were lost
   */
  public HintExchange(HintBus bus, Consumer<Hint> look, Runnable lookEverywhere) {
    this.bus = bus;
    this.look = look;
    this.lookEverywhere = lookEverywhere;
  }

  public void start() {
    if (bus == HintBus.NONE) return;
    thread.start();
    bus.listen(hint -> {
      heard.increment();
      in.add(hint);
      wake();
    }, () -> {
      missed = true;
      wake();
    });
  }

  /** Tells the other nodes soon. Called on a lane's thread. */
  public void tell(Hint hint) {
    if (bus == HintBus.NONE) return;
    out.add(hint);
    wake();
  }

  /** After something was put where {@link #pass} looks. */
  private void wake() {
    if (resting) LockSupport.unpark(thread);
  }

  private void pass() {
    while (!closed) {
      Collection<Hint> outgoing = out.take();
      Collection<Hint> incoming = in.take();
      if (!outgoing.isEmpty()) {
        told.add(outgoing.size());
        bus.tell(outgoing);
      }
      incoming.forEach(look);
      boolean all = missed;
      if (all) {
        missed = false;
        lookEverywhere.run();
      }
      if (all || !outgoing.isEmpty() || !incoming.isEmpty()) LockSupport.parkNanos(BEAT);
      else rest();
    }
  }

  private void rest() {
    resting = true;
    if (out.hints.isEmpty() && in.hints.isEmpty() && !missed && !closed) LockSupport.park(this);
    resting = false;
  }

  public Figures figures() {
    return new Figures(told.sum(), heard.sum());
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    bus.close();
  }
}
