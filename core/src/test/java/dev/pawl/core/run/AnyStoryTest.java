package dev.pawl.core.run;

import static dev.pawl.core.run.World.ANN;
import static dev.pawl.core.run.World.BOB;
import static dev.pawl.core.run.World.NS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.task.WorkflowTask;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RetryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Whatever happens in whatever order, the rules hold. {@link World} checks them after every change; here, chance asks
 * for anything at all, stale and foolish things included, and in the end every story must still be able to end.
 */
class AnyStoryTest {
  /** More for a night: {@code -Dpawl.stories=100000}. */
  private static final int STORIES = Integer.getInteger("pawl.stories", 200);
  private static final int REQUESTS = 120;
  private static final List<String> IDS = List.of("order-1", "order-2", "ship-1");

  @Test
  void anyStoryKeepsTheRulesAndCanEnd() {
    Set<String> events = new TreeSet<>();
    for (int seed = 1; seed <= STORIES; seed++) {
      Story story = new Story(seed);
      try {
        for (int i = 0; i < REQUESTS; i++) story.somethingHappens();
        story.endsWell();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + "; the last requests: " + story.tail(), e);
      }
      story.world.histories.values().forEach(h -> h.forEach(e -> events.add(e.fact().type())));
    }
    // Chance is of no use if it never gets anywhere: every fact there is must have happened.
    assertThat(events).hasSize(43);
  }

  private static final class Story {
    final World world = new World();
    final Random random;
    final List<String> told = new ArrayList<>();
    int ids;

    Story(int seed) {
      random = new Random(seed);
    }

    String tail() {
      return String.join("\n  ", told.subList(Math.max(0, told.size() - 8), told.size()));
    }

    void submit(Request<?> request) {
      told.add(request.toString());
      world.submit(request);
    }

    <T> T any(List<T> of) {
      return of.get(random.nextInt(of.size()));
    }

    boolean chance(int percent) {
      return random.nextInt(100) < percent;
    }

    String id() {
      return "id-" + random.nextInt(12);
    }

    void somethingHappens() {
      world.pass(Duration.ofMillis(random.nextInt(20_000)));
      String workflow = world.chains.isEmpty() || chance(60)
          ? any(IDS)
          : any(List.copyOf(world.chains.keySet())).workflowId();
      switch (random.nextInt(30)) {
        case 0, 1, 2 -> submit(start(workflow));
        case 3, 4 -> submit(Requests.signal(workflow, id()));
        case 5 -> submit(Requests.update(workflow, id()));
        case 6 -> submit(Requests.cancel(workflow, chance(50) ? id() : null));
        case 7 -> {
          if (chance(30)) submit(Requests.terminate(workflow, null));
        }
        case 8 -> submit(Requests.pause(workflow));
        case 9, 10 -> submit(Requests.resume(workflow));
        case 11 -> submit(Requests.block(workflow));
        case 12, 13 -> submit(Requests.unblock(workflow));
        case 14 -> {
          if (chance(60)) submit(Requests.reset(workflow, 1 + random.nextInt(20)));
        }
        case 15, 16, 17, 18, 19 -> work();
        case 20, 21, 22, 23 -> act();
        case 24, 25, 26, 27 -> deliver();
        case 28 -> stale();
        default -> world.pass(Duration.ofMinutes(random.nextInt(90)));
      }
    }

    StartRun start(String workflow) {
      RetryPolicy retry = chance(40) ? Requests.TWICE : null;
      StartOptions options = Requests.options(chance(20) ? Duration.ofHours(5) : null,
          chance(20) ? Duration.ofHours(2) : null, retry, chance(30) ? Duration.ofMinutes(5) : Duration.ZERO);
      StartRun start = Requests.with(Requests.start(world, workflow, options),
          any(List.of(ReusePolicy.values())), any(List.of(ConflictPolicy.values())));
      if (chance(30)) start = Requests.withId(start, id(), "start");
      return Requests.with(start, chance(30) ? Requests.signalEvent(id()) : null,
          chance(20) ? Requests.updateRow(start.newRun(), id()) : null);
    }

    /** A worker takes a run that is ready, or goes on with one that it holds. */
    void work() {
      List<Run> held = runsIn(WorkflowTask.Phase.LEASED);
      List<Run> ready = runsIn(WorkflowTask.Phase.READY);
      if (held.isEmpty() || (chance(40) && !ready.isEmpty())) {
        if (!ready.isEmpty()) submit(new GrantTask(any(ready).id(), chance(50) ? ANN : BOB));
        return;
      }
      Run run = any(held);
      WorkflowTask task = run.task();
      TaskToken token = new TaskToken(run.id(), 0, 1, task.epoch());
      SessionId holder = task.session();
      switch (random.nextInt(10)) {
        case 0 -> submit(new FailTask(token, holder,
            Requests.failure(any(List.of("Bug", "Bug", "Bug", "HistoryDiverged", "PoisonedProgram")))));
        case 1 -> submit(new ReleaseTask(token, holder));
        case 2 -> submit(new LoseTask(run.id(), task.epoch(),
            any(List.of("SESSION_EXPIRED", LoseTask.SESSION_CLOSED, "LEASE_UNLISTED"))));
        default -> {
          long last = run.state().lastSeq();
          long seen = chance(70) ? last : Math.max(2, last - random.nextInt(4));
          ReportTask report = new ReportTask(
              token, holder, task.report() + 1, seen, commands(run, seen), chance(60));
          submit(report);
          if (chance(20)) {
            // The answer got lost on the way, and the worker asks again, however the world went on.
            if (chance(30)) submit(Requests.terminate(run.state().workflowId(), null));
            assertThat(world.decide(report)).isInstanceOfAny(Decision.Unchanged.class, Decision.Rejected.class);
          }
        }
      }
    }

    List<Run> runsIn(WorkflowTask.Phase phase) {
      return world.runs.values().stream().filter(run -> run.task().phase() == phase).toList();
    }

    List<Command> commands(Run run, long seen) {
      RunState state = run.state();
      List<Command> commands = new ArrayList<>();
      int next = state.nextStep();
      int count = random.nextInt(4);
      for (int i = 0; i < count; i++) {
        switch (random.nextInt(14)) {
          case 0 -> commands.add(chance(70)
              ? Requests.step(next++)
              : new Command.RecordStep(next++, "reserve", Outcome.failed(Requests.failure("Full")), 2));
          case 1 -> commands.add(Requests.retryStep(next++, 1, Duration.ofSeconds(random.nextInt(60))));
          case 2, 3 -> commands.add(Requests.activity(next++, chance(50) ? Requests.TWICE : RetryPolicy.EXPONENTIAL));
          case 4, 5 -> commands.add(Requests.timer(next++, Duration.ofSeconds(random.nextInt(600))));
          case 6 -> commands.add(Requests.child(
              next++, chance(50) ? any(IDS) : null, any(List.of(ParentClosePolicy.values()))));
          case 7 -> commands.add(Requests.tell(next++, any(IDS)));
          case 8 -> commands.add(new Command.CancelExternal(next++, NS, any(IDS), "not needed"));
          case 9 -> commands.add(new Command.RecordSideEffect(next++, Payload.json("1")));
          case 10 -> commands.add(new Command.RecordVersion(next++, "change", 1, 1, 2));
          case 11 -> commands.add(new Command.UpsertMemo(next++, Map.of("k", Payload.json("1"))));
          case 12 -> commands.add(new Command.UpsertSearchAttributes(next++,
              Map.of("Amount", new dev.pawl.core.value.SearchValue.Int(random.nextInt()))));
          default -> commands.add(new Command.StartStep(next++, "reserve"));
        }
      }
      state.timers().keySet().forEach(step -> {
        if (chance(20)) commands.add(new Command.CancelTimer(step));
      });
      state.activities().keySet().forEach(step -> {
        if (chance(20)) commands.add(new Command.CancelActivity(step));
      });
      for (int step = state.nextStep(); step < next; step++) {
        if (chance(10)) commands.add(new Command.CancelActivity(step));
      }
      world.updates.values().stream().filter(u -> u.run().equals(run.id())).forEach(u -> {
        switch (u.phase()) {
          case ADMITTED -> {
            if (chance(50)) commands.add(new Command.AcceptUpdate(u.updateId()));
            else if (chance(50)) commands.add(new Command.RejectUpdate(u.updateId(), Requests.failure("No")));
            if (chance(30)) commands.add(new Command.CompleteUpdate(u.updateId(), Outcome.success(Payload.NULL)));
          }
          case ACCEPTED -> {
            if (chance(30)) commands.add(new Command.CompleteUpdate(u.updateId(), Outcome.success(Payload.NULL)));
          }
          case COMPLETED, REJECTED -> {}
        }
      });
      if (chance(12)) {
        commands.add(switch (random.nextInt(4)) {
          case 0 -> Requests.complete();
          case 1 -> Requests.fail(chance(50) ? "Final" : "Bug");
          case 2 -> new Command.CancelRun("as asked", List.of());
          default -> Requests.again();
        });
      }
      return commands;
    }

    /** Something becomes of an activity. */
    void act() {
      if (world.tasks.isEmpty()) return;
      ActivityTask task = any(List.copyOf(world.tasks.values()));
      TaskId id = task.id();
      switch (task.phase()) {
        case WAITING -> {
          if (!task.visibleAt().isAfter(world.now) && chance(80)) {
            world.lease(id.run(), id.step(), chance(50) ? ANN : BOB);
          } else {
            submit(new TimeOutActivity(id));
          }
        }
        case LEASED -> {
          switch (random.nextInt(10)) {
            case 0, 1 -> submit(new ReportActivity(task.token(), task.session(), Outcome.success(Payload.NULL)));
            case 2, 3 -> submit(new ReportActivity(
                task.token(), task.session(), Outcome.failed(Requests.failure(chance(30) ? "Final" : "Busy"))));
            case 4 -> submit(new CancelledActivity(task.token(), task.session()));
            case 5 -> submit(new LeaveActivity(task.token(), task.session()));
            case 6 -> submit(new ReleaseActivity(task.token(), task.session()));
            case 7, 8 -> submit(new LoseActivity(id, task.epoch(), "SESSION_EXPIRED"));
            default -> submit(new TimeOutActivity(id));
          }
        }
        case AWAITING -> submit(chance(50)
            ? new ReportActivity(task.token(), null, Outcome.success(Payload.NULL))
            : new TimeOutActivity(id));
      }
    }

    void deliver() {
      List<Mail> due = world.mails.values().stream().filter(m -> !m.due().isAfter(world.now)).toList();
      if (!due.isEmpty()) submit(Deliveries.of(any(due)));
    }

    /** What comes from long ago must change nothing. */
    void stale() {
      if (world.runs.isEmpty()) return;
      Run run = any(List.copyOf(world.runs.values()));
      TaskToken old = new TaskToken(run.id(), 0, 1, Math.max(0, run.task().epoch() - 1 - random.nextInt(2)));
      List<Request<?>> words = List.of(
          new ReportTask(old, ANN, run.task().report() + 1, 2, List.of(Requests.complete()), true),
          new FailTask(old, ANN, Requests.failure("Bug")),
          new ReleaseTask(old, ANN),
          new LoseTask(run.id(), old.epoch(), "SESSION_EXPIRED"),
          new ReportActivity(new TaskToken(run.id(), 1, 1, 0), ANN, Outcome.success(Payload.NULL)),
          new LoseActivity(new TaskId(run.id(), 1), 0, "SESSION_EXPIRED"));
      assertThat(world.decide(any(words))).isInstanceOfAny(Decision.Unchanged.class, Decision.Rejected.class);
    }

    /** From wherever chance left it, every run can be brought to an end, and nothing is left over. */
    void endsWell() {
      for (World.ChainKey chain : List.copyOf(world.chains.keySet())) {
        submit(Requests.unblock(chain.workflowId()));
        submit(Requests.resume(chain.workflowId()));
      }
      for (int round = 0; round < 200; round++) {
        world.pass(Duration.ofMinutes(10));
        world.deliver();
        List<Run> open = world.runs.values().stream().filter(run -> run.state().open()).toList();
        if (open.isEmpty() && world.mails.isEmpty()) {
          assertThat(world.tasks).isEmpty();
          assertThat(world.updates.values()).noneMatch(u -> u.phase() == Effect.UpdatePhase.ADMITTED
              || u.phase() == Effect.UpdatePhase.ACCEPTED);
          return;
        }
        for (Run run : open) {
          // A program that waits for everything it asked for, and then ends.
          RunState state = run.state();
          WorkflowTask task = run.task();
          if (task.phase() == WorkflowTask.Phase.LEASED) {
            submit(new LoseTask(run.id(), task.epoch(), LoseTask.SESSION_CLOSED));
          } else if (task.phase() == WorkflowTask.Phase.READY && !task.visibleAt().isAfter(world.now)) {
            world.grant(run.id(), ANN);
            boolean waits = !state.activities().isEmpty() || !state.timers().isEmpty() || !state.children().isEmpty()
                || !state.externals().isEmpty();
            ReportTask report = waits
                ? world.reportOf(run.id(), true, noUpdates(run))
                : world.reportOf(run.id(), true, state.cancelRequested()
                    ? new Command.CancelRun("as asked", List.of())
                    : Requests.complete());
            submit(report);
          } else if (task.phase() == WorkflowTask.Phase.IDLE) {
            boolean waits = !state.activities().isEmpty() || !state.timers().isEmpty() || !state.children().isEmpty()
                || !state.externals().isEmpty();
            if (!waits) submit(Requests.signal(state.workflowId(), "end-" + ids++));
          } else if (task.phase() == WorkflowTask.Phase.BLOCKED) {
            submit(Requests.unblock(state.workflowId()));
          }
        }
        for (ActivityTask task : List.copyOf(world.tasks.values())) {
          if (!world.tasks.containsKey(task.id())) continue;
          ActivityTask leased = task.phase() == ActivityTask.Phase.WAITING
              ? world.lease(task.id().run(), task.id().step(), ANN)
              : task;
          submit(new ReportActivity(leased.token(), null, Outcome.success(Payload.NULL)));
        }
      }
      throw new AssertionError("still open: " + world.runs.values().stream().filter(r -> r.state().open()).toList()
          + " mails " + world.mails.keySet());
    }

    private Command[] noUpdates(Run run) {
      return world.updates.values().stream()
          .filter(u -> u.run().equals(run.id()) && u.phase() == Effect.UpdatePhase.ADMITTED)
          .map(u -> (Command) new Command.RejectUpdate(u.updateId(), Requests.failure("No")))
          .toArray(Command[]::new);
    }
  }
}
