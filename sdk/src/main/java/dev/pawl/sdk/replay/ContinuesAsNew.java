package dev.pawl.sdk.replay;

import dev.pawl.sdk.ContinueSettings;
import org.jspecify.annotations.Nullable;

/** Unwinds the main coroutine of a run that goes on in a new one. An Error, so that user code lets it pass. */
final class ContinuesAsNew extends Error {
  private static final long serialVersionUID = 1L;

  final transient @Nullable Object input;
  final transient ContinueSettings settings;

  ContinuesAsNew(@Nullable Object input, ContinueSettings settings) {
    super("continues as new", null, false, false);
    this.input = input;
    this.settings = settings;
  }
}
