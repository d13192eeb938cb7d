package dev.pawl.core.run;

import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskToken;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a worker has to say that keeps no program in memory: it replays the whole history and sends the commands of the
 * first place where its program cannot go on. It numbers nothing, it sends again what it still waits for, and it never
 * says that a condition holds; it just goes on. This finds out what is new, gives it the next numbers, and is a
 * {@link ReportTask} then. The lease ends with it in any case.
 *
 * @param seen the last event that the program was shown
 * @param commands with step numbers that mean nothing
 */
public record ReportReplay(TaskToken token, SessionId session, long seen, List<Command> commands)
    implements Request<ReportTask.Reported> {

  @Override
  public Anchor anchor() {
    return new OfRun(token.run());
  }

  @Override
  public Needs needs() {
    Needs needs = as(commands).needs();
    Long after = needs.eventsAfter();
    // What was open when the program was shown the history may have ended since.
    return new Needs(needs.tasks(), needs.updates(), after == null ? seen : Math.min(after, seen), List.of());
  }

  @Override
  public Decision<ReportTask.Reported> decide(Situation situation) {
    Run run = situation.run();
    if (run == null || !run.state().open() || run.task().repeats(token.epoch(), 1)) {
      return as(commands).decide(situation, true);
    }
    return as(numbered(run.state(), situation.events())).decide(situation, true);
  }

  private ReportTask as(List<Command> said) {
    return new ReportTask(token, session, 1, seen, said, true);
  }

  private List<Command> numbered(RunState state, List<Event> events) {
    boolean waiting = waitsForStep(state, events);
    List<Command> fresh = new ArrayList<>(commands.size() + 1);
    int next = state.nextStep();
    Integer wait = newestWait(state);
    boolean sameWait = false;
    for (Command command : commands) {
      switch (command) {
        case Command.ScheduleActivity c -> {
          if (waiting) continue;
          fresh.add(new Command.ScheduleActivity(
              next, c.activityType(), c.input(), c.options(), c.header(), at(next++, c.bundle())));
        }
        case Command.StartTimer c -> {
          if (waiting) continue;
          fresh.add(new Command.StartTimer(next, c.delay(), at(next++, c.bundle())));
        }
        case Command.StartChild c -> {
          if (waiting) continue;
          fresh.add(new Command.StartChild(next, c.workflowType(), c.workflowId(), c.queue(), c.input(), c.options(),
              c.parentClose(), at(next++, c.bundle())));
        }
        case Command.OpenWait c -> {
          if (wait != null && fresh.isEmpty() && same(state.waits().get(wait), c)) {
            sameWait = true;
            continue;
          }
          fresh.add(new Command.OpenWait(next++, c.key(), c.fingerprint(), c.timeout()));
        }
        case Command.RecordSideEffect c -> fresh.add(new Command.RecordSideEffect(next++, c.result()));
        case Command.RecordVersion c -> fresh.add(new Command.RecordVersion(
            next++, c.changeId(), c.version(), c.minSupported(), c.maxSupported()));
        case Command.UpsertSearchAttributes c ->
            fresh.add(new Command.UpsertSearchAttributes(next++, c.attributes()));
        case Command.UpsertMemo c -> fresh.add(new Command.UpsertMemo(next++, c.memo()));
        default -> fresh.add(command);
      }
    }
    // What comes behind an open wait is only reached when its condition holds; an update is handled beside it.
    if (wait != null && !sameWait && !fresh.isEmpty() && !(fresh.getFirst() instanceof Command.ApplyUpdate)) {
      fresh.addFirst(new Command.EndWait(wait));
    }
    return fresh;
  }

  private static Bundle at(int step, @Nullable Bundle bundle) {
    return bundle == null ? Bundle.ALONE : bundle.at(step);
  }

  /** Whether the program, when it was shown the history, could not go on because of a step. */
  private boolean waitsForStep(RunState state, List<Event> events) {
    if (!state.awaited().isEmpty()) return true;
    return events.stream().anyMatch(event -> event.seq() > seen && event.seen() == 0 && resolves(event.fact()));
  }

  private static boolean resolves(RunEvent fact) {
    return switch (fact) {
      case RunEvent.ActivityCompleted e -> true;
      case RunEvent.ActivityFailed e -> true;
      case RunEvent.ActivityTimedOut e -> true;
      case RunEvent.ActivityCancelled e -> true;
      case RunEvent.TimerFired e -> true;
      case RunEvent.ChildRunCompleted e -> true;
      case RunEvent.ChildRunFailed e -> true;
      case RunEvent.ChildRunCancelled e -> true;
      case RunEvent.ChildRunTerminated e -> true;
      default -> false;
    };
  }

  private static @Nullable Integer newestWait(RunState state) {
    return state.waits().keySet().stream().max(Integer::compare).orElse(null);
  }

  private static boolean same(RunState.@Nullable OpenWait open, Command.OpenWait again) {
    return open != null && Objects.equals(open.key(), again.key())
        && Objects.equals(open.fingerprint(), again.fingerprint());
  }
}
