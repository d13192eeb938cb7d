package dev.pawl.core.run;

import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.task.WorkflowTask;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The rows that decisions are made of, as plain maps, under a clock that the test owns. It applies decisions and
 * checks, each time, everything that must be true of them whatever the request was.
 */
final class World {
  static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  static final String NS = "default";
  static final SessionId ANN = SessionId.parse("00000000-0000-4000-8000-00000000000a");
  static final SessionId BOB = SessionId.parse("00000000-0000-4000-8000-00000000000b");

  record ChainKey(String namespace, String workflowId) {}

  record UpdateKey(RunId run, String id) {}

  final Map<RunId, Run> runs = new LinkedHashMap<>();
  final Map<RunId, List<Event>> histories = new HashMap<>();
  final Map<ChainKey, Situation.Chain> chains = new LinkedHashMap<>();
  final Map<TaskId, ActivityTask> tasks = new LinkedHashMap<>();
  final Map<Mail.Key, Mail> mails = new LinkedHashMap<>();
  final Map<UpdateKey, Effect.Update> updates = new LinkedHashMap<>();
  final Map<String, Effect.Remembered> remembered = new HashMap<>();
  final List<Effect.Note> notes = new ArrayList<>();
  Instant now = NOON;
  int unreadLimit = Integer.MAX_VALUE;
  private int births;
  /** Runs whose worker had not said that its turn is over. */
  private final Set<RunId> inTurn = new HashSet<>();

  // ---- time and ids

  World pass(Duration time) {
    now = now.plus(time);
    return this;
  }

  RunId newId(String workflowId) {
    return RunId.caused(RunId.parse("01951234-0000-7000-8000-000000000000"), ++births, NS, workflowId, now);
  }

  // ---- deciding

  <A> Decision<A> decide(Request<A> request) {
    return request.decide(situation(request));
  }

  Situation situation(Request<?> request) {
    Situation.Chain chain = null;
    Run run = null;
    switch (request.anchor()) {
      case Request.OfRun of -> run = runs.get(of.run());
      case Request.OfChain of -> {
        chain = chains.get(new ChainKey(of.namespace(), of.workflowId()));
        if (of.run() != null) run = runs.get(of.run());
        else if (chain != null) run = runs.get(chain.run());
      }
    }
    Request.Needs needs = request.needs();
    Map<TaskId, ActivityTask> open = new HashMap<>();
    for (TaskId id : needs.tasks()) Optional.ofNullable(tasks.get(id)).ifPresent(task -> open.put(id, task));
    Map<String, Effect.Update> known = new HashMap<>();
    List<Event> events = List.of();
    if (run != null) {
      for (String id : needs.updates()) {
        Optional.ofNullable(updates.get(new UpdateKey(run.id(), id))).ifPresent(update -> known.put(id, update));
      }
      Long after = needs.eventsAfter(run);
      if (after != null) events = histories.get(run.id()).stream().filter(e -> e.seq() > after).toList();
    }
    Map<String, Effect.Remembered> before = new HashMap<>();
    for (String id : needs.requestIds()) {
      String key = ((Request.OfChain) request.anchor()).workflowId() + "/" + id;
      Optional.ofNullable(remembered.get(key)).ifPresent(answer -> before.put(id, answer));
    }
    return new Situation(run, chain, open, known, events, before, now, 0, unreadLimit);
  }

  /** Decides, checks and applies. */
  <A> Decision<A> submit(Request<A> request) {
    Decision<A> decision = decide(request);
    assertThat(decide(request)).as("the same situation, the same decision").isEqualTo(decision);
    if (decision instanceof Decision.Change<A> change) apply(request, change);
    return decision;
  }

  /** Submits what must change something, and returns its answer. */
  <A> A did(Request<A> request) {
    return switch (submit(request)) {
      case Decision.Change<A> change -> change.answer();
      case Decision.Unchanged<A> same ->
          throw new AssertionError(request.name() + " changed nothing: " + same.answer());
      case Decision.Rejected<A> no -> throw new AssertionError(request.name() + " was rejected: " + no.rejection());
    };
  }

  private void apply(Request<?> request, Decision.Change<?> change) {
    Run before = change.before();
    Run after = change.after();
    if (after == null) {
      assertThat(change.events()).isEmpty();
    } else if (before == null) {
      assertThat(runs).as("a new run").doesNotContainKey(after.id());
      assertThat(after.version()).isEqualTo(1);
      land(after, change.events());
    } else {
      assertThat(before).as("decided on what is stored").isEqualTo(runs.get(after.id()));
      assertThat(after.version()).as("one row change").isEqualTo(before.version() + 1);
      assertThat(before.state().open()).as("nothing is written to a closed run").isTrue();
      assertThat(after.task().epoch()).as("epochs never go back").isGreaterThanOrEqualTo(before.task().epoch());
      land(after, change.events());
    }
    Set<Object> rows = new HashSet<>();
    for (Effect effect : change.effects()) touch(rows, effect);
    for (Effect effect : change.effects()) apply(effect);
    switch (change.answer()) {
      case GrantTask.Granted granted -> inTurn.add(granted.run().id());
      case ReportTask.Reported reported -> {
        if (!reported.keeps()) inTurn.remove(reported.run().id());
      }
      default -> {}
    }
    check();
  }

