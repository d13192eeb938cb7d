package dev.pawl.examples.approval;

import dev.pawl.sdk.ActivityName;

/** Tells people things. */
@ActivityName("notices")
public interface NoticeActivities {
  void ask(String person, Expense expense);
}
