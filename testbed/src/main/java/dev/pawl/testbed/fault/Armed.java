package dev.pawl.testbed.fault;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A fault in a proxy, from the moment it was armed; keeps its count after it was disarmed. */
public final class Armed {
  private final int id;
  private final Fault fault;
  private final Tally tally;
  private final CountDownLatch disarmed = new CountDownLatch(1);
  private final BooleanSupplier hits;
  private final SplittableRandom jitter;

  Armed(int id, Fault fault, Tally tally) {
    this.id = id;
    this.fault = fault;
    this.tally = tally;
    this.hits = fault instanceof Fault.OfCommit ofCommit ? ofCommit.when().counting() : () -> true;
    this.jitter = new SplittableRandom(fault instanceof Fault.Delay delay ? delay.seed() : 0);
  }

  public int id() {
    return id;
  }

  public Fault fault() {
    return fault;
  }

  /** How often it changed what a peer saw. */
  public long fired() {
    return tally.get(key());
  }

  /** Waits until it has fired {@code times}; false if that did not happen in time. */
  public boolean awaitFired(long times, Duration patience) {
    return tally.await(key(), times, patience);
  }

  /** Ends it. What it held back goes on. */
  public void disarm() {
    disarmed.countDown();
  }

  boolean active() {
    return disarmed.getCount() > 0;
  }

  /** Waits for the end of the fault, at most so long. */
  void awaitDisarmed(Duration atMost) throws InterruptedException {
    disarmed.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
  }

  void awaitDisarmed() throws InterruptedException {
    disarmed.await();
  }

  void fire() {
    tally.add(key());
    tally.add(fault.name());
  }

  /** Whether the commit at hand is one of those it hits. */
  synchronized boolean hits() {
    return hits.getAsBoolean();
  }

  synchronized Duration delay(Fault.Delay delay) {
    long spread = delay.jitter().toNanos();
    return spread == 0 ? delay.base() : delay.base().plusNanos(jitter.nextLong(spread + 1));
  }

  private String key() {
    return "#" + id;
  }

  @Override
  public String toString() {
    return "%s (fired %d times)".formatted(fault.text(), fired());
  }
}
