package dev.pawl.engine.store.sql;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.ConflictPolicy;
import dev.pawl.core.run.Decision;
import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Event;
import dev.pawl.core.run.GrantTask;
import dev.pawl.core.run.ReportTask;
import dev.pawl.core.run.Request;
import dev.pawl.core.run.ReusePolicy;
import dev.pawl.core.run.Run;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.run.SignalRun;
import dev.pawl.core.run.Situation;
import dev.pawl.core.run.StartOptions;
import dev.pawl.core.run.StartRun;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RunId;
import dev.pawl.core.value.SearchValue;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.Store.Write;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Decisions as the engine makes them, turned into writes. */
final class Samples {
  static final Instant NOON = Instant.parse("2027-03-01T12:00:00.123456Z");
  static final String NS = "default";

  private static final SplittableRandom RANDOM = new SplittableRandom(7);

  private Samples() {}

  /** A decision with the run it leads to. */
  record Made(Run run, Write write) {}

  static RunId newId(String namespace, String workflowId) {
    return newId(namespace, workflowId, NOON);
  }

  static synchronized RunId newId(String namespace, String workflowId, Instant now) {
    return RunId.next(namespace, workflowId, now, RANDOM);
  }

  static StartRun starting(String workflowId) {
    return starting(NS, workflowId, StartOptions.PLAIN);
  }

  static StartRun starting(String namespace, String workflowId, StartOptions options) {
    return starting(namespace, workflowId, options, NOON);
  }

  static StartRun starting(String namespace, String workflowId, StartOptions options, Instant now) {
    return new StartRun(namespace, workflowId, newId(namespace, workflowId, now), "Order", "main",
        Payload.json("{\"n\":1}"),
        options, ReusePolicy.ALLOW, ConflictPolicy.FAIL, null, "", null, null, null);
  }

  static Made start(String workflowId) {
    return made(starting(workflowId), Situation.of(null, NOON));
  }

  static Made start(String workflowId, Instant now) {
    return made(starting(NS, workflowId, StartOptions.PLAIN, now), Situation.of(null, now));
  }

  static Made start(StartRun request) {
    return made(request, Situation.of(null, NOON));
  }

  static StartOptions with(Duration delay, int priority, Map<String, SearchValue> attributes) {
    return new StartOptions(null, null, Duration.ofSeconds(10), null, delay, priority, null, Map.of(), Map.of(),
        attributes);
  }

  static Made signal(Run run, String id) {
    return signal(run, id, Payload.json("1"));
  }

  static Made signal(Run run, String id, Payload input) {
    return made(new SignalRun(run.state().namespace(), run.state().workflowId(), null, id, "", "go", input, Map.of(), false),
        new Situation(run, new Situation.Chain(run.state().namespace(), run.state().workflowId(), run.id(), 1),
            Map.of(), Map.of(), List.of(), Map.of(), NOON));
  }

  static Made grant(Run run, SessionId session, Instant now) {
    return made(new GrantTask(run.id(), session), Situation.of(run, now));
  }

  static Made report(Run run, SessionId session, boolean release, Command... commands) {
    return report(run, session, release, Map.of(), commands);
  }

  static Made report(Run run, SessionId session, boolean release, Map<TaskId, ActivityTask> tasks,
      Command... commands) {
    return made(reporting(run, session, release, commands),
        new Situation(run, null, tasks, Map.of(), List.of(), Map.of(), run.state().lastAt()));
  }

  static ReportTask reporting(Run run, SessionId session, boolean release, Command... commands) {
    return new ReportTask(new TaskToken(run.id(), 0, 1, run.task().epoch()), session, run.task().report() + 1,
        run.state().lastSeq(), List.of(commands), release);
  }

  static Command step(int number) {
    return new Command.RecordStep(number, "charge", Outcome.success(Payload.json("{\"result\":\"abcdefgh\"}")), 1);
  }

  static Command done() {
    return new Command.CompleteRun(Payload.json("\"done\""), List.of());
  }

  static <A> Made made(Request<A> request, Situation situation) {
    Decision<A> decision = request.decide(situation);
    if (!(decision instanceof Decision.Change<A> change)) {
      throw new AssertionError("expected a change, got " + decision);
    }
    Run after = change.after();
    if (after == null) throw new AssertionError("expected a run");
    return new Made(after, write(change));
  }

  static Write write(Decision.Change<?> change) {
    return new Write(change.before() == null ? 0 : change.before().version(), change.after(), change.events(),
        change.effects());
  }

  /** Only effects. */
  static Write effects(Effect... effects) {
    return new Write(0, null, List.of(), List.of(effects));
  }

  /** The same write with more effects. */
  static Write plus(Write write, Effect... more) {
    List<Effect> all = new java.util.ArrayList<>(write.effects());
    all.addAll(List.of(more));
    return new Write(write.expectedVersion(), write.run(), write.events(), all);
  }

  static List<RunEvent> facts(List<Event> events) {
    return events.stream().map(Event::fact).toList();
  }

  static Store.Wanted wanted(RunId... runs) {
    return new Store.Wanted(List.of(runs), List.of(), List.of(), List.of(), List.of());
  }
}
