package dev.pawl.sdk;

/** The work of a step that has no result. */
@FunctionalInterface
public interface StepAction {
  /** Does the work. An exception fails the attempt. */
  void run() throws Exception;
}
