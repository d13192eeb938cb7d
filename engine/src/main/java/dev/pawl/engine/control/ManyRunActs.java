package dev.pawl.engine.control;

import dev.pawl.core.job.BulkOrder;
import dev.pawl.core.job.UwerCode;
import dev.pawl.core.run.OperateRun;
import dev.pawl.engine.commit.Answer;
import dev.pawl.engine.commit.Lanes;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.Visibility;
import dev.pawl.protocol.control.RunRef;
import dev.pawl.protocol.job.JobApi.ActReport;
import dev.pawl.protocol.job.JobRefusedException;
import dev.pawl.protocol.operator.OperatorApi.RunOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One manual transition of many runs; one that is refused does not stop the others. */
final class ManyRunActs {
  private static final int PORTION = 200;

  private final Store store;
  private final Lanes lanes;
  private final Function<String, Visibility.Filter> filters;
  private final RunOrder order;
  private int done;
  private int refused;
  private @Nullable String firstRefusal;

  ManyRunActs(Store store, Lanes lanes, Function<String, Visibility.Filter> filters, RunOrder order) {
    this.store = store;
    this.lanes = lanes;
    this.filters = filters;
    this.order = order;
  }

  ActReport run() {
    List<String> named = order.workflowIds();
    List<RunRef> all = named == null
        ? matching()
        : named.stream().distinct().map(id -> new RunRef(order.namespace(), id, null)).toList();
    boolean bulk = named == null || all.size() > 1;
    new BulkOrder(BulkOrder.Weight.PLAIN, order.papers(), all.size(), order.rehearsed() || !bulk).refusal(order.dryRun())
        .ifPresent(no -> {
          throw new JobRefusedException(no.code(), no.message(), no.pointer());
        });
    for (int from = 0; from < all.size(); from += PORTION) {
      portion(all.subList(from, Math.min(all.size(), from + PORTION)));
    }
    return new ActReport(all.size(), done, refused, firstRefusal);
  }

  /** Some more than an order may name, if there are so many. */
  private List<RunRef> matching() {
    String text = order.filter();
    if (text == null || text.isBlank()) {
      throw new JobRefusedException(UwerCode.SCHEMA_VIOLATION, "expected workflow ids, or a filter", "/filter");
    }
    Visibility.Filter filter = filters.apply(text);
    List<RunRef> all = new ArrayList<>();
    Visibility.@Nullable Cursor cursor = null;
    do {
      Visibility.Page found = store.visibility().list(order.namespace(), filter, PORTION, cursor);
      found.runs().forEach(run -> all.add(new RunRef(order.namespace(), run.workflowId(), run.run())));
      cursor = found.next();
    } while (cursor != null && all.size() <= BulkOrder.CAP);
    return all;
  }

  private void portion(List<RunRef> some) {
    List<OperateRun> requests = new ArrayList<>(some.size());
    for (RunRef run : some) {
      requests.add(new OperateRun(
          run.namespace(), run.workflowId(), run.run(), order.act(), order.papers(), null, order.dryRun()));
    }
    for (Answer<OperateRun.Answer> answer : lanes.submitAll(requests)) {
      RuntimeException problem = answer.problem();
      if (problem != null) refuse(String.valueOf(problem.getMessage()));
      else if (answer.get() instanceof OperateRun.Refused no) refuse(no.message());
      else done++;
    }
  }

  private void refuse(String why) {
    refused++;
    if (firstRefusal == null) firstRefusal = why;
  }
}
