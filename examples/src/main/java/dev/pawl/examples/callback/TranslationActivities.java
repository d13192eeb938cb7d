package dev.pawl.examples.callback;

import dev.pawl.sdk.ActivityName;

/** Human translators. */
@ActivityName("translation")
public interface TranslationActivities {
  /** Takes as long as people take. */
  String translate(String text, String language);
}
