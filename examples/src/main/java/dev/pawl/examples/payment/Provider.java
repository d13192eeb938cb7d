package dev.pawl.examples.payment;

import dev.pawl.sdk.failure.ApplicationException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;

/** A payment provider that charges twice when asked twice; but it can be asked what it did. */
class Provider {
  static final long LIMIT = 100_000;
  private final List<String> references = new CopyOnWriteArrayList<>();

  /** @param reference shown on the statement @return number of the charge */
  String charge(String reference, long cents) {
    // tag::decline[]
    if (cents > LIMIT) throw ApplicationException.of("CardDeclined", "over the limit by " + (cents - LIMIT));
    // end::decline[]
    references.add(reference);
    return "charge-" + references.size();
  }

  Optional<String> find(String reference) {
    return IntStream.range(0, references.size()).filter(i -> references.get(i).equals(reference))
        .mapToObj(i -> "charge-" + (i + 1)).findFirst();
  }

  int charges() {
    return references.size();
  }
}
