package dev.pawl.examples.payment;

import dev.pawl.sdk.failure.ApplicationException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A payment provider that does not mind being asked twice to charge, and does it twice; but it can be asked what it did. */
public final class Provider {
  static final long LIMIT = 100_000;
  private final Map<String, String> charges = new ConcurrentHashMap<>();

  /** @param reference shown on the statement */
  String charge(String reference, long cents) {
    // tag::decline[]
    if (cents > LIMIT) throw ApplicationException.of("CardDeclined", "over the limit by " + (cents - LIMIT));
    // end::decline[]
    String charge = "charge-" + (charges.size() + 1);
    charges.put(reference, charge);
    return charge;
  }

  Optional<String> find(String reference) {
    return Optional.ofNullable(charges.get(reference));
  }

  int charges() {
    return charges.size();
  }
}
