package dev.pawl.core.task;

import dev.pawl.core.value.RunId;

/** Identity of an activity task: its run and its step. */
public record TaskId(RunId run, int step) {}
