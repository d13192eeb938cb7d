package dev.pawl.engine;

import java.time.Duration;
import java.util.List;

/**
 * How an engine is, by the work it gets done.
 *
 * @param ready false: do not send it anything now
 * @param problems one sentence each; empty when ready
 * @param waiting requests that wait for a commit
 * @param polls workers that wait for work
 * @param recoveryBound work of a crashed worker can be granted again after this long at most
 */
public record Health(boolean ready, List<String> problems, int waiting, int polls, Duration recoveryBound) {}
