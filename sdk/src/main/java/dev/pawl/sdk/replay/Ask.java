package dev.pawl.sdk.replay;

import dev.pawl.core.value.Payload;
import org.jspecify.annotations.Nullable;

/** Something that the program asked for under a number of its own. */
final class Ask {
  /** What can be asked for. The words are those of messages. */
  enum Kind {
    STEP("step"),
    ACTIVITY("activity"),
    TIMER("timer"),
    CHILD("child workflow"),
    SIGNAL("signal to"),
    CANCEL("cancellation of"),
    SIDE_EFFECT("side effect"),
    VERSION("version"),
    ATTRIBUTES("search attributes"),
    MEMO("memo");

    final String words;

    Kind(String words) {
      this.words = words;
    }
  }

  final int step;
  final Kind kind;
  final String name;
  final Deferred<@Nullable Payload> promise;

  /** A child's start. */
  final @Nullable Deferred<dev.pawl.core.value.RunId> started;

  /** The user's line, while replaying; for messages. */
  final @Nullable String where;

  /** Its command went out, or lies in history. */
  boolean recorded;

  /** Nobody wants its outcome any more. */
  boolean cancelled;

  private @Nullable Runnable whenEnded;

  Ask(int step, Kind kind, String name, Deferred<@Nullable Payload> promise,
      @Nullable Deferred<dev.pawl.core.value.RunId> started, @Nullable String where) {
    this.step = step;
    this.kind = kind;
    this.name = name;
    this.promise = promise;
    this.started = started;
    this.where = where;
  }

  String describe() {
    return name.isEmpty() ? "a " + kind.words : kind.words + " '" + name + "'";
  }

  void whenEnded(Runnable action) {
    whenEnded = action;
  }

  /** It is over: the scope need not cancel it any more. */
  void ended() {
    if (whenEnded != null) whenEnded.run();
    whenEnded = null;
  }
}
