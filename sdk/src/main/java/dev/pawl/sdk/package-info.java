/**
 * What a Java developer writes workflows with. {@link dev.pawl.sdk.Workflow} is the one interface to implement,
 * {@link dev.pawl.sdk.Pawl} holds what a workflow may do, {@link dev.pawl.sdk.Activities} and
 * {@link dev.pawl.sdk.Children} hand out stubs. The worker that runs them is {@code dev.pawl.sdk.worker.Worker}, the
 * client that starts and asks them {@code dev.pawl.sdk.client.PawlClient}.
 *
 * <p>Nothing in here runs anything: the calls go to {@link dev.pawl.sdk.WorkflowRuntime}, which
 * {@code dev.pawl.sdk.replay} implements. The SDK knows the engine only through the two interfaces of the protocol.
 */
@NullMarked
package dev.pawl.sdk;

import org.jspecify.annotations.NullMarked;
