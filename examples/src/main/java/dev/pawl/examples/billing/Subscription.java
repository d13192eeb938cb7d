package dev.pawl.examples.billing;

import java.time.LocalDate;
import java.time.ZoneId;

/**
 * Who pays how much, and when.
 *
 * @param firstCharge the day after the trial
 * @param charged how often it was charged already
 */
public record Subscription(String customer, long cents, LocalDate firstCharge, ZoneId zone, int charged) {
  /** From the first day, not from the last: 31 January, 28 February, 31 March. */
  LocalDate nextCharge() {
    return firstCharge.plusMonths(charged);
  }

  Subscription afterCharge() {
    return new Subscription(customer, cents, firstCharge, zone, charged + 1);
  }
}
