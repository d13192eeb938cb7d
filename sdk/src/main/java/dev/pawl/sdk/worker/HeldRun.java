package dev.pawl.sdk.worker;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.Event;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.RejectedException;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.sdk.replay.Link;
import dev.pawl.sdk.replay.ReplayRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A run on this worker, under a lease or parked: its lease, and what it has to say to the engine under it. */
final class HeldRun implements Link {
  private static final int PAGE = 1_000;

  private final WorkflowWork work;
  private final WorkerApi api;
  private volatile WorkerApi.WorkflowTaskGrant grant;
  private volatile SessionId session;
  private volatile boolean active = true;
  private volatile boolean releasing;
  private volatile @Nullable ReplayRun run;
  private int reports;

  HeldRun(WorkflowWork work, WorkerApi api, WorkerApi.WorkflowTaskGrant grant, SessionId session) {
    this.work = work;
    this.api = api;
    this.grant = grant;
    this.session = session;
  }

  void is(ReplayRun run) {
    this.run = run;
  }

  ReplayRun run() {
    ReplayRun known = run;
    if (known == null) throw new IllegalStateException("not built yet");
    return known;
  }

  TaskToken token() {
    return grant.token();
  }

  WorkerApi.WorkflowTaskGrant grant() {
    return grant;
  }

  SessionId session() {
    return session;
  }

  /** Whether it is worked on; a parked run holds no lease. */
  boolean active() {
    return active;
  }

  /** A new lease of the parked run. */
  void leased(WorkerApi.WorkflowTaskGrant next, SessionId by) {
    grant = next;
    session = by;
    reports = 0;
    releasing = false;
    active = true;
  }

  /** Whether it is on its way to its rest: the report that gives the lease back is out. */
  boolean releasing() {
    return releasing;
  }

  void rests() {
    active = false;
    releasing = false;
  }

  // ---- what the run says

  @Override
  public boolean live() {
    return true;
  }

  @Override
  public WorkerApi.ReportAck report(long seen, List<Command> commands, boolean release) {
    // After an unknown outcome the same number again: the engine knows whether it has it.
    WorkerApi.Report report = new WorkerApi.Report(token(), session, ++reports, seen, commands, release);
    releasing = release;
    try {
      WorkerApi.ReportAck ack = Persistence.insist(() -> api.report(report), () -> work.mayGoOn(this));
      if (ack.keeps()) releasing = false;
      return ack;
    } catch (Persistence.Abandoned e) {
      throw new LeaseGone("the lease of %s ended while the engine could not be reached".formatted(token()), e);
    } catch (RejectedException e) {
      throw gone(e);
    }
  }

  private static RuntimeException gone(RejectedException e) {
    return switch (e.code()) {
      case LEASE_LOST, RUN_CLOSED, RUN_NOT_FOUND, TASK_NOT_FOUND, SESSION_LOST, SHUTTING_DOWN ->
          new LeaseGone(String.valueOf(e.getMessage()), e);
      default -> e;
    };
  }

  @Override
  public List<Event> events(long after) {
    List<Event> all = new ArrayList<>();
    long from = after;
    while (true) {
      List<Event> page = page(from);
      all.addAll(page);
      if (page.size() < PAGE) return all;
      from = page.get(page.size() - 1).seq();
    }
  }

  private List<Event> page(long after) {
    try {
      return Persistence.insist(() -> api.history(token(), after, PAGE), () -> work.mayGoOn(this));
    } catch (Persistence.Abandoned e) {
      throw new LeaseGone("the lease of %s ended while the engine could not be reached".formatted(token()), e);
    } catch (RejectedException e) {
      throw gone(e);
    }
  }

  @Override
  public Optional<WorkerApi.LocalTransactions> transactions() {
    return api.transactions();
  }

  @Override
  public void parked(ReplayRun parked) {
    work.parked(this);
  }

  @Override
  public void stale(ReplayRun dropped) {
    work.rebuild(this);
  }

  @Override
  public void ended(ReplayRun ended) {
    work.ended(this);
  }

  @Override
  public void broken(ReplayRun dropped, Failure why) {
    work.broken(this, why);
  }
}
