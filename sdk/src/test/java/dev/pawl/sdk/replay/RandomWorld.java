package dev.pawl.sdk.replay;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Event;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.protocol.worker.WorkerApi;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** An engine for one run, in memory: appends what is reported, and lets things happen from outside at random moments. */
final class RandomWorld implements Link {
  record Reported(long seen, long firstSeq, List<Command> commands) {}

  private final Random chance;
  private final ReplayEnvironment environment;
  private final boolean memory;
  private final List<Event> history = new ArrayList<>();
  private final List<Reported> reports = new ArrayList<>();
  private final Map<Integer, String> open = new TreeMap<>();
  private final Map<String, Effect.Update> admitted = new TreeMap<>();
  private final CountDownLatch over = new CountDownLatch(1);
  private int signals;
  private int updates;
  private int parks;
  private boolean cancelled;
  private Failure problem;
  private Instant now = Histories.NOON;

  RandomWorld(int seed, ReplayEnvironment environment, boolean memory) {
    this.chance = new Random(seed * 7919L + (memory ? 1 : 2));
    this.environment = environment;
    this.memory = memory;
    history.addAll(Histories.started("1").events());
    now = history.get(1).at();
  }

  void play() throws InterruptedException {
    begin();
    if (!over.await(60, TimeUnit.SECONDS)) problem = Failure.of("Stuck", "open " + open + ", history " + history.size());
  }

  private void begin() {
    new ReplayRun(environment, "default", "it-1", Histories.RUN, this, List.copyOf(history), waiting()).start();
  }

  List<Event> history() {
    return history;
  }

  List<Reported> reports() {
    return reports;
  }

  Failure problem() {
    return problem;
  }

  private List<Effect.Update> waiting() {
    return List.copyOf(admitted.values());
  }

  private Event append(long seen, RunEvent fact) {
    now = now.plusMillis(1 + chance.nextInt(1500));
    Event event = new Event(history.size() + 1, now, seen, fact);
    history.add(event);
    return event;
  }

  // ---- the world

  /** Lets something happen. @return false if nothing could */
  private boolean happen(boolean must) {
    for (int tries = 0; tries < (must ? 50 : 1); tries++) {
      switch (chance.nextInt(must ? 6 : 9)) {
        case 0, 1, 2 -> {
          if (open.isEmpty()) continue;
          Integer step = new ArrayList<>(open.keySet()).get(chance.nextInt(open.size()));
          String kind = open.remove(step);
          append(0, switch (kind) {
            case "activity" -> chance.nextInt(4) == 0
                ? new RunEvent.ActivityFailed(step, Failure.of("Bad", "luck"), 1)
                : new RunEvent.ActivityCompleted(step, Payload.json(String.valueOf(step)), 1);
            default -> new RunEvent.TimerFired(step);
          });
          return true;
        }
        case 3 -> {
          if (signals > 12) continue;
          append(0, new RunEvent.SignalReceived("s" + ++signals, "n", Payload.json(String.valueOf(signals)), Map.of()));
          return true;
        }
        case 4 -> {
          if (updates > 6) continue;
          String id = "u" + ++updates;
          admitted.put(id, new Effect.Update(Histories.RUN, id, "u", Payload.json(String.valueOf(updates)), Map.of(),
              Effect.UpdatePhase.ADMITTED, null));
          return true;
        }
        case 5 -> {
          if (cancelled || chance.nextInt(6) != 0) continue;
          cancelled = true;
          append(0, new RunEvent.CancelRequested("random", null));
          return true;
        }
        default -> {
          return false;
        }
      }
    }
    return false;
  }

  @Override
  public boolean live() {
    return true;
  }

  @Override
  public WorkerApi.ReportAck report(long seen, List<Command> commands, boolean release) {
    while (happen(false)) {} // in front of the report
    List<Event> newcomers = List.copyOf(history.subList((int) seen, history.size()));
    List<Event> own = new ArrayList<>();
    long before = history.size();
    for (Command command : commands) apply(command, seen, own);
    if (history.size() > before) reports.add(new Reported(seen, before + 1, commands));
    boolean closed = !history.isEmpty() && history.get(history.size() - 1).fact() instanceof RunEvent.Closing;
    boolean unseen = !newcomers.isEmpty() || own.stream().anyMatch(event -> event.seen() == 0);
    boolean keeps = !closed && (!release || unseen || !admitted.isEmpty());
    return new WorkerApi.ReportAck(own, newcomers, waiting(), keeps);
  }

