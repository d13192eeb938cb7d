package dev.pawl.core.run;

import dev.pawl.core.value.RunId;

/**
 * Where the outcome of a child goes: the chain of the parent and the step there. Never a run id alone, so that a reset
 * or continued parent still gets its answers.
 */
public record ParentLink(String namespace, String workflowId, RunId runId, int step) {}
