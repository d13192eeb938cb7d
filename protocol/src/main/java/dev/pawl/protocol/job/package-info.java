/**
 * Jobs as callers and as workers see them: {@link dev.pawl.protocol.job.JobApi} and
 * {@link dev.pawl.protocol.job.JobWorkApi}. Both speak in batches, because one commit for many costs little more than one
 * commit for one; each item of a batch has an answer of its own. Sessions are those of the
 * {@link dev.pawl.protocol.worker.WorkerApi}: a job's lease is listed in its heartbeats as any other
 * ({@link dev.pawl.protocol.job.JobGrant#token()}).
 */
@NullMarked
package dev.pawl.protocol.job;

import org.jspecify.annotations.NullMarked;
