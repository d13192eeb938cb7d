package dev.pawl.core.value;

import java.time.Instant;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * Identity of one execution of a workflow: a UUIDv7 whose last 16 bits are the lane of its (namespace, workflow id), so
 * that all runs of one chain meet in one lane on every node. The time inside is never used to order or to expire.
 */
public record RunId(UUID value) implements Comparable<RunId> {

  public static RunId next(String namespace, String workflowId, Instant now, RandomGenerator random) {
    long high = (now.toEpochMilli() << 16) | 0x7000L | (random.nextLong() & 0x0FFFL);
    long low = 0x8000_0000_0000_0000L | (random.nextLong() & 0x3FFF_FFFF_FFFF_0000L) | laneOf(namespace, workflowId);
    return new RunId(new UUID(high, low));
  }

  /**
   * The id of a run that another run brings about: the same for the same cause, so that deciding stays pure.
   *
   * @param cause the run that continues, or the parent
   * @param number the run number or the step of the child; distinguishes what one run brings about
   */
  public static RunId caused(RunId cause, int number, String namespace, String workflowId, Instant now) {
    long a = mix(cause.value.getMostSignificantBits() ^ mix(number + 0x9E3779B97F4A7C15L));
    long b = mix(a ^ cause.value.getLeastSignificantBits());
    long high = (now.toEpochMilli() << 16) | 0x7000L | (a & 0x0FFFL);
    long low = 0x8000_0000_0000_0000L | (b & 0x3FFF_FFFF_FFFF_0000L) | laneOf(namespace, workflowId);
    return new RunId(new UUID(high, low));
  }

  private static long mix(long z) { // the finisher of SplitMix64
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  public static RunId parse(String text) {
    return new RunId(UUID.fromString(text));
  }

  /** The lane of a chain, 0 to 65535. */
  public static int laneOf(String namespace, String workflowId) {
    int h = 31 * namespace.hashCode() + workflowId.hashCode();
    h *= 0x9E3779B9; // spreads ids that differ in the last characters only
    return (h >>> 16) & 0xFFFF;
  }

  /** The lane of this run's chain, 0 to 65535. */
  public int lane() {
    return (int) (value.getLeastSignificantBits() & 0xFFFF);
  }

  @Override
  public int compareTo(RunId other) {
    int high = Long.compareUnsigned(value.getMostSignificantBits(), other.value.getMostSignificantBits());
    return high != 0
        ? high
        : Long.compareUnsigned(value.getLeastSignificantBits(), other.value.getLeastSignificantBits());
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
