package dev.pawl.sdk.replay;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.Event;
import dev.pawl.core.run.Program;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.RunId;
import dev.pawl.protocol.worker.WorkerApi;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * A Java workflow as a {@link Program}: shown events, it says what it wants next. The bodies of steps run inside; their
 * results are among the commands. Whoever drives it turns commands into events and shows them with the next call, as an
 * engine would; a worker does the same without this detour.
 *
 * <pre>{@code
 * try (JavaProgram program = new JavaProgram(environment, "default", "order-42", run)) {
 *   List<Command> first = program.advance(List.of(startAccepted, workflowStarted));
 * }
 * }</pre>
 */
public final class JavaProgram implements Program, AutoCloseable {
  private final ReplayEnvironment environment;
  private final String namespace;
  private final String workflowId;
  private final RunId id;
  private final Hands hands = new Hands();
  private @Nullable ReplayRun run;

  public JavaProgram(ReplayEnvironment environment, String namespace, String workflowId, RunId id) {
    this.environment = environment;
    this.namespace = namespace;
    this.workflowId = workflowId;
    this.id = id;
  }

  /**
   * @param events the history at first, later what was appended since: first the events of the last commands, with
   *     {@code seen} as they were recorded, and whatever came from outside
   * @return empty: it waits for the outside, or it has ended
   */
  @Override
  public List<Command> advance(List<Event> events) {
    ReplayRun known = run;
    if (known == null) {
      known = new ReplayRun(environment, namespace, workflowId, id, hands, events, List.of());
      run = known;
      known.start();
    } else if (hands.reported) {
      hands.shown.add(events);
    } else {
      known.resume(events, List.of());
    }
    Turn turn = take(hands.turns);
    hands.reported = turn.reported;
    if (turn.problem != null) throw environment.failures().toException(turn.problem);
    return turn.commands;
  }

  @Override
  public void close() {
    ReplayRun known = run;
    if (known != null) known.drop();
    hands.shown.add(List.of()); // a report that still waits for its answer gets one
  }

  /** What a call of {@link #advance} comes to. */
  private record Turn(List<Command> commands, boolean reported, @Nullable Failure problem) {}

  private static <T> T take(BlockingQueue<T> from) {
    try {
      return from.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the program ran", e);
    }
  }

  /** Passes what the run reports to the caller of {@link #advance}, and what that one shows back as the answer. */
  private static final class Hands implements Link {
    final BlockingQueue<Turn> turns = new LinkedBlockingQueue<>();
    final BlockingQueue<List<Event>> shown = new LinkedBlockingQueue<>();
    boolean reported;

    @Override
    public boolean live() {
      return true;
    }

    @Override
    public WorkerApi.ReportAck report(long seen, List<Command> commands, boolean release) {
      if (commands.isEmpty()) return new WorkerApi.ReportAck(List.of(), List.of(), List.of(), !release);
      turns.add(new Turn(commands, true, null));
      List<Event> events = take(shown);
      List<Event> own = events.stream().filter(event -> event.seen() > 0).toList();
      List<Event> news = events.stream().filter(event -> event.seen() == 0).toList();
      return new WorkerApi.ReportAck(own, news, List.of(), !release || !news.isEmpty());
    }

    @Override
    public List<Event> events(long after) {
      return List.of();
    }

    @Override
    public Optional<WorkerApi.LocalTransactions> transactions() {
      return Optional.empty();
    }

    @Override
    public void parked(ReplayRun parked) {
      turns.add(new Turn(List.of(), false, null));
    }

    @Override
    public void stale(ReplayRun dropped) {
      broken(dropped, Failure.of("EventsOutOfOrder", "the events are not those that come next"));
    }

    @Override
    public void ended(ReplayRun ended) {
      turns.add(new Turn(List.of(), false, null));
    }

    @Override
    public void broken(ReplayRun dropped, Failure why) {
      turns.add(new Turn(List.of(), false, why));
    }
  }
}
