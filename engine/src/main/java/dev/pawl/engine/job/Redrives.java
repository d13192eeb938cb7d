package dev.pawl.engine.job;

import dev.pawl.core.job.JobId;
import dev.pawl.engine.store.Declarations;
import dev.pawl.engine.store.Store;
import dev.pawl.protocol.job.JobApi.RedriveOperation;
import dev.pawl.protocol.job.JobApi.RedriveOrder;
import dev.pawl.protocol.job.JobApi.RedriveReport;
import dev.pawl.protocol.uwer.Json;
import dev.pawl.protocol.uwer.Parsed;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bulk redrives on their way. The node that took the order carries it out and writes down how far it is, so that every node
 * can tell, and can halt it. When that node dies, what is left are dead letters as before: the order is given again.
 */
final class Redrives {
  private static final Logger LOG = LoggerFactory.getLogger(Redrives.class);
  private static final String KIND = "job-redrive";
  private static final String HALT = "job-redrive-halt";
  /** An operation that nobody has written about for so long is nobody's. */
  private static final Duration SILENT = Duration.ofMinutes(1);
  private static final Duration WRITTEN = Duration.ofSeconds(1);
  private static final Duration KEPT = Duration.ofDays(30);

  private final Store store;
  private final Declarations declared;
  private final Function<RedriveOrder, Redrive> make;
  private final Map<String, Thread> running = new ConcurrentHashMap<>();
  private volatile boolean closing;

  Redrives(Store store, Function<RedriveOrder, Redrive> make) {
    this.store = store;
    this.declared = store.declarations();
    this.make = make;
  }

  /** Begins, and answers at once. @throws dev.pawl.protocol.job.JobRefusedException the papers do not do */
  RedriveOperation start(RedriveOrder order) {
    Redrive redrive = make.apply(order);
    redrive.prepare();
    String namespace = order.query().namespace();
    Instant now = store.now();
    forgetOld(namespace, now);
    RedriveOperation begun = new RedriveOperation(JobId.next(now, ThreadLocalRandom.current()).toString(),
        RedriveOperation.State.RUNNING, order.papers().operator(), now, now, redrive.report(null));
    write(namespace, begun);
    running.put(begun.id(), Thread.ofVirtual().name("pawl-redrive-" + begun.id()).start(
        () -> carryOut(namespace, begun, redrive)));
    return begun;
  }

  private void carryOut(String namespace, RedriveOperation begun, Redrive redrive) {
    RedriveOperation.State end = RedriveOperation.State.FAILED;
    String why = null;
    try {
      Watch watch = new Watch(namespace, begun);
      RedriveReport report = redrive.proceed(watch::goOn);
      why = report.halted();
      end = why == null ? RedriveOperation.State.DONE : RedriveOperation.State.HALTED;
    } catch (RuntimeException e) {
      LOG.error("redrive {} of {} broke off", begun.id(), namespace, e);
      why = String.valueOf(e.getMessage());
    } finally {
      running.remove(begun.id());
      finish(namespace, begun, end, redrive.report(why));
    }
  }

  private void finish(String namespace, RedriveOperation begun, RedriveOperation.State end, RedriveReport report) {
    try {
      write(namespace, new RedriveOperation(begun.id(), end, begun.operator(), begun.startedAt(), store.now(), report));
      declared.remove(namespace, HALT, begun.id());
    } catch (RuntimeException e) {
      LOG.warn("the end of redrive {} could not be written down: {}", begun.id(), e.getMessage());
    }
  }

  /** Looks between portions whether somebody wants it to end, and says how far it is. */
  private final class Watch {
    private final String namespace;
    private final RedriveOperation begun;
    private Instant written;

    Watch(String namespace, RedriveOperation begun) {
      this.namespace = namespace;
      this.begun = begun;
      this.written = begun.at();
    }

    /** Why it should end; null: go on. */
    @Nullable String goOn(RedriveReport soFar) {
      if (closing) return "its node was closed";
      Optional<Declarations.Declaration> halt = declared.find(namespace, HALT, begun.id());
      if (halt.isPresent()) return "halted by " + halt.get().data();
      Instant now = store.now();
      if (now.isBefore(written.plus(WRITTEN)) && !now.isBefore(written)) return null;
      written = now;
      write(namespace, new RedriveOperation(begun.id(), RedriveOperation.State.RUNNING, begun.operator(),
          begun.startedAt(), now, soFar));
      return null;
    }
  }

  Optional<RedriveOperation> find(String namespace, String id) {
    return declared.find(namespace, KIND, id).map(this::read);
  }

  /** Newest first. */
  List<RedriveOperation> list(String namespace) {
    return declared.list(namespace, KIND).stream().map(this::read)
        .sorted(Comparator.comparing(RedriveOperation::startedAt).reversed()).toList();
  }

  /** It ends before its next portion. False: it is not running, or is not there. */
  boolean halt(String namespace, String id, String operator) {
    RedriveOperation there = find(namespace, id).orElse(null);
    if (there == null || there.state() != RedriveOperation.State.RUNNING) return false;
    declared.put(namespace, HALT, id, operator);
    return true;
  }

  private void forgetOld(String namespace, Instant now) {
    for (RedriveOperation one : list(namespace)) {
      if (one.at().plus(KEPT).isBefore(now)) declared.remove(namespace, KIND, one.id());
    }
  }

  /** What runs ends before its next portion, and says so. */
  void close() {
    closing = true;
    for (Thread thread : running.values()) {
      try {
        thread.join(Duration.ofSeconds(5));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  // ---- as it is stored

  private void write(String namespace, RedriveOperation one) {
    RedriveReport report = one.report();
    declared.put(namespace, KIND, one.id(), Json.of("state", one.state(), "operator", one.operator(), "started_at",
        one.startedAt(), "at", one.at(), "matched", report.matched(), "redriven", report.redriven(), "refused",
        report.refused(), "first_refusal", report.firstRefusal(), "halted", report.halted()).write());
  }

  private RedriveOperation read(Declarations.Declaration stored) {
    byte[] bytes = stored.data().getBytes(StandardCharsets.UTF_8);
    if (!(Json.read(bytes, Integer.MAX_VALUE) instanceof Parsed.Ok<Json> ok) || !(ok.value() instanceof Json.Obj it)) {
      throw new IllegalStateException("redrive %s is damaged: %s".formatted(stored.name(), stored.data()));
    }
    Instant at = Instant.parse(text(it, "at", ""));
    RedriveOperation.State state = RedriveOperation.State.valueOf(text(it, "state", ""));
    boolean lost = state == RedriveOperation.State.RUNNING && !running.containsKey(stored.name())
        && at.plus(SILENT).isBefore(store.now());
    return new RedriveOperation(stored.name(), lost ? RedriveOperation.State.LOST : state, text(it, "operator", ""),
        Instant.parse(text(it, "started_at", "")), at, new RedriveReport(number(it, "matched"), number(it, "redriven"),
            number(it, "refused"), textOrNull(it, "first_refusal"), textOrNull(it, "halted")));
  }

  private static @Nullable String textOrNull(Json.Obj it, String member) {
    return it.members().get(member) instanceof Json.Str text ? text.value() : null;
  }

  private static String text(Json.Obj it, String member, String absent) {
    String text = textOrNull(it, member);
    return text == null ? absent : text;
  }

  private static int number(Json.Obj it, String member) {
    return it.members().get(member) instanceof Json.Num number ? Integer.parseInt(number.text()) : 0;
  }
}
