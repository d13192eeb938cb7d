package dev.pawl.testbed.fault;

import java.time.Duration;

/** Something that a {@link FaultProxy} can do to the connections that run through it, until it is disarmed. */
public sealed interface Fault {

  /** A fault of single commits. */
  sealed interface OfCommit extends Fault {
    When when();
  }

  /** The commit never reaches the server; the client is reset. */
  record CutBeforeCommit(When when) implements OfCommit {}

  /** The commit succeeds; the client is reset instead of hearing of it. */
  record CutAfterCommit(When when) implements OfCommit {}

  /** The client is reset; the server gets the commit {@code hold} later, or as soon as the fault is disarmed. */
  record LateCommit(When when, Duration hold) implements OfCommit {}

  /** The commit waits until the fault is disarmed: a client that stands still in the middle of its transaction. */
  record StallCommit(When when) implements OfCommit {}

  /** Each burst of bytes waits {@code base} plus up to {@code jitter}, drawn from {@code seed}. */
  record Delay(Direction direction, Duration base, Duration jitter, long seed) implements Fault {}

  /** Nothing is forwarded, nobody is told; what was held back goes on when the fault is disarmed. */
  record Freeze(Direction direction) implements Fault {}

  /** Bytes vanish. A connection that lost some is of no use any more, even after the fault. */
  record Drop(Direction direction) implements Fault {}

  /** Each connection lets {@code bytes} more bytes through and is reset in the middle of whatever comes then. */
  record Truncate(Direction direction, long bytes) implements Fault {}

  /** New connections are reset at once. */
  record Refuse() implements Fault {}

  /** Resets every connection that is open now. Over when it is armed. */
  record Reset() implements Fault {}

  /** Ends every connection that is open now in an orderly way, both sides. Over when it is armed. */
  record Finish() implements Fault {}

  static Fault cutBeforeCommit(When when) {
    return new CutBeforeCommit(when);
  }

  static Fault cutAfterCommit(When when) {
    return new CutAfterCommit(when);
  }

  static Fault lateCommit(When when, Duration hold) {
    return new LateCommit(when, hold);
  }

  static Fault stallCommit(When when) {
    return new StallCommit(when);
  }

  static Fault delay(Direction direction, Duration base) {
    return new Delay(direction, base, Duration.ZERO, 0);
  }

  static Fault freeze(Direction direction) {
    return new Freeze(direction);
  }

  static Fault drop(Direction direction) {
    return new Drop(direction);
  }

  static Fault truncate(Direction direction, long bytes) {
    return new Truncate(direction, bytes);
  }

  static Fault refuse() {
    return new Refuse();
  }

  static Fault reset() {
    return new Reset();
  }

  static Fault finish() {
    return new Finish();
  }

  /** The fault's class, for counting: {@code cut-after-commit}, {@code freeze} ... */
  default String name() {
    return FaultText.name(this);
  }

  /** One line that {@link #parse} reads: {@code cut-after-commit nth=3}. */
  default String text() {
    return FaultText.write(this);
  }

  /**
   * Reads a line such as {@code cut-before-commit chance=0.02 seed=7}, {@code delay direction=to-client base=PT0.2S
   * jitter=PT0.05S seed=1} or {@code refuse}.
   *
   * @throws IllegalArgumentException naming what is wrong with it
   */
  static Fault parse(String text) {
    return FaultText.read(text);
  }
}
