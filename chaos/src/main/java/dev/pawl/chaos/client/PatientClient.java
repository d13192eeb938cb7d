package dev.pawl.chaos.client;

import dev.pawl.core.run.ConflictPolicy;
import dev.pawl.core.run.ReusePolicy;
import dev.pawl.core.run.StartOptions;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.control.RunRef;
import dev.pawl.testbed.check.Operation.Kind;
import dev.pawl.testbed.check.Operations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One client: one thing at a time, asked again under the same id until it knows. For one thread. */
public final class PatientClient {
  static final String NAMESPACE = "default";
  /** Why it does one thing to many; who blocks them for it sets them going again as well. */
  public static final String ALL_OF_THEM = "all of them";

  /**
   * How long a client waits for a result before it calls it lost. A task that loses four leases in a row rests for more than
   * a minute in between, then an operator sets it going and it may do so again; that is slow, not lost.
   */
  public static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final long FIRST_PAUSE = 5_000_000L;
  private static final long LONGEST_PAUSE = 200_000_000L;

  private final ControlApi control;
  private final Operations log;
  private final String name;
  private final Duration patience;

  /** @param patience how long a result may take before the client calls it lost */
  public PatientClient(ControlApi control, Operations log, String name, Duration patience) {
    this.control = control;
    this.log = log;
    this.name = name;
    this.patience = patience;
  }

  String name() {
    return name;
  }

  public static RunRef ref(String workflowId) {
    return RunRef.current(NAMESPACE, workflowId);
  }

  /** Starts a workflow that nobody else starts. */
  public void start(String workflowId, String type, String queue, Payload input) {
    start(workflowId, type, queue, input, "start", ReusePolicy.REJECT, ConflictPolicy.FAIL, Set.of());
  }

  /** Starts a workflow. @param refusals codes that are as good as a yes @return whether it was a yes */
  public boolean start(String workflowId, String type, String queue, Payload input, String requestId, ReusePolicy reuse,
      ConflictPolicy conflict, Set<Rejection.Code> refusals) {
    return ask(Kind.START, workflowId, requestId, refusals, () -> control.start(new ControlApi.Start(NAMESPACE,
        workflowId, type, queue, input, StartOptions.PLAIN, reuse, conflict, requestId, null, null)).run().toString());
  }

  /** Sends a signal. @param id the same id is the same signal */
  public void signal(String workflowId, String id, String name, Payload input) {
    ask(Kind.SIGNAL, workflowId, id, Set.of(), () -> {
      control.signal(ref(workflowId), new ControlApi.Message(id, name, input, Map.of()));
      return "";
    });
  }

  /**
   * Sends an update and waits for its result.
   *
   * @return empty if the run went on as new before its program had looked at the update: it is to be sent to the next run,
   *     under another id
   */
  public Optional<Payload> update(String workflowId, String id, String name, Payload input) {
    ask(Kind.UPDATE, workflowId, id, Set.of(), () -> {
      control.update(ref(workflowId), new ControlApi.Message(id, name, input, Map.of()));
      return "";
    });
    Outcome outcome;
    try {
      outcome = look(workflowId, "update " + id,
          () -> control.awaitUpdate(ref(workflowId), id, Duration.ofSeconds(5)));
    } catch (WrongAnswer e) {
      boolean unseen = e.getCause() instanceof RejectedException no && no.code() == Rejection.Code.UPDATE_REJECTED;
      if (unseen) return Optional.empty();
      throw e;
    }
    if (outcome instanceof Outcome.Success success) return Optional.of(success.result());
    throw new WrongAnswer("expected a result of update '%s' of %s, got %s".formatted(id, workflowId, outcome));
  }

  /** Asks it to stop. */
  public void cancel(String workflowId) {
    ask(Kind.CANCEL, workflowId, "stop", Set.of(), () -> {
      control.cancel(ref(workflowId), "enough", "stop");
      return "";
    });
  }

  /** Stops it. */
  public void terminate(String workflowId) {
    ask(Kind.TERMINATE, workflowId, "stop", Set.of(), () -> {
      control.terminate(ref(workflowId), "enough", "stop");
      return "";
    });
  }

  /** Holds a run up and lets it go on. */
  public void pauseAndResume(String workflowId, String id) {
    ask(Kind.OTHER, workflowId, "pause-" + id, Set.of(Rejection.Code.RUN_CLOSED), () -> {
      control.pause(ref(workflowId), "a moment", "pause-" + id);
      return "";
    });
    ask(Kind.OTHER, workflowId, "resume-" + id, Set.of(Rejection.Code.RUN_CLOSED), () -> {
      control.resume(ref(workflowId), "go on", "resume-" + id);
      return "";
    });
  }

  /** Starts it over; its results come from a new run. */
  public void reset(String workflowId, long toSeq, String id) {
    ask(Kind.RESET, workflowId, id, Set.of(), () -> control.reset(ref(workflowId), toSeq, "once more", id).toString());
  }

  /** Erases all its runs, which have ended, the oldest first. */
  public void erase(String workflowId) {
    ask(Kind.DELETE, workflowId, "erase", Set.of(), () -> {
      var erased = new ArrayList<String>();
      for (ControlApi.RunView run : control.runs(NAMESPACE, workflowId)) {
        erased.add(run.run().toString());
        try {
          control.delete(new RunRef(NAMESPACE, workflowId, run.run()));
        } catch (RejectedException e) {
          // An earlier call did it, and its answer was lost.
          if (e.code() != Rejection.Code.RUN_NOT_FOUND) throw e;
        }
      }
      return String.join(" ", erased);
    });
  }

