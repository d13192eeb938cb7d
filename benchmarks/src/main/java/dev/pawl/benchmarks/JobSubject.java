package dev.pawl.benchmarks;

import java.util.function.LongConsumer;

/** One system of background jobs on one database, ready to be handed jobs that do nothing but say that they ran. */
interface JobSubject extends AutoCloseable {

  String system();

  /** Hands in one job; durable when this returns. */
  void enqueue(long number) throws Exception;

  /** Hands in a batch of jobs with consecutive numbers; durable when this returns. False: it cannot. */
  boolean enqueueAll(long from, int count) throws Exception;

  /** How many workers it can have in one process, 1 or more. */
  default int mostWorkers() {
    return 1;
  }

  /** Starts workers. @param workers up to {@link #mostWorkers} @param ran told the number of each job as it runs */
  AutoCloseable work(int workers, LongConsumer ran) throws Exception;

  @Override
  void close();
}
