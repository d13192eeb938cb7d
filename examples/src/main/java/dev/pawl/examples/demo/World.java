package dev.pawl.examples.demo;

import dev.pawl.examples.demo.Journal.Kind;
import dev.pawl.examples.demo.Journal.Line;
import dev.pawl.examples.order.Order;
import dev.pawl.examples.order.PaymentActivities;
import dev.pawl.examples.order.ShippingActivities;
import dev.pawl.examples.order.Stock;
import dev.pawl.sdk.Activity;
import dev.pawl.sdk.failure.ApplicationException;
import java.time.Duration;
import java.time.Instant;

/**
 * A warehouse, a payment provider and a carrier, all in one file. Like any good service they take an idempotency key and
 * do a thing once per key. They keep a journal of who asked for what, and of what they did.
 */
final class World implements Stock, PaymentActivities, ShippingActivities {
  /** Cards have no more than this. */
  static final long LIMIT = 100_000;

  /** So long the provider takes to answer after a charge: long enough to be killed meanwhile. */
  private static final Duration SLOW = Duration.ofSeconds(60);

  private final Journal journal;
  private final int worker;

  World(Journal journal, int worker) {
    this.journal = journal;
    this.worker = worker;
  }

  @Override
  public String reserve(Order order, String key) {
    once("reserve", order.id(), key, order.quantity() + " x " + order.item());
    return "reservation/" + order.id();
  }

  @Override
  public void release(String reservation) {
    String order = reservation.substring(reservation.indexOf('/') + 1);
    once("release", order, "release/" + order, "the stock is free again");
  }

  @Override
  public String charge(String orderId, long cents) {
    String key = Activity.context().idempotencyKey();
    if (cents > LIMIT) {
      note(Kind.REFUSED, "charge", orderId, key, "the card is declined");
      throw ApplicationException.of("CardDeclined", "the bank says no to " + cents + " cents");
    }
    boolean charged = once("charge", orderId, key, cents + " cents");
    if (charged) answerSlowly();
    return "charge/" + orderId;
  }

  @Override
  public void refund(String charge) {
    String order = charge.substring(charge.indexOf('/') + 1);
    once("refund", order, Activity.context().idempotencyKey(), "the money is back");
  }

  @Override
  public String ship(String orderId, String item) {
    once("ship", orderId, Activity.context().idempotencyKey(), item + " is on its way");
    return "parcel/" + orderId;
  }

  /** For the interceptor: somebody begins to run, or to run again, the program of a run. */
  void program(String order) {
    note(Kind.PROGRAM, "program", order, "", "");
  }

  /** @return whether it was done now; false: this key was known */
  private synchronized boolean once(String what, String order, String key, String text) {
    note(Kind.ASKED, what, order, key, text);
    boolean known = journal.lines().stream().anyMatch(line -> line.kind() == Kind.DONE && line.key().equals(key));
    note(known ? Kind.KNOWN : Kind.DONE, what, order, key, text);
    return !known;
  }

  /** The money is taken, but the answer takes its time. An activity that should stop is interrupted. */
  private static void answerSlowly() {
    try {
      Thread.sleep(SLOW);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void note(Kind kind, String what, String order, String key, String text) {
    journal.add(new Line(Instant.now(), worker, kind, what, order, key, text));
  }
}
