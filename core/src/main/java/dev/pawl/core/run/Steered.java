package dev.pawl.core.run;

import dev.pawl.core.value.RunId;

/**
 * The answer to whoever steers a run.
 *
 * @param run the run that was meant
 * @param changed false: it was so already, or the request came before
 */
public record Steered(RunId run, boolean changed) {}