  /** One thing to all that a filter finds. @param signal only to {@code SIGNAL} */
  public ControlApi.BulkReport bulk(String filter, ControlApi.Bulk.Action action, ControlApi.@Nullable Message signal) {
    var order = new ControlApi.Bulk(NAMESPACE, filter, action, ALL_OF_THEM, signal, 1_000_000, false);
    return look("", action + " of all with " + filter, () -> {
      ControlApi.BulkReport report = control.bulk(order);
      // Some of them may have met a database that was away: they are asked again.
      boolean unknown = report.failed().values().stream().anyMatch(PatientClient::unanswered);
      if (unknown) throw new RejectedException(Rejection.because(Rejection.Code.STORE_UNAVAILABLE, report.toString()));
      return report;
    });
  }

  /** Erases all runs that a filter finds in one act; they have ended. @param workflows whose runs they are, and no others */
  public void eraseAll(String filter, List<String> workflows) {
    Map<Operations.Call, String> erasures = new LinkedHashMap<>();
    for (String workflow : workflows) {
      String runs = look(workflow, "its runs", () -> control.runs(NAMESPACE, workflow)).stream()
          .map(run -> run.run().toString()).collect(Collectors.joining(" "));
      erasures.put(log.invoke(name, Kind.DELETE, NAMESPACE, workflow, "erase"), runs);
    }
    ControlApi.BulkReport report = bulk(filter, ControlApi.Bulk.Action.DELETE, null);
    if (!report.failed().isEmpty()) throw new WrongAnswer("expected all with %s to be erased, got %s".formatted(filter, report));
    erasures.forEach((erasure, runs) -> erasure.ok(runs, ""));
  }

  private static boolean unanswered(String code) {
    return Stream.of(Rejection.Code.STORE_UNAVAILABLE, Rejection.Code.OVERLOADED,
        Rejection.Code.INBOX_FULL, Rejection.Code.SHUTTING_DOWN).anyMatch(unknown -> unknown.wire().equals(code));
  }

  /** Waits until a workflow that somebody else starts is there. */
  void awaitBirth(String workflowId) {
    look(workflowId, "its birth", () -> {
      try {
        return control.describe(ref(workflowId));
      } catch (RejectedException e) {
        if (e.code() != Rejection.Code.RUN_NOT_FOUND) throw e;
        throw new RejectedException(Rejection.because(Rejection.Code.WAIT_TIMED_OUT, workflowId + " is not there yet"), e);
      }
    });
  }

  /** How the workflow ended. */
  public ControlApi.RunResult result(String workflowId) {
    ControlApi.RunResult result = look(workflowId, "the end",
        () -> control.awaitResult(ref(workflowId), Duration.ofSeconds(5)));
    log.invoke(name, Kind.RESULT, NAMESPACE, workflowId, "").ok(result.run(), result.status().name());
    return result;
  }

  /** How many runs a filter finds. */
  public long count(String filter) {
    return look("", filter, () -> control.count(NAMESPACE, filter));
  }

  /** Asks what may be asked any number of times, until there is an answer. */
  private <T> T look(String workflowId, String what, Supplier<T> question) {
    long deadline = System.nanoTime() + patience.toNanos();
    for (long pause = FIRST_PAUSE; ; pause = Math.min(LONGEST_PAUSE, 2 * pause)) {
      try {
        return question.get();
      } catch (RejectedException e) {
        if (!unknown(e)) throw new WrongAnswer("%s of %s was refused".formatted(what, workflowId), e);
        if (System.nanoTime() > deadline) {
          throw new WrongAnswer("%s of %s did not come within %s: %s".formatted(what, workflowId, patience,
              explained(workflowId)), e);
        }
        LockSupport.parkNanos(pause);
      }
    }
  }

  private String explained(String workflowId) {
    try {
      ControlApi.Explanation why = control.explain(ref(workflowId));
      return why.summary() + " " + why.waitingFor();
    } catch (RejectedException e) {
      return e.toString();
    }
  }

  /** @param refusals codes that are a good answer too @return whether it was done */
  private boolean ask(Kind kind, String workflowId, String id, Set<Rejection.Code> refusals, Supplier<String> what) {
    long deadline = System.nanoTime() + patience.toNanos();
    for (long pause = FIRST_PAUSE; ; pause = Math.min(LONGEST_PAUSE, 2 * pause)) {
      var call = log.invoke(name, kind, NAMESPACE, workflowId, id);
      try {
        String run = what.get();
        call.ok(run, "");
        return true;
      } catch (RejectedException e) {
        if (!unknown(e)) {
          call.fail(e.toString());
          if (refusals.contains(e.code())) return false;
          throw new WrongAnswer("%s '%s' of %s was refused".formatted(kind, id, workflowId), e);
        }
        call.info(e.toString());
        if (System.nanoTime() > deadline) {
          throw new WrongAnswer("nobody knows about %s '%s' of %s after %s".formatted(kind, id, workflowId, patience), e);
        }
        LockSupport.parkNanos(pause);
      }
    }
  }

  private static boolean unknown(RejectedException e) {
    return switch (e.code()) {
      case STORE_UNAVAILABLE, OVERLOADED, INBOX_FULL, SHUTTING_DOWN, WAIT_TIMED_OUT -> true;
      default -> false;
    };
  }
}
