package dev.pawl.chaos.program;

import java.util.List;

/**
 * One operation of a program. Each adds its amount to the program's total when it has done what it is for; what has an
 * effect outside tells the ledger the same amount, under its idempotency key.
 */
public sealed interface Op {

  /** Adds an amount; how a program that goes on in a new run carries its total. */
  record Carry(long amount) implements Op {}

  /** A step with an effect, whose first {@code failures} attempts fail before it; {@code pause} ms between attempts. */
  record Pay(long amount, int failures, int pause) implements Op {}

  /** An activity with an effect, whose first {@code failures} attempts fail before it. */
  record Charge(long amount, int failures) implements Op {}

  /** An activity with an effect that takes so many milliseconds, with heartbeats. */
  record Toil(long amount, int millis) implements Op {}

  /** A step with an effect, whose process ends at once the first time the effect happens. */
  record Deadly(long amount) implements Op {}

  /** A row in the user's table, in the transaction that records the step. */
  record Book(long amount) implements Op {}

  /** A recorded value. */
  record Note(long amount) implements Op {}

  record Sleep(int millis) implements Op {}

  /** Waits for a signal; adds the amount that the signal brings. */
  record Await(String name, long amount) implements Op {}

  /** Waits so long for a signal that nobody sends. */
  record Expire(int millis, long amount) implements Op {}

  /** A child program; adds its total. */
  record Child(List<Op> program) implements Op {
    public Child {
      program = List.copyOf(program);
    }
  }

  /** A child that waits for a word of its parent, and gets it. */
  record Tell(long amount) implements Op {}

  /** Several programs beside each other. */
  record Beside(List<List<Op>> branches) implements Op {
    public Beside {
      branches = branches.stream().map(List::copyOf).toList();
    }
  }

  /** A saga that pays, charges, fails, and takes both back; adds nothing. */
  record Undo(long amount) implements Op {}

  /** Calls off a sleep of a day. */
  record CallOff(long amount) implements Op {}

  /** Takes the new way of a changed piece of code. */
  record Patch(long amount) implements Op {}

  /** Shows the total so far as the search attribute {@code Total}. */
  record Show() implements Op {}

  /** Goes on in a new run. Not inside of other operations. */
  record Again() implements Op {}

  /** Never ends by itself. */
  record Forever() implements Op {}
}
