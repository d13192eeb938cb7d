package dev.pawl.sdk.replay;

import java.util.SplittableRandom;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Random numbers that depend on nothing but the run's id and how many were taken before. */
final class Chance implements RandomGenerator {
  private final RunRuntime run;
  private final SplittableRandom numbers;

  Chance(RunRuntime run) {
    this.run = run;
    UUID id = run.runId().value();
    this.numbers = new SplittableRandom(id.getMostSignificantBits() * 31 + id.getLeastSignificantBits());
  }

  @Override
  public long nextLong() {
    run.mayAct(); // a number taken in a query or a condition would shift all that follow
    return numbers.nextLong();
  }

  UUID uuid() {
    long high = (nextLong() & 0xFFFF_FFFF_FFFF_0FFFL) | 0x4000L;
    long low = (nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low);
  }
}
