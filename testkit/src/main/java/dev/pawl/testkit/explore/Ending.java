package dev.pawl.testkit.explore;

import dev.pawl.core.run.RunStatus;
import dev.pawl.testkit.HistoryCheck;
import java.util.List;

/**
 * How one explored run ended, for the check.
 *
 * @param status RUNNING: it never came to an end by itself
 * @param history of the run that was started, or of the one that it continued as
 * @param open the histories of what was still open, to read; empty: nothing was
 */
public record Ending(RunStatus status, Effects effects, HistoryCheck history, String open) {

  /** The run has completed. */
  public Ending completed() {
    if (status != RunStatus.COMPLETED) throw new AssertionError("expected the run to complete, but it is " + status);
    return this;
  }

  /** Nothing happened twice. */
  public Ending eachEffectOnce() {
    effects.counts().forEach((what, count) -> {
      if (count > 1) throw new AssertionError("'%s' happened %d times".formatted(what, count));
    });
    return this;
  }

  /** Exactly this happened, in any order. */
  public Ending effectsAre(String... expected) {
    if (!List.of(expected).stream().sorted().toList().equals(effects.all().stream().sorted().toList())) {
      throw new AssertionError("expected the effects %s, but there were %s".formatted(List.of(expected), effects));
    }
    return this;
  }
}
