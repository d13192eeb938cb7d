package dev.pawl.sdk.replay;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.Event;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RunId;
import dev.pawl.protocol.worker.WorkerApi;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A history played to its end without doing anything: no step begins, nothing is reported. Answers queries, and tells
 * whether code still fits a history, before it is deployed.
 *
 * <pre>{@code
 * try (Replay replay = Replay.of(environment, "default", "order-42", run, history, Duration.ofSeconds(10))) {
 *   replay.problem().ifPresent(why -> fail(why.message()));
 * }
 * }</pre>
 */
public final class Replay implements AutoCloseable {
  private final ReplayRun run;
  private final AtRest rest = new AtRest();

  private Replay(ReplayEnvironment environment, String namespace, String workflowId, RunId id, List<Event> history) {
    this.run = new ReplayRun(environment, namespace, workflowId, id, rest, history, List.of());
  }

  /** Plays a history. @param patience how long the whole replay may take */
  public static Replay of(ReplayEnvironment environment, String namespace, String workflowId, RunId id,
      List<Event> history, Duration patience) throws InterruptedException {
    Replay replay = new Replay(environment, namespace, workflowId, id, history);
    replay.run.start();
    if (!replay.rest.reached.await(patience.toNanos(), TimeUnit.NANOSECONDS)) {
      replay.rest.problem = Failure.of("ReplayStuck", "the replay did not come to its end within " + patience);
      replay.close();
    }
    return replay;
  }

  /** Why the code does not fit the history; empty if it does. */
  public Optional<Failure> problem() {
    return Optional.ofNullable(rest.problem);
  }

  /** What the program asks for beyond its history, in order; results of steps excluded. */
  public List<Command> wants() {
    return run.wants();
  }

  /** Asks the program. @throws RuntimeException what the handler threw, or that there is none */
  public Payload query(String name, @Nullable Payload input) {
    Payload answer = run.query(name, input, 0);
    if (answer == null) throw new IllegalStateException("the replay is over");
    return answer;
  }

  @Override
  public void close() {
    run.drop();
  }

  private static final class AtRest implements Link {
    final CountDownLatch reached = new CountDownLatch(1);
    volatile @Nullable Failure problem;

    @Override
    public boolean live() {
      return false;
    }

    @Override
    public WorkerApi.ReportAck report(long seen, List<Command> commands, boolean release) {
      throw new IllegalStateException("a replay reports nothing");
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
    public void parked(ReplayRun run) {
      reached.countDown();
    }

    @Override
    public void stale(ReplayRun run) {
      reached.countDown();
    }

    @Override
    public void ended(ReplayRun run) {
      reached.countDown();
    }

    @Override
    public void broken(ReplayRun run, Failure why) {
      problem = why;
      reached.countDown();
    }
  }
}
