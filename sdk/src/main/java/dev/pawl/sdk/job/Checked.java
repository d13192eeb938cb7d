package dev.pawl.sdk.job;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a look at an external effect came to. */
public sealed interface Checked {
  record Done(@Nullable Object result) implements Checked {}

  /** @param after look again no sooner than this; null: after the job's interval */
  record Pending(@Nullable Duration after) implements Checked {}

  record Rejected(String why) implements Checked {}

  /** It has come about; the job is done. */
  static Checked done(@Nullable Object result) {
    return new Done(result);
  }

  /** Not yet. */
  static Checked pending() {
    return new Pending(null);
  }

  /** Not yet; look again no sooner than this. */
  static Checked pending(Duration after) {
    return new Pending(after);
  }

  /** It will not come about; the work is done again. */
  static Checked rejected(String why) {
    return new Rejected(why);
  }
}
