package dev.pawl.examples.callback;

import dev.pawl.sdk.Activities;
import dev.pawl.sdk.Workflow;
import java.time.Duration;

// tag::workflow[]
/** Waits for a person, through an activity that somebody else finishes. */
public final class TranslationWorkflow implements Workflow<String, String> {
  private final TranslationActivities translators =
      Activities.stub(TranslationActivities.class, opts -> opts.startToClose(Duration.ofDays(14)));

  @Override
  public String run(String text) {
    return translators.translate(text, "fr");
  }
}
// end::workflow[]
