package dev.pawl.core.job;

import java.time.Instant;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Identity of a job: a UUIDv7. The time inside is never used to order or to expire. */
public record JobId(UUID value) {

  public static JobId next(Instant now, RandomGenerator random) {
    long high = (now.toEpochMilli() << 16) | 0x7000L | (random.nextLong() & 0x0FFFL);
    return new JobId(new UUID(high, 0x8000_0000_0000_0000L | (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL)));
  }

  public static JobId parse(String text) {
    return new JobId(UUID.fromString(text));
  }

  /** The 36 lower-case characters; also the seed of the job's jitter. */
  @Override
  public String toString() {
    return value.toString();
  }
}
