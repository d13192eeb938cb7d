package dev.pawl.engine.commit;

import dev.pawl.core.run.Request;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.metrics.EngineMetrics;
import dev.pawl.engine.store.Store;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** All lanes of a node: the one way in which the state of a run changes. Safe for any number of threads. */
public final class Lanes implements AutoCloseable {
  private final Inboxes<Pending<?>> inboxes;
  private final EngineMetrics metrics;

  public Lanes(Store store, LaneSettings settings, HandOut handOut, Landings landings, EngineMetrics metrics) {
    this.metrics = metrics;
    inboxes = new Inboxes<>(IntStream.range(0, settings.lanes())
        .mapToObj(i -> new Lane(i, store, settings, handOut, landings, metrics).inbox()).toList());
  }

  public void start() {
    inboxes.start();
  }

  /**
   * Decides and commits a request; blocks the calling thread, virtual or not, until it is durable or refused.
   *
   * @throws dev.pawl.core.value.RejectedException nothing was changed
   */
  public <A> A submit(Request<A> request) {
    return submit(List.of(request), false, null).getFirst().get();
  }

  /** Several at once, so that they meet in one group; answers in order, none is thrown. */
  public <A> List<Answer<A>> submitAll(List<? extends Request<A>> requests) {
    return submit(requests, false, null);
  }

  /**
   * Offers what should have happened already: it goes before what waits. Returns at once.
   *
   * @param answered called once all are answered, with the answers in order, on a lane's thread: must not block
   */
  public <A> void offerDue(List<? extends Request<A>> requests, Consumer<List<Answer<A>>> answered) {
    List<Pending<A>> pendings = new ArrayList<>(requests.size());
    Batch batch = new Batch(requests.size(), () -> answered.accept(answers(pendings)));
    for (Request<A> request : requests) pendings.add(new Pending<>(request, true, batch));
    offer(pendings);
  }

  /**
   * As {@link #submitAll}, for what should have happened already: it goes before what waits.
   *
   * @param answered called once all are answered, on a lane's thread: must not block
   */
  public <A> List<Answer<A>> submitDue(List<? extends Request<A>> requests, Runnable answered) {
    return submit(requests, true, answered);
  }

  private <A> List<Answer<A>> submit(List<? extends Request<A>> requests, boolean due, @Nullable Runnable answered) {
    if (requests.isEmpty()) return List.of();
    Batch batch = new Batch(requests.size(), answered);
    List<Pending<A>> pendings = new ArrayList<>(requests.size());
    for (Request<A> request : requests) pendings.add(new Pending<>(request, due, batch));
    offer(pendings);
    batch.await();
    return answers(pendings);
  }

  private <A> void offer(List<Pending<A>> pendings) {
    for (Pending<A> pending : pendings) inboxes.get(pending.anchor.lane() % inboxes.size()).offer(List.of(pending));
  }

  private <A> List<Answer<A>> answers(List<Pending<A>> pendings) {
    List<Answer<A>> answers = new ArrayList<>(pendings.size());
    for (Pending<A> pending : pendings) {
      Answer<A> answer = pending.result();
      Rejection.Code refusal = answer.refusal();
      if (refusal != null) metrics.rejected(refusal);
      answers.add(answer);
    }
    return answers;
  }

  /** Requests that wait in all lanes. */
  public int waiting() {
    return inboxes.waiting();
  }

  /** The longest time that a lane has had work without finishing any. */
  public Duration stuck() {
    return inboxes.stuck();
  }

  /** Finishes what was accepted, refuses everything new. */
  @Override
  public void close() {
    inboxes.close();
  }
}