  private void land(Run after, List<Event> events) {
    List<Event> history = histories.computeIfAbsent(after.id(), id -> new ArrayList<>());
    for (Event event : events) {
      assertThat(event.seq()).as("no holes").isEqualTo(history.size() + 1L);
      if (!history.isEmpty()) {
        assertThat(event.at()).as("never back in time").isAfterOrEqualTo(history.getLast().at());
        assertThat(history.getLast().fact()).as("nothing after the end").isNotInstanceOf(RunEvent.Closing.class);
      }
      assertThat(event.seen()).as("nobody has seen the future").isLessThan(event.seq());
      history.add(event);
    }
    RunState folded = RunState.fold(after.id(), after.state().namespace(), after.state().workflowId(), history);
    assertThat(after.state()).as("the state is what the events add up to").isEqualTo(folded);
    runs.put(after.id(), after);
  }

  private static void touch(Set<Object> rows, Effect effect) {
    Object row = switch (effect) {
      case Effect.OpenTask e -> e.task().id();
      case Effect.ChangeTask e -> e.task().id();
      case Effect.CloseTask e -> e.id();
      case Effect.Post e -> e.mail().key();
      case Effect.Unpost e -> e.key();
      case Effect.Take e -> e.key();
      case Effect.AdmitUpdate e -> new UpdateKey(e.update().run(), e.update().updateId());
      case Effect.SettleUpdate e -> new UpdateKey(e.run(), e.updateId());
      case Effect.PointChain e -> new ChainKey(e.namespace(), e.workflowId());
      default -> null;
    };
    if (row != null) assertThat(rows.add(row)).as("touched once: %s", effect).isTrue();
  }

  private void apply(Effect effect) {
    switch (effect) {
      case Effect.OpenTask e -> assertThat(tasks.put(e.task().id(), e.task())).as("a new task").isNull();
      case Effect.ChangeTask e -> {
        assertThat(tasks.get(e.task().id()).epoch()).isEqualTo(e.expectedEpoch());
        assertThat(e.task().epoch()).isGreaterThanOrEqualTo(e.expectedEpoch());
        tasks.put(e.task().id(), e.task());
      }
      case Effect.CloseTask e -> {
        ActivityTask open = tasks.remove(e.id());
        if (e.expectedEpoch() != null) assertThat(open.epoch()).isEqualTo(e.expectedEpoch());
      }
      case Effect.Post e -> assertThat(mails.put(e.mail().key(), e.mail())).as("a new mail").isNull();
      case Effect.Unpost e -> mails.remove(e.key());
      case Effect.Take e -> assertThat(mails.remove(e.key())).as("the mail to take").isNotNull();
      case Effect.BearRun e -> {
        assertThat(runs).doesNotContainKey(e.run().id());
        assertThat(e.run().version()).isEqualTo(1);
        land(e.run(), e.events());
      }
      case Effect.PointChain e -> {
        ChainKey key = new ChainKey(e.namespace(), e.workflowId());
        Situation.Chain chain = chains.get(key);
        assertThat(chain == null ? null : chain.run()).isEqualTo(e.expected());
        assertThat(e.runNumber()).isEqualTo(chain == null ? 1 : chain.runNumber() + 1);
        chains.put(key, new Situation.Chain(e.namespace(), e.workflowId(), e.to(), e.runNumber()));
      }
      case Effect.Remember e ->
          assertThat(remembered.put(e.what().workflowId() + "/" + e.what().requestId(), e.what())).isNull();
      case Effect.AdmitUpdate e -> assertThat(
          updates.put(new UpdateKey(e.update().run(), e.update().updateId()), e.update())).as("a new update").isNull();
      case Effect.SettleUpdate e -> updates.computeIfPresent(new UpdateKey(e.run(), e.updateId()), (key, u) ->
          new Effect.Update(u.run(), u.updateId(), u.name(), u.input(), u.header(), e.phase(), e.outcome()));
      case Effect.RejectAdmitted e -> updates.replaceAll((key, u) ->
          u.run().equals(e.run()) && u.phase() == Effect.UpdatePhase.ADMITTED
              ? new Effect.Update(u.run(), u.updateId(), u.name(), u.input(), u.header(),
                  Effect.UpdatePhase.REJECTED, dev.pawl.core.value.Outcome.failed(e.why()))
              : u);
      case Effect.Note e -> notes.add(e);
      case Effect.Audit e -> {}
      case Effect.KeepLateReport e -> throw new AssertionError("late reports are the engine's");
    }
  }

