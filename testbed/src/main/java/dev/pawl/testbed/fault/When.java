package dev.pawl.testbed.fault;

import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/** Which of the commits that pass a fault hits; counted over all connections, from the moment it is armed. */
public sealed interface When {

  /** Only the {@code n}-th, from 1. */
  record Nth(long n) implements When {}

  /** Every {@code n}-th. */
  record Every(long n) implements When {}

  /** Each with {@code probability}; the same seed hits the same ones. */
  record Chance(double probability, long seed) implements When {}

  /** A question that is asked once per commit, in order; not safe for several threads at once. */
  default BooleanSupplier counting() {
    return switch (this) {
      case Nth nth -> new BooleanSupplier() {
        private long count;

        @Override
        public boolean getAsBoolean() {
          return ++count == nth.n;
        }
      };
      case Every every -> new BooleanSupplier() {
        private long count;

        @Override
        public boolean getAsBoolean() {
          return ++count % every.n == 0;
        }
      };
      case Chance chance -> {
        var random = new SplittableRandom(chance.seed);
        yield () -> random.nextDouble() < chance.probability;
      }
    };
  }
}
