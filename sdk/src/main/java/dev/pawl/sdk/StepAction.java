package dev.pawl.sdk;

/** The work of a step that has no result. */
@FunctionalInterface
public interface StepAction {
  void run() throws Exception;
}
