package dev.pawl.engine.control;

import dev.pawl.core.run.Run;
import dev.pawl.core.run.RunStatus;
import dev.pawl.core.task.WorkflowTask;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RunId;
import dev.pawl.core.value.SearchValue;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.Visibility;
import dev.pawl.protocol.control.ControlApi;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs as people see them: one by one, in lists, counted. */
final class Views {
  /** From here on a program should continue as new: replay gets slow. */
  private static final long MANY_EVENTS = 10_000;
  private static final long MANY_BYTES = 5L * 1024 * 1024;

  private final Store store;

  Views(Store store) {
    this.store = store;
  }

  ControlApi.RunView of(Run run) {
    Visibility.Filter exactly = new Visibility.Filter.Compare(
        Visibility.Field.RUN_ID, Visibility.Op.EQUAL, new SearchValue.Keyword(run.id().toString()));
    List<Visibility.RunSummary> found =
        store.visibility().list(run.state().namespace(), exactly, 1, null).runs();
    long bytes = found.isEmpty() ? 0 : found.getFirst().historyBytes();
    var state = run.state();
    boolean blocked = run.task().phase() == WorkflowTask.Phase.BLOCKED;
    return new ControlApi.RunView(run.id(), state.namespace(), state.workflowId(), state.started().workflowType(),
        state.started().queue(), state.started().runNumber(), state.status(), displayed(run), state.startedAt(),
        state.closedAt(), state.lastSeq(), bytes, state.lastSeq() > MANY_EVENTS || bytes > MANY_BYTES,
        blocked ? run.task().reason() : null, state.searchAttributes(), state.memo());
  }

  /** A run that cannot be read, as far as its row can be. */
  ControlApi.RunView of(String namespace, Visibility.RunSummary quarantined) {
    return views(namespace, List.of(quarantined)).getFirst();
  }

  /** The status of a closed run, otherwise what it is waiting for. */
  static String displayed(Run run) {
    if (!run.state().open()) return run.state().status().name();
    return displayed(RunStatus.RUNNING, run.task().phase(), run.state().paused());
  }

  private static String displayed(RunStatus status, WorkflowTask.Phase phase, boolean paused) {
    if (status.closed()) return status.name();
    if (phase == WorkflowTask.Phase.BLOCKED) return "BLOCKED";
    if (paused) return "PAUSED";
    return switch (phase) {
      case READY -> "READY";
      case LEASED -> "RUNNING";
      case IDLE, BLOCKED, NONE -> "WAITING";
    };
  }

  ControlApi.RunPage page(String namespace, Visibility.Filter filter, int limit, @Nullable String cursor) {
    if (limit < 1 || limit > 1_000) {
      throw new RejectedException(Rejection.invalid("limit", "expected 1 to 1000, got " + limit));
    }
    Visibility.Page page = store.visibility().list(namespace, filter, limit, cursor == null ? null : read(cursor));
    return new ControlApi.RunPage(views(namespace, page.runs()), page.next() == null ? null : write(page.next()));
  }

  List<ControlApi.RunView> chain(String namespace, String workflowId) {
    return views(namespace, store.visibility().runsOf(namespace, workflowId));
  }

  private List<ControlApi.RunView> views(String namespace, List<Visibility.RunSummary> found) {
    if (found.isEmpty()) return List.of();
    List<RunId> ids = found.stream().map(Visibility.RunSummary::run).toList();
    Map<RunId, Run> full = store.load(new Store.Wanted(ids, List.of(), List.of(), List.of(), List.of())).runs();
    List<ControlApi.RunView> views = new ArrayList<>(found.size());
    for (Visibility.RunSummary one : found) {
      Run run = full.get(one.run());
      Map<String, Payload> memo = run == null ? Map.of() : run.state().memo();
      boolean paused = run != null && run.state().paused();
      views.add(new ControlApi.RunView(one.run(), namespace, one.workflowId(), one.workflowType(), one.queue(),
          one.runNumber(), one.status(), displayed(one.status(), one.taskPhase(), paused), one.startedAt(),
          one.closedAt(), one.lastSeq(), one.historyBytes(),
          one.lastSeq() > MANY_EVENTS || one.historyBytes() > MANY_BYTES, one.blockedReason(),
          one.searchAttributes(), memo));
    }
    return views;
  }

  // ---- cursors: opaque to the caller

  private static String write(Visibility.Cursor cursor) {
    String text = ChronoUnit.MICROS.between(Instant.EPOCH, cursor.startedAt()) + "/" + cursor.run();
    return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Visibility.Cursor read(String cursor) {
    try {
      String[] part = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8).split("/", 2);
      Instant at = Instant.EPOCH.plus(Long.parseLong(part[0]), ChronoUnit.MICROS);
      return new Visibility.Cursor(at, RunId.parse(part[1]));
    } catch (RuntimeException e) {
      throw new RejectedException(
          Rejection.invalid("cursor", "expected a cursor that an earlier page gave, got '%s'".formatted(cursor)), e);
    }
  }
}
