package dev.pawl.engine.control;

import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Run;
import dev.pawl.core.run.RunState;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.WorkflowTask;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.Visibility;
import dev.pawl.protocol.control.ControlApi;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Says in sentences why a run does not move, and what would move it. */
final class Explaining {
  private static final int MOST = 20;

  private final Store store;
  private final Instant now;
  private final Run run;
  private final RunState state;
  private final List<String> waitingFor = new ArrayList<>();
  private final List<String> advice = new ArrayList<>();

  Explaining(Store store, Run run) {
    this.store = store;
    this.now = store.now();
    this.run = run;
    this.state = run.state();
  }

  ControlApi.Explanation explain() {
    String summary = state.open() ? open() : closed();
    return new ControlApi.Explanation(Views.displayed(run), summary, List.copyOf(waitingFor), List.copyOf(advice));
  }

  /** Of a run whose rows cannot be read: what its summary says. */
  static ControlApi.Explanation corrupt(Visibility.RunSummary run) {
    return new ControlApi.Explanation("BLOCKED", "The run is blocked and handed to no worker: " + run.blockedReason(),
        List.of("an operator who repairs its rows"), List.of(REPAIR));
  }

  private static final String REPAIR = "Its rows cannot be read. Unblock the run: its state is made anew from its history. "
      + "If that is refused, restore the rows from a backup and unblock it again, or delete the run.";

  private String closed() {
    advice.add("Nothing moves a closed run. Start the workflow id again, or reset the run to an earlier event.");
    return "The run ended at %s as %s.".formatted(state.closedAt(), state.status());
  }

  private String open() {
    activities();
    timers();
    children();
    messages();
    WorkflowTask task = run.task();
    if (task.phase() == WorkflowTask.Phase.BLOCKED) {
      advice.add(String.valueOf(task.reason()).startsWith(Store.CORRUPT)
          ? "Damaged rows were set aside; the ledger has a line for each. Restore them and unblock the run, reset it to "
              + "an event of its history, or terminate it."
          : "Remove the reason, for example by deploying the fixed program, then unblock the run.");
      return "The run is blocked since %s and handed to no worker: %s".formatted(task.since(), task.reason());
    }
    if (state.paused()) {
      advice.add("Resume the run; what arrived meanwhile is waiting in its history.");
      return "The run is paused; no worker gets it until it is resumed.";
    }
    return switch (task.phase()) {
      case READY -> ready(task);
      case LEASED -> leased(task);
      case IDLE, BLOCKED, NONE -> idle();
    };
  }

  private String ready(WorkflowTask task) {
    String queue = state.started().queue();
    if (task.visibleAt().isAfter(now)) {
      waitingFor.add("its next turn at %s, in %s".formatted(task.visibleAt(), span(now, task.visibleAt())));
      return task.reason() == null
          ? "The run starts or goes on at %s.".formatted(task.visibleAt())
          : "The run backs off until %s after %d failed and %d lost turns; the last one: %s".formatted(
              task.visibleAt(), task.failures(), task.losses(), task.reason());
    }
    Visibility.Backlog backlog =
        store.visibility().backlog(state.namespace(), queue, Store.TaskKind.WORKFLOW);
    waitingFor.add("a worker on queue '%s' that serves workflow type '%s'".formatted(
        queue, state.started().workflowType()));
    long live = store.sessions(1_000).stream().filter(s -> !s.lost() && s.expiresAt().isAfter(now)).count();
    advice.add(live == 0
        ? "No worker is connected to this database. Start one that polls queue '%s'.".formatted(queue)
        : "%d worker sessions are alive. Check that one polls queue '%s', serves type '%s'%s, and has room.".formatted(
            live, queue, state.started().workflowType(),
            state.started().options().buildId() == null ? "" : " with build " + state.started().options().buildId()));
    return "The run waits for a worker since %s; %d tasks are due in its queue.".formatted(
        task.since(), backlog.waiting());
  }

