package dev.pawl.testbed.check;

/**
 * A promise that was not kept.
 *
 * @param invariant its id, such as {@code I5}
 * @param subject what it is about: a run, a key, an operation
 * @param detail what was expected and what was found
 */
public record Violation(String invariant, String subject, String detail) {
  @Override
  public String toString() {
    return invariant + " " + subject + ": " + detail;
  }
}
