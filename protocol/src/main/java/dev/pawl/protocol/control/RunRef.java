package dev.pawl.protocol.control;

import dev.pawl.core.value.RunId;
import org.jspecify.annotations.Nullable;

/** A workflow id, and which of its runs. @param run null: the current one */
public record RunRef(String namespace, String workflowId, @Nullable RunId run) {
  public static RunRef current(String namespace, String workflowId) {
    return new RunRef(namespace, workflowId, null);
  }
}
