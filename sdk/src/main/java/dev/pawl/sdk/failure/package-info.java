/**
 * What went wrong, as workflow and activity code throws and catches it.
 *
 * <p>A failure crosses processes and languages and lies in history, so an exception here is a view of a
 * {@link dev.pawl.core.value.Failure}: a stable type, a message, details, the stack as text, and causes. The shape that a
 * workflow sees is always the same: an {@link dev.pawl.sdk.failure.ActivityException} or
 * {@link dev.pawl.sdk.failure.ChildWorkflowException} says who failed, its cause says why, an
 * {@link dev.pawl.sdk.failure.ApplicationException} with the type of what was thrown over there, a
 * {@link dev.pawl.sdk.failure.TimedOutException}, a {@link dev.pawl.sdk.failure.CancelledException}. The class of a remote
 * exception is never needed and never persisted. {@code dev.pawl.sdk.payload.Failures} converts both ways.
 */
@NullMarked
package dev.pawl.sdk.failure;

import org.jspecify.annotations.NullMarked;
