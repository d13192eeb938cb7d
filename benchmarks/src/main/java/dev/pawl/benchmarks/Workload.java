package dev.pawl.benchmarks;

import java.util.Locale;

/** What one operation is. */
enum Workload {
  /** Start a workflow of one trivial step, wait for its result. */
  W1(1),
  /** Five steps, one after another. */
  W5(5),
  /** Ten steps, one after another. */
  W10(10),
  /** Start a workflow of five activities through a queue, one after another; wait for its result. */
  A5(5),
  /** Signal a workflow that waits for it; its result is the answer. The latency is from the signal to the result. */
  S(0);

  final int steps;

  Workload(int steps) {
    this.steps = steps;
  }

  static Workload named(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }
}
