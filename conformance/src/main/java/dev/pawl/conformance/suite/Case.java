package dev.pawl.conformance.suite;

import dev.pawl.conformance.scene.Feature;
import dev.pawl.conformance.scene.Scene;
import java.util.Set;

/**
 * One thing that the contract says.
 *
 * @param id the contract's section, a slash, and the row; stable
 * @param title what has to hold
 * @param needs what the server may lack; then the case is skipped
 */
public record Case(String id, String title, Set<Feature> needs, Body body) {
  /** Plays the case. Whatever it throws is a failure. */
  @FunctionalInterface
  public interface Body {
    void play(Scene scene) throws Exception;
  }
}
