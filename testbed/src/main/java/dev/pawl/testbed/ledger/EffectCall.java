package dev.pawl.testbed.ledger;

import java.util.List;

/**
 * One attempt to have an effect.
 *
 * @param key the idempotency key: the same in all attempts of one step or activity
 * @param epoch of the lease under which it was made
 * @param amount what it moves, for sums that have to add up; 0 if it moves nothing
 */
public record EffectCall(
    String key, String workflowId, String runId, int step, int attempt, long epoch, String worker, long amount) {

  /** A call that moves nothing. */
  public EffectCall(String key, String workflowId, String runId, int step, int attempt, long epoch, String worker) {
    this(key, workflowId, runId, step, attempt, epoch, worker, 0);
  }

  /** Eight fields with tabs between them. */
  String line() {
    return TabbedLine.of(key, workflowId, runId, step, attempt, epoch, worker, amount);
  }

  /** Reads eight fields, from {@code first} on. */
  static EffectCall read(List<String> fields, int first) {
    if (fields.size() != first + 8) {
      throw new IllegalArgumentException("expected %d fields, got %d: %s".formatted(first + 8, fields.size(), fields));
    }
    return new EffectCall(fields.get(first), fields.get(first + 1), fields.get(first + 2),
        Integer.parseInt(fields.get(first + 3)), Integer.parseInt(fields.get(first + 4)),
        Long.parseLong(fields.get(first + 5)), fields.get(first + 6), Long.parseLong(fields.get(first + 7)));
  }
}
