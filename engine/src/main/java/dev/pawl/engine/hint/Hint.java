package dev.pawl.engine.hint;

/** Something another node may want to look at. Says where to look, never what is there. */
public sealed interface Hint {
  String namespace();

  /** A workflow task of this type is ready. */
  record WorkflowReady(String namespace, String queue, String type) implements Hint {}

  /** An activity of this type waits. */
  record ActivityReady(String namespace, String queue, String type) implements Hint {}

  /** A job of this type waits. */
  record JobReady(String namespace, String type) implements Hint {}

  /** A run of this workflow id has changed. @param ended whether it has ended */
  record Changed(String namespace, String workflowId, boolean ended) implements Hint {}
}