  private String leased(WorkflowTask task) {
    SessionId session = task.session();
    String worker = store.sessions(1_000).stream()
        .filter(s -> s.session().id().equals(session))
        .map(s -> "'%s', last seen %s ago%s".formatted(
            s.session().worker(), span(s.lastSeen(), now), s.lost() ? ", lost" : ""))
        .findFirst().orElse("an unknown session " + session);
    waitingFor.add("the worker's next report");
    advice.add(
        "If the worker is gone, its lease is taken back when its session has expired; nothing needs to be done.");
    return "A worker has the run since %s (%s ago): %s.".formatted(task.since(), span(task.since(), now), worker);
  }

  private String idle() {
    int open = waitingFor.size();
    if (open > 0) return "The program waits for %s.".formatted(open == 1 ? "one thing" : open + " things");
    waitingFor.add("a signal or an update");
    advice.add("Nothing is scheduled that could move this run: send the signal it waits for, or cancel it.");
    return "The program waits for a signal, an update or a condition; no activity, timer or child is open.";
  }

  private void activities() {
    if (state.activities().isEmpty()) return;
    List<ActivityTask> tasks = store.visibility().activitiesOf(state.id());
    for (ActivityTask task : tasks.subList(0, Math.min(MOST, tasks.size()))) waitingFor.add(sentence(task));
    if (tasks.size() > MOST) waitingFor.add("%d more activities".formatted(tasks.size() - MOST));
  }

  private String sentence(ActivityTask task) {
    String name = "activity '%s' (step %d, attempt %d)".formatted(
        task.activityType(), task.id().step(), task.attempt());
    String last = task.lastFailure() == null
        ? ""
        : "; the attempt before failed: %s: %s".formatted(task.lastFailure().type(), task.lastFailure().message());
    return switch (task.phase()) {
      case WAITING -> task.visibleAt().isAfter(now)
          ? "%s, due again in %s%s".formatted(name, span(now, task.visibleAt()), last)
          : "%s, waiting for a worker on queue '%s' since %s%s".formatted(
              name, task.options().queue(), task.visibleAt(), last);
      case LEASED -> "%s, running for %s%s".formatted(
          name, task.leasedAt() == null ? "?" : span(task.leasedAt(), now), last);
      case AWAITING -> "%s, left by its worker for somebody to complete by token %s".formatted(name, task.token());
    };
  }

  private void timers() {
    new TreeMap<>(state.timers()).forEach((step, due) -> {
      if (waitingFor.size() < 3 * MOST) {
        waitingFor.add(due.isAfter(now)
            ? "a timer (step %d) that fires at %s, in %s".formatted(step, due, span(now, due))
            : "a timer (step %d) that is due since %s".formatted(step, due));
      }
    });
  }

  private void children() {
    new TreeMap<>(state.children()).forEach((step, child) -> {
      if (waitingFor.size() < 4 * MOST) {
        waitingFor.add("child workflow '%s' (step %d)%s".formatted(
            child.workflowId(), step, child.run() == null ? ", not started yet" : ""));
      }
    });
    new TreeMap<>(state.externals()).forEach((step, workflowId) ->
        waitingFor.add("the delivery of a message to workflow '%s' (step %d)".formatted(workflowId, step)));
  }

  private void messages() {
    for (Effect.Update update : run.task().admitted() > 0 ? store.admitted(state.id()) : List.<Effect.Update>of()) {
      waitingFor.add("the program's word on update '%s' (%s)".formatted(update.updateId(), update.name()));
    }
    state.updates().forEach((id, name) -> waitingFor.add("the end of update '%s' (%s)".formatted(id, name)));
  }

  private static String span(Instant from, Instant to) {
    Duration d = Duration.between(from, to);
    if (d.isNegative()) d = Duration.ZERO;
    if (d.toDays() > 0) return "%d d %d h".formatted(d.toDays(), d.toHoursPart());
    if (d.toHours() > 0) return "%d h %d min".formatted(d.toHours(), d.toMinutesPart());
    if (d.toMinutes() > 0) return "%d min %d s".formatted(d.toMinutes(), d.toSecondsPart());
    return "%d.%d s".formatted(d.toSeconds(), d.toMillisPart() / 100);
  }
}
