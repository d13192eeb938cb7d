package dev.pawl.core.run;

import dev.pawl.core.job.OperatorPapers;
import dev.pawl.core.job.UwerCode;
import dev.pawl.core.value.RunId;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A line of the append-only audit: what an operator did to a run by hand, or tried. The store seals it into a chain of
 * hashes in the commit that writes it.
 *
 * @param event {@link RunAct#event}
 * @param from how the run stood, see {@link OperateRun#standing}
 * @param fromEpoch of its workflow task
 * @param newRun born by a reset; null: none was
 * @param refused nothing was changed, for this reason; null: it was done
 */
public record RunTransition(
    RunId run,
    String namespace,
    String workflowId,
    Instant at,
    String event,
    String from,
    long fromEpoch,
    String to,
    long toEpoch,
    @Nullable RunId newRun,
    @Nullable UwerCode refused,
    OperatorPapers papers) {

  /** Who did it, as the audit tells it: {@code operator:ada}. */
  public String actor() {
    return "operator:" + papers.operator();
  }

  /** Its fields in the order in which they are sealed. */
  public List<@Nullable String> fields() {
    return Arrays.asList(at.toString(), actor(), papers.role(), papers.channel(), event, run.toString(), namespace,
        workflowId, from, Long.toString(fromEpoch), to, Long.toString(toEpoch),
        newRun == null ? null : newRun.toString(), refused == null ? null : refused.wire(), papers.ticket(),
        papers.reason(), papers.requestId(), papers.approver());
  }
}