  /** What must be true of all rows together, after every commit. */
  private void check() {
    Map<ChainKey, Integer> openRuns = new HashMap<>();
    for (Run run : runs.values()) {
      RunState state = run.state();
      WorkflowTask task = run.task();
      RunId id = run.id();
      Set<Integer> taskSteps = new HashSet<>();
      tasks.keySet().stream().filter(t -> t.run().equals(id)).forEach(t -> taskSteps.add(t.step()));
      long admitted = updates.values().stream()
          .filter(u -> u.run().equals(id) && u.phase() == Effect.UpdatePhase.ADMITTED).count();
      if (!state.open()) {
        assertThat(task.phase()).as("a closed run waits for nobody").isEqualTo(WorkflowTask.Phase.NONE);
        assertThat(taskSteps).as("a closed run has no open task").isEmpty();
        assertThat(mails.keySet()).as("a closed run has no timer and no deadline").noneMatch(key ->
            key.owner().equals(id) && (key.item().startsWith("timer/") || key.item().startsWith("deadline/")));
        assertThat(updates.values()).as("no update of a closed run waits").noneMatch(u -> u.run().equals(id)
            && (u.phase() == Effect.UpdatePhase.ADMITTED || u.phase() == Effect.UpdatePhase.ACCEPTED));
        continue;
      }
      openRuns.merge(new ChainKey(state.namespace(), state.workflowId()), 1, Integer::sum);
      assertThat(taskSteps).as("an open activity has its task").isEqualTo(state.activities().keySet());
      state.timers().forEach((step, due) ->
          assertThat(mails.get(Mail.Key.timer(id, step))).as("an open timer has its mail").isNotNull()
              .satisfies(mail -> assertThat(mail.due()).isEqualTo(due)));
      for (String kind : List.of("execution", "run")) {
        Instant due = kind.equals("run") ? state.started().runDeadline() : state.started().executionDeadline();
        Mail mail = mails.get(Mail.Key.deadline(id, kind));
        assertThat(mail == null ? null : mail.due()).as("a deadline has its mail").isEqualTo(due);
      }
      assertThat(task.admitted()).as("admitted updates are counted").isEqualTo((int) admitted);
      assertThat(task.session() != null).as("a lease has a holder, nothing else has").isEqualTo(
          task.phase() == WorkflowTask.Phase.LEASED);
      if (state.paused()) {
        assertThat(task.phase()).isIn(WorkflowTask.Phase.IDLE, WorkflowTask.Phase.BLOCKED);
      } else if (run.needsTurn() || inTurn.contains(id)) {
        assertThat(task.phase()).as("no forgotten run").isNotEqualTo(WorkflowTask.Phase.IDLE);
      }
      assertThat(task.phase()).isNotEqualTo(WorkflowTask.Phase.NONE);
    }
    openRuns.forEach((chain, count) -> {
      assertThat(count).as("one open run per workflow id").isEqualTo(1);
      assertThat(runs.get(chains.get(chain).run()).state().open()).as("the chain points to its open run").isTrue();
    });
  }

  // ---- what tests do all the time

  Run current(String workflowId) {
    return runs.get(chains.get(new ChainKey(NS, workflowId)).run());
  }

  Run run(RunId id) {
    return runs.get(id);
  }

  List<RunEvent> facts(RunId id) {
    return histories.get(id).stream().map(Event::fact).toList();
  }

  TaskToken grant(RunId id, SessionId session) {
    return did(new GrantTask(id, session)).token();
  }

  /** A report under the run's present lease, by a program that has seen everything. */
  ReportTask.Reported report(RunId id, boolean release, Command... commands) {
    return did(reportOf(id, release, commands));
  }

  ReportTask reportOf(RunId id, boolean release, Command... commands) {
    WorkflowTask task = runs.get(id).task();
    return new ReportTask(new TaskToken(id, 0, 1, task.epoch()), Optional.ofNullable(task.session()).orElse(ANN),
        task.report() + 1, runs.get(id).state().lastSeq(), List.of(commands), release);
  }

  /** Grant, look at everything, report, give back. */
  void turn(RunId id, Command... commands) {
    grant(id, ANN);
    report(id, true, commands);
  }

  /** As a store leases it, without a decision. */
  ActivityTask lease(RunId run, int step, SessionId session) {
    return tasks.compute(new TaskId(run, step), (id, task) -> task.leased(session, now));
  }

  /** Delivers what is due, until nothing is. */
  World deliver() {
    while (true) {
      Optional<Mail> due = mails.values().stream().filter(m -> !m.due().isAfter(now)).findFirst();
      if (due.isEmpty()) return this;
      did(Deliveries.of(due.get()));
    }
  }

  Map<String, Integer> noted() {
    Map<String, Integer> count = new TreeMap<>();
    notes.forEach(note -> count.merge(note.what(), 1, Integer::sum));
    return count;
  }

  static Payload json(String text) {
    return Payload.json(text);
  }
}
