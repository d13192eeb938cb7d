package dev.pawl.examples.callback;

import dev.pawl.sdk.Activity;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

// tag::activity[]
/** Puts the text on a translator's desk, with the token that finishes the activity, and lets the worker go. */
public final class TranslationDesk implements TranslationActivities {
  /** What lies on the desk. @param token hand it to {@code PawlClient.completeActivity} with the translation */
  public record Errand(String token, String text, String language) {}

  private final BlockingQueue<Errand> desk = new LinkedBlockingQueue<>();

  @Override
  public String translate(String text, String language) {
    desk.add(new Errand(Activity.context().completeLater(), text, language));
    return ""; // not looked at: the result comes with the token
  }

  public BlockingQueue<Errand> desk() {
    return desk;
  }
}
// end::activity[]
