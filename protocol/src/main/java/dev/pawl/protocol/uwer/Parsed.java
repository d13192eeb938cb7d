package dev.pawl.protocol.uwer;

import java.util.function.Supplier;

/** What reading a document comes to. */
public sealed interface Parsed<T> {
  record Ok<T>(T value) implements Parsed<T> {}

  record Refused<T>(UwerProblem problem) implements Parsed<T> {}

  static <T> Parsed<T> of(Supplier<T> reading) {
    try {
      return new Ok<>(reading.get());
    } catch (Refusal refusal) {
      return new Refused<>(refusal.problem());
    }
  }
}
