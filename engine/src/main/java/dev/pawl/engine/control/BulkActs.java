package dev.pawl.engine.control;

import dev.pawl.core.run.Request;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.commit.Answer;
import dev.pawl.engine.commit.Lanes;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.Visibility;
import dev.pawl.protocol.control.ControlApi.Bulk;
import dev.pawl.protocol.control.ControlApi.BulkReport;
import dev.pawl.protocol.control.RunRef;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One act on every run that a filter finds, a page at a time; one that is refused does not stop the others. */
final class BulkActs {
  private static final int PAGE = 200;
  private static final int SAMPLE = 20;
  private static final int MOST = 1_000_000;
  private static final int MOST_FAILURES = 1_000;

  private final Store store;
  private final Lanes lanes;
  private final Visibility.Filter filter;
  private final Bulk bulk;
  private final BiFunction<RunRef, Bulk, Request<?>> requests;
  private final Consumer<RunRef> delete;
  private final Map<String, String> failed = new LinkedHashMap<>();
  private final List<String> sample = new ArrayList<>();
  private long matched;
  private long done;

  BulkActs(Store store, Lanes lanes, Visibility.Filter filter, Bulk bulk,
      BiFunction<RunRef, Bulk, Request<?>> requests, Consumer<RunRef> delete) {
    if (bulk.limit() < 1 || bulk.limit() > MOST) {
      throw new RejectedException(Rejection.invalid("limit", "expected 1 to %d, got %d".formatted(MOST, bulk.limit())));
    }
    if (bulk.reason().isBlank()) {
      throw new RejectedException(Rejection.invalid("reason", "expected a reason for the ledger, got none"));
    }
    this.store = store;
    this.lanes = lanes;
    this.filter = filter;
    this.bulk = bulk;
    this.requests = requests;
    this.delete = delete;
  }

  BulkReport run() {
    Visibility.@Nullable Cursor cursor = null;
    do {
      int page = (int) Math.min(PAGE, bulk.limit() - matched);
      Visibility.Page found = store.visibility().list(bulk.namespace(), filter, page, cursor);
      matched += found.runs().size();
      for (Visibility.RunSummary run : found.runs()) if (sample.size() < SAMPLE) sample.add(name(run));
      if (!bulk.dryRun()) act(found.runs());
      cursor = found.next();
    } while (cursor != null && matched < bulk.limit());
    return new BulkReport(matched, done, Map.copyOf(failed), List.copyOf(sample));
  }

  private void act(List<Visibility.RunSummary> runs) {
    if (bulk.action() == Bulk.Action.DELETE) {
      for (Visibility.RunSummary run : runs) {
        try {
          delete.accept(ref(run));
          done++;
        } catch (RejectedException e) {
          failed(run, e.code().wire());
        }
      }
      return;
    }
    List<Request<Object>> all = new ArrayList<>(runs.size());
    for (Visibility.RunSummary run : runs) all.add(request(run));
    List<Answer<Object>> answers = lanes.submitAll(all);
    for (int i = 0; i < answers.size(); i++) {
      Answer<Object> answer = answers.get(i);
      Rejection.Code refusal = answer.refusal();
      if (answer.ok()) done++;
      else failed(runs.get(i), refusal != null ? refusal.wire() : String.valueOf(answer.problem()));
    }
  }

  @SuppressWarnings("unchecked")
  private Request<Object> request(Visibility.RunSummary run) {
    return (Request<Object>) requests.apply(ref(run), bulk);
  }

  private RunRef ref(Visibility.RunSummary run) {
    return new RunRef(bulk.namespace(), run.workflowId(), run.run());
  }

  private void failed(Visibility.RunSummary run, String code) {
    if (failed.size() < MOST_FAILURES) failed.put(name(run), code);
  }

  private static String name(Visibility.RunSummary run) {
    return run.workflowId() + "/" + run.run();
  }
}