  private void apply(Command command, long seen, List<Event> own) {
    RunEvent fact = switch (command) {
      case Command.StartStep c -> new RunEvent.StepStarted(c.step(), c.name());
      case Command.RecordStep c -> c.outcome() instanceof Outcome.Success s
          ? new RunEvent.StepCompleted(c.step(), c.name(), s.result(), c.attempts())
          : new RunEvent.StepFailed(c.step(), c.name(), ((Outcome.Failed) c.outcome()).failure(), c.attempts());
      case Command.RetryStep c -> {
        open.put(c.step(), "timer");
        yield new RunEvent.StepRetryScheduled(c.step(), c.name(), c.failure(), c.attempts(), now);
      }
      case Command.ScheduleActivity c -> {
        open.put(c.step(), "activity");
        yield new RunEvent.ActivityScheduled(c.step(), c.activityType(), c.input(), c.options(), c.header());
      }
      case Command.StartTimer c -> {
        open.put(c.step(), "timer");
        yield new RunEvent.TimerScheduled(c.step(), c.delay(), now.plus(c.delay()));
      }
      case Command.CancelTimer c -> open.remove(c.step()) == null ? null : new RunEvent.TimerCancelled(c.step());
      case Command.CancelActivity c -> {
        if (open.remove(c.step()) == null) yield null;
        own.add(append(seen, new RunEvent.ActivityCancelRequested(c.step())));
        own.add(append(0, new RunEvent.ActivityCancelled(c.step(), 1)));
        yield null;
      }
      case Command.RecordSideEffect c -> new RunEvent.SideEffectRecorded(c.step(), c.result());
      case Command.RecordVersion c ->
          new RunEvent.VersionMarkerRecorded(c.step(), c.changeId(), c.version(), c.minSupported(), c.maxSupported());
      case Command.UpsertMemo c -> new RunEvent.MemoUpserted(c.step(), c.memo());
      case Command.AcceptUpdate c -> {
        Effect.Update update = admitted.remove(c.updateId());
        yield new RunEvent.UpdateAccepted(c.updateId(), update.name(), update.input(), update.header());
      }
      case Command.RejectUpdate c -> {
        admitted.remove(c.updateId());
        yield null;
      }
      case Command.CompleteUpdate c -> new RunEvent.UpdateCompleted(c.updateId(), c.outcome());
      case Command.CompleteRun c -> new RunEvent.WorkflowCompleted(c.output(), c.unhandled());
      case Command.FailRun c -> new RunEvent.WorkflowFailed(c.failure(), c.unhandled());
      case Command.CancelRun c -> new RunEvent.WorkflowCancelled(c.reason(), c.unhandled());
      default -> throw new IllegalStateException(command.toString());
    };
    if (fact != null) own.add(append(seen, fact));
  }

  @Override
  public List<Event> events(long after) {
    return List.copyOf(history.subList((int) after, history.size()));
  }

  @Override
  public Optional<WorkerApi.LocalTransactions> transactions() {
    return Optional.empty();
  }

  @Override
  public void parked(ReplayRun run) {
    parks++;
    long known = history.size();
    if (parks > 500 || !happen(true)) {
      problem = Failure.of("Stuck", "nothing can happen any more; open " + open);
      over.countDown();
      run.drop();
      return;
    }
    while (happen(false)) {}
    if (memory) {
      run.resume(List.copyOf(history.subList((int) known, history.size())), waiting());
    } else {
      run.drop();
      begin();
    }
  }

  @Override
  public void stale(ReplayRun run) {
    problem = Failure.of("Stale", "news did not fit");
    over.countDown();
  }

  @Override
  public void ended(ReplayRun run) {
    over.countDown();
  }

  @Override
  public void broken(ReplayRun run, Failure why) {
    problem = why;
    over.countDown();
  }
}
