package dev.pawl.core.run;

import dev.pawl.core.task.WorkflowTask;
import dev.pawl.core.value.RunId;

/**
 * What became of a workflow task that came back without a report.
 *
 * @param task afterwards: READY, perhaps later, or BLOCKED with the reason
 * @param changed false: that lease had ended already
 */
public record Requeued(RunId run, WorkflowTask task, boolean changed) {}
