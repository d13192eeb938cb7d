package dev.pawl.benchmarks;

import java.util.function.LongConsumer;

/** One system of background jobs on one database, ready to be handed jobs that do nothing but say that they ran. */
interface JobSubject extends AutoCloseable {

  String system();

  /** Hands in one job; durable when this returns. */
  void enqueue(long number) throws Exception;

  /** Hands in a batch of jobs with consecutive numbers; durable when this returns. False: it cannot. */
  boolean enqueueAll(long from, int count) throws Exception;

  /** Starts one worker. @param ran told the number of each job as it runs */
  AutoCloseable work(LongConsumer ran) throws Exception;

  @Override
  void close();
}
