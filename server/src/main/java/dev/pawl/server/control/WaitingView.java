package dev.pawl.server.control;

import dev.pawl.core.run.Run;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.Fairness;
import dev.pawl.core.task.TaskId;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.Visibility;
import dev.pawl.server.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What waits in a queue by priority and fairness key, what is served first in front. */
final class WaitingView {
  /** Lines that are shown of each kind. */
  private static final int MOST = 100;

  private WaitingView() {}

  static Map<String, @Nullable Object> of(Store store, String namespace, String queue, Instant now) {
    return Json.of("workflow_tasks", lines(store, namespace, queue, Store.TaskKind.WORKFLOW, now), "activity_tasks",
        lines(store, namespace, queue, Store.TaskKind.ACTIVITY, now), "max_lines", MOST);
  }

  private static List<Map<String, @Nullable Object>> lines(Store store, String namespace, String queue,
      Store.TaskKind kind, Instant now) {
    List<Visibility.Line> lines = store.visibility().lines(namespace, queue, kind, MOST);
    List<TaskId> keyed = lines.stream().map(Visibility.Line::keyed).filter(Objects::nonNull)
        .map(Objects::requireNonNull).toList();
    boolean runs = kind == Store.TaskKind.WORKFLOW;
    Store.Loaded loaded = store.load(new Store.Wanted(runs ? keyed.stream().map(TaskId::run).toList() : List.of(),
        List.of(), runs ? List.of() : keyed, List.of(), List.of()));
    return lines.stream().map(line -> shape(line, loaded, now)).toList();
  }

  private static Map<String, @Nullable Object> shape(Visibility.Line line, Store.Loaded loaded, Instant now) {
    Fairness share = line.keyed() == null ? null : share(line.keyed(), loaded);
    Instant oldest = line.backlog().oldest();
    return Json.of("priority", line.priority(), "fairness_key", share == null ? null : share.key(), "fairness_weight",
        share == null ? null : share.weight(), "ready_count", line.backlog().waiting(), "oldest_age_seconds",
        oldest == null ? null : Math.max(0, Duration.between(oldest, now).toSeconds()));
  }

  /** @return null: it is over meanwhile */
  private static @Nullable Fairness share(TaskId id, Store.Loaded loaded) {
    ActivityTask activity = loaded.tasks().get(id);
    if (activity != null) return activity.options().fairness();
    Run run = loaded.runs().get(id.run());
    return run == null ? null : run.state().started().options().fairness();
  }
}
