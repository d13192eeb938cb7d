package dev.pawl.engine.duty;

import dev.pawl.core.run.Run;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.task.WorkflowTask;
import dev.pawl.core.value.RunId;
import dev.pawl.engine.metrics.EngineMetrics;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.Visibility;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Walks the open runs, a page at a time, and looks for what must never be: a run that sleeps although its program has
 * something to look at, an open activity without a row. The rules make both impossible; this finds out if they did not.
 * It reports and repairs nothing; a run that cannot be read is quarantined by being read, also if nobody else wants it.
 */
public final class Verify implements Duty {
  private static final Logger LOG = LoggerFactory.getLogger(Verify.class);
  private static final int PAGE = 200;

  private final Store store;
  private final Duration cycle;
  private final EngineMetrics metrics;
  private List<Store.Namespace> left = List.of();
  private Visibility.@Nullable Cursor cursor;
  private Instant nextCycle = Instant.MIN;

  /** @param cycle every open run is looked at within this time */
  public Verify(Store store, Duration cycle, EngineMetrics metrics) {
    this.store = store;
    this.cycle = cycle;
    this.metrics = metrics;
  }

  /** One sentence per finding. */
  public record Finding(RunId run, String what) {}

  @Override
  public Duration every() {
    return Duration.ofSeconds(1);
  }

  @Override
  public int tick(Instant now) {
    if (left.isEmpty()) {
      if (now.isBefore(nextCycle)) return 0;
      nextCycle = now.plus(cycle);
      left = new ArrayList<>(store.namespaces());
      if (left.isEmpty()) return 0;
    }
    List<Finding> findings = page(left.getFirst().name());
    for (Finding finding : findings) LOG.error("run {}: {}", finding.run(), finding.what());
    if (!findings.isEmpty()) metrics.orphans(findings.size());
    // Reading is no progress that others wait for: the next page comes with the next turn.
    return 0;
  }

  /** Looks at every open run of every namespace, now. */
  public static List<Finding> all(Store store) {
    Verify verify = new Verify(store, Duration.ZERO, EngineMetrics.NONE);
    verify.left = new ArrayList<>(store.namespaces());
    List<Finding> all = new ArrayList<>();
    while (!verify.left.isEmpty()) all.addAll(verify.page(verify.left.getFirst().name()));
    return all;
  }

  private List<Finding> page(String namespace) {
    Visibility.Page page = store.visibility().open(namespace, PAGE, cursor);
    cursor = page.next();
    if (cursor == null) left = left.subList(1, left.size());
    if (page.runs().isEmpty()) return List.of();
    return check(page.runs().stream().map(Visibility.RunSummary::run).toList());
  }

  private List<Finding> check(List<RunId> ids) {
    Map<RunId, Run> runs = load(ids, List.of()).runs();
    List<TaskId> wanted = new ArrayList<>();
    runs.forEach((id, run) -> run.state().activities().keySet().forEach(step -> wanted.add(new TaskId(id, step))));
    Store.Loaded tasks = load(List.of(), wanted);
    List<RunId> suspects = new ArrayList<>();
    runs.forEach((id, run) -> {
      // What cannot be read is blocked with its reason: nothing that must never be.
      if (!tasks.corrupt().containsKey(id) && !problems(run, tasks.tasks()).isEmpty()) suspects.add(id);
    });
    return suspects.isEmpty() ? List.of() : confirm(suspects);
  }

  /** The two reads of a page are no snapshot: only what is still so in the same version counts. */
  private List<Finding> confirm(List<RunId> suspects) {
    List<Finding> found = new ArrayList<>();
    for (RunId id : suspects) {
      Run before = load(List.of(id), List.of()).runs().get(id);
      if (before == null) continue;
      List<TaskId> steps = before.state().activities().keySet().stream().map(step -> new TaskId(id, step)).toList();
      Store.Loaded tasks = load(List.of(), steps);
      Run after = load(List.of(id), List.of()).runs().get(id);
      if (after == null || after.version() != before.version() || tasks.corrupt().containsKey(id)) continue;
      for (String problem : problems(before, tasks.tasks())) found.add(new Finding(id, problem));
    }
    return found;
  }

  private Store.Loaded load(List<RunId> runs, List<TaskId> tasks) {
    return store.load(new Store.Wanted(runs, List.of(), tasks, List.of(), List.of()));
  }

  private static List<String> problems(Run run, Map<TaskId, ActivityTask> tasks) {
    List<String> problems = new ArrayList<>(0);
    if (run.state().open() == (run.task().phase() == WorkflowTask.Phase.NONE)) {
      problems.add("it is %s, but its task is %s".formatted(run.state().status(), run.task().phase()));
    }
    if (run.task().phase() == WorkflowTask.Phase.IDLE && run.needsTurn()) {
      problems.add("it sleeps, but its program has not been shown event %d".formatted(run.state().lastWake()));
    }
    if (!run.state().open()) return problems;
    for (int step : run.state().activities().keySet()) {
      if (!tasks.containsKey(new TaskId(run.id(), step))) {
        problems.add("the activity of step %d is open, but nothing will ever finish it".formatted(step));
      }
    }
    return problems;
  }
}
