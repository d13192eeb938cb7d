package dev.pawl.protocol.operator;

import dev.pawl.core.job.OperatorPapers;
import dev.pawl.core.run.OperateRun;
import dev.pawl.core.run.RunAct;
import dev.pawl.core.run.RunTransition;
import dev.pawl.core.value.RunId;
import dev.pawl.protocol.control.RunRef;
import dev.pawl.protocol.job.JobAnswer;
import dev.pawl.protocol.job.JobApi.ActReport;
import dev.pawl.protocol.job.JobApi.AuditReport;
import dev.pawl.protocol.job.JobRefusedException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Manual transitions of runs: never without a ticket and a reason, and in the audit of their namespace in the same commit,
 * done or refused. Programs steer runs through {@code ControlApi}; this is for people.
 */
public interface OperatorApi {

  /**
   * Terminates, resets, pauses or resumes a run.
   *
   * @param expectedEpoch what {@link #standing} said; another one means that something happened since
   * @param dryRun says what would happen, and writes nothing
   */
  JobAnswer<OperateRun.Operated> operate(
      RunRef run, RunAct act, OperatorPapers papers, long expectedEpoch, boolean dryRun);

  /**
   * The same manual transition of many runs, each decided and audited alone, under the epoch that it has when its turn comes.
   *
   * @throws JobRefusedException if the papers do not do, or the order names too many runs or was never rehearsed
   */
  ActReport operateMany(RunOrder order);

  /**
   * @param workflowIds the current run of each; null: the runs that {@code filter} finds, up to {@code BulkOrder.CAP}
   * @param filter query language of docs/guide/queries.md; not blank without {@code workflowIds}
   * @param dryRun only looks; without one before it, more than one run is not touched
   * @param rehearsed the same order was a dry run before
   */
  record RunOrder(String namespace, @Nullable List<String> workflowIds, @Nullable String filter, RunAct act,
      OperatorPapers papers, boolean dryRun, boolean rehearsed) {}

  /** How a run stands, for whoever is about to operate on it. */
  Standing standing(RunRef run);

  /**
   * @param standing RUNNING, PAUSED, or how it ended
   * @param epoch of its workflow task
   * @param lastSeq of its history
   */
  record Standing(RunId run, String standing, long epoch, long lastSeq) {}

  /** Computes the chain of hashes over the lines of a namespace again: one that was changed, dropped or moved breaks it. */
  AuditReport verifyAudit(String namespace);

  /**
   * Sealed lines of a namespace, oldest first, to be kept elsewhere. A number that is left out is a line that is gone.
   *
   * @param after the number of the last one that is known; 0: from the first
   * @param limit 1 to 10,000
   */
  List<AuditLine> audit(String namespace, long after, int limit);

  /**
   * @param number in the chain of its namespace, from 1
   * @param hash of the line and of everything before it, 64 hex digits
   */
  record AuditLine(long number, String hash, RunTransition line) {}
}
