package dev.pawl.sdk;

import dev.pawl.core.run.ParentLink;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RunId;
import dev.pawl.core.value.SearchValue;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which run this is and how it stands.
 *
 * @param runNumber place in the chain of runs of this workflow id, from 1
 * @param attempt attempt of the run-level retry policy, from 1
 * @param firstRun the first run of the chain, the same over continue-as-new and retries
 * @param continuedFrom the run before this one
 * @param startedAt when this run was accepted
 * @param executionDeadline when the whole chain gives up
 * @param runDeadline when this run gives up
 * @param historyLength events shown so far
 * @param suggestContinueAsNew the history is long: more than 10,000 events or about 5 MB
 */
public record WorkflowInfo(
    String namespace,
    String workflowId,
    RunId run,
    String workflowType,
    String queue,
    int runNumber,
    int attempt,
    RunId firstRun,
    @Nullable RunId continuedFrom,
    @Nullable ParentLink parent,
    Instant startedAt,
    @Nullable Instant executionDeadline,
    @Nullable Instant runDeadline,
    Map<String, Payload> header,
    Map<String, Payload> memo,
    Map<String, SearchValue> searchAttributes,
    long historyLength,
    boolean suggestContinueAsNew) {}
