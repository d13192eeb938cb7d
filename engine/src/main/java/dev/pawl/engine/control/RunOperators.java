package dev.pawl.engine.control;

import dev.pawl.core.job.OperatorPapers;
import dev.pawl.core.job.UwerCode;
import dev.pawl.core.run.OperateRun;
import dev.pawl.core.run.Run;
import dev.pawl.core.run.RunAct;
import dev.pawl.engine.commit.Lanes;
import dev.pawl.engine.store.JobStore;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.Visibility;
import dev.pawl.protocol.control.RunRef;
import dev.pawl.protocol.job.JobAnswer;
import dev.pawl.protocol.job.JobApi.ActReport;
import dev.pawl.protocol.job.JobApi.AuditReport;
import dev.pawl.protocol.job.JobRefusedException;
import dev.pawl.protocol.operator.OperatorApi;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;

/** {@code OperatorApi} of an engine in this process. */
public final class RunOperators implements OperatorApi {
  private static final int MOST = 10_000;

  private final Store store;
  private final Lanes lanes;
  private final Lookup lookup;
  private final Function<String, Visibility.Filter> filters;

  /** @param filters reads the query language of lists */
  public RunOperators(Store store, Lanes lanes, Lookup lookup, Function<String, Visibility.Filter> filters) {
    this.filters = filters;
    this.store = store;
    this.lanes = lanes;
    this.lookup = lookup;
  }

  @Override
  public JobAnswer<OperateRun.Operated> operate(
      RunRef run, RunAct act, OperatorPapers papers, long expectedEpoch, boolean dryRun) {
    lookup.namespace(run.namespace());
    OperateRun request = new OperateRun(
        run.namespace(), run.workflowId(), run.run(), act, papers, expectedEpoch, dryRun);
    return switch (lanes.submit(request)) {
      case OperateRun.Operated done -> new JobAnswer.Done<>(done);
      case OperateRun.Refused no -> new JobAnswer.Refused<>(no.code(), no.message(), no.pointer());
    };
  }

  @Override
  public ActReport operateMany(RunOrder order) {
    lookup.namespace(order.namespace());
    return new ManyRunActs(store, lanes, filters, order).run();
  }

  @Override
  public Standing standing(RunRef ref) {
    Run run = lookup.run(ref);
    return new Standing(run.id(), OperateRun.standing(run), run.task().epoch(), run.state().lastSeq());
  }

  @Override
  public AuditReport verifyAudit(String namespace) {
    JobStore.AuditReport report = store.runAudit().verify(namespace);
    return new AuditReport(report.lines(), report.brokenAt(), report.why());
  }

  @Override
  public List<AuditLine> audit(String namespace, long after, int limit) {
    if (limit < 1 || limit > MOST) {
      throw new JobRefusedException(UwerCode.SCHEMA_VIOLATION, "expected 1 to 10000, got " + limit, "/limit");
    }
    return store.runAudit().lines(namespace, after, limit).stream()
        .map(one -> new AuditLine(one.number(), HexFormat.of().formatHex(one.hash()), one.line())).toList();
  }
}
