/**
 * Jobs for authors: {@link dev.pawl.sdk.job.Jobs} hands them in, a {@link dev.pawl.sdk.job.JobHandler} does their work, a
 * {@link dev.pawl.sdk.worker.JobWorker} runs handlers.
 */
@NullMarked
package dev.pawl.sdk.job;

import org.jspecify.annotations.NullMarked;
