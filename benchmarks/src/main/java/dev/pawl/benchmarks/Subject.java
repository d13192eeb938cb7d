package dev.pawl.benchmarks;

/** One system on one database, ready for work. */
interface Subject extends AutoCloseable {

  /** {@code pawl} or the name of the peer. */
  String system();

  boolean can(Workload workload);

  /**
   * Performs one operation and returns when its result is durable and known to the caller.
   *
   * @return nanoseconds of the part of it that counts as its latency
   */
  long perform(Workload workload, long number) throws Exception;

  /** Transactions committed so far, as far as the subject can tell; -1 if it cannot. */
  long commits();

  @Override
  void close();
}
