package dev.pawl.engine.job;

import dev.pawl.core.job.JobId;
import dev.pawl.engine.store.Declarations;
import dev.pawl.engine.store.Store;
import dev.pawl.protocol.job.JobApi.RedriveOperation;
import dev.pawl.protocol.job.JobApi.RedriveOrder;
import dev.pawl.protocol.job.JobApi.RedriveReport;
import dev.pawl.protocol.uwer.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bulk redrives on their way. The node that took the order carries it out and writes down how far it is, so that every node
 * can tell, and can halt it. When nobody writes for a minute, another node takes it over under the next term and goes on
 * where the letters are; whoever had it before finds the higher term, and leaves it alone.
 */
final class Redrives {
  private static final Logger LOG = LoggerFactory.getLogger(Redrives.class);
  private static final String KIND = "job-redrive";
  private static final String HALT = "job-redrive-halt";
  /** Which node has an operation, one for each term: the first to say so. */
  private static final String TERM = "job-redrive-term";
  private static final Duration LOOKED = Duration.ofSeconds(10);
  /** An operation that nobody has written about for so long is nobody's. */
  private static final Duration SILENT = Duration.ofMinutes(1);
  private static final Duration WRITTEN = Duration.ofSeconds(1);
  private static final Duration KEPT = Duration.ofDays(30);

  private final Store store;
  private final Declarations declared;
  private final Function<RedriveOrder, Redrive> make;
  private final RedriveOrders orders;
  private final Map<String, Thread> running = new ConcurrentHashMap<>();
  private volatile boolean closing;
  private volatile Instant nextLook = Instant.MIN;

  Redrives(Store store, Function<RedriveOrder, Redrive> make) {
    this.store = store;
    this.declared = store.declarations();
    this.orders = new RedriveOrders(declared);
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
    orders.keep(begun.id(), order, redrive.letters());
    write(namespace, begun, 1);
    begin(namespace, begun, redrive, 1);
    return begun;
  }

  private void begin(String namespace, RedriveOperation begun, Redrive redrive, long term) {
    Watch watch = new Watch(namespace, begun, term);
    running.put(begun.id(), Thread.ofVirtual().name("pawl-redrive-" + begun.id()).start(() -> carryOut(watch, redrive)));
  }

  private void carryOut(Watch watch, Redrive redrive) {
    RedriveOperation begun = watch.begun;
    RedriveOperation.State end = RedriveOperation.State.FAILED;
    String why = null;
    try {
      RedriveReport report = redrive.proceed(watch::goOn);
      why = report.halted();
      end = why == null ? RedriveOperation.State.DONE : RedriveOperation.State.HALTED;
    } catch (RuntimeException e) {
      LOG.error("redrive {} of {} broke off", begun.id(), watch.namespace, e);
      why = String.valueOf(e.getMessage());
    } finally {
      running.remove(begun.id());
      finish(watch, end, redrive.report(why));
    }
  }

  private void finish(Watch watch, RedriveOperation.State end, RedriveReport report) {
    RedriveOperation begun = watch.begun;
    try {
      if (watch.overtaken()) return;
      write(watch.namespace,
          new RedriveOperation(begun.id(), end, begun.operator(), begun.startedAt(), store.now(), report), watch.term);
      declared.remove(watch.namespace, HALT, begun.id());
      for (long term = 2; term <= watch.term; term++) declared.remove(watch.namespace, TERM, name(begun.id(), term));
      orders.forget(watch.namespace, begun.id());
    } catch (RuntimeException e) {
      LOG.warn("the end of redrive {} could not be written down: {}", begun.id(), e.getMessage());
    }
  }

  // ---- taking over

  /** Takes over what nobody carries out any more. @return how many */
  int adopt(Instant now) {
    if (closing || now.isBefore(nextLook)) return 0;
    nextLook = now.plus(LOOKED);
    int taken = 0;
    for (Store.Namespace one : store.namespaces()) {
      for (Declarations.Declaration stored : declared.list(one.name(), KIND)) {
        RedriveOperation there = read(stored);
        if (there.state() == RedriveOperation.State.LOST && takeOver(one.name(), there, term(stored) + 1, now)) taken++;
      }
    }
    return taken;
  }

  private boolean takeOver(String namespace, RedriveOperation lost, long from, Instant now) {
    RedriveOrder order = orders.find(namespace, lost.id()).orElse(null);
    if (order == null) return false;
    long term = from;
    Optional<Declarations.Declaration> there;
    while ((there = declared.find(namespace, TERM, name(lost.id(), term))).isPresent()) {
      // Who took a term and died before it wrote a word has it for a minute, like anybody else.
      if (!there.get().at().plus(SILENT).isBefore(now)) return false;
      term++;
    }
    String mine = UUID.randomUUID().toString();
    if (!declared.putIfAbsent(namespace, TERM, name(lost.id(), term), mine).data().equals(mine)) return false;
    Redrive redrive = make.apply(order);
    redrive.takeOver(lost.startedAt());
    write(namespace, new RedriveOperation(lost.id(), RedriveOperation.State.RUNNING, lost.operator(), lost.startedAt(),
        now, lost.report()), term);
    LOG.warn("redrive {} of {} is taken over, {} of {} letters were driven when it was last heard of", lost.id(),
        namespace, lost.report().redriven(), lost.report().matched());
    begin(namespace, lost, redrive, term);
    return true;
  }

  private static String name(String id, long term) {
    return id + "#" + term;
  }

  /** Looks between portions whether somebody wants it to end, and says how far it is. */
  private final class Watch {
    private final String namespace;
    private final RedriveOperation begun;
    private final long term;
    private Instant written = Instant.MIN;
    /** Somebody else has it, or is to have it: nothing is written about it here any more. */
    private boolean left;

    Watch(String namespace, RedriveOperation begun, long term) {
      this.namespace = namespace;
      this.begun = begun;
      this.term = term;
    }

    /** Why it should end; null: go on. */
    @Nullable String goOn(RedriveReport soFar) {
      if (overtaken()) return "another node took it over";
      Optional<Declarations.Declaration> halt = declared.find(namespace, HALT, begun.id());
      if (halt.isPresent()) return "halted by " + halt.get().data();
      Instant now = store.now();
      if (closing) {
        left = true;
        // As silent as if it had died a minute ago: the next node that looks takes it.
        say(now.minus(SILENT).minus(WRITTEN), soFar);
        return "its node was closed";
      }
      if (now.isBefore(written.plus(WRITTEN)) && !now.isBefore(written)) return null;
      written = now;
      say(now, soFar);
      return null;
    }

    private boolean overtaken() {
      left |= declared.find(namespace, KIND, begun.id()).map(Redrives::term).orElse(term) > term;
      return left;
    }

    private void say(Instant at, RedriveReport soFar) {
      write(namespace, new RedriveOperation(begun.id(), RedriveOperation.State.RUNNING, begun.operator(),
          begun.startedAt(), at, soFar), term);
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
    if (there == null || there.state() != RedriveOperation.State.RUNNING && there.state() != RedriveOperation.State.LOST) {
      return false;
    }
    declared.put(namespace, HALT, id, operator);
    return true;
  }

  private void forgetOld(String namespace, Instant now) {
    for (RedriveOperation one : list(namespace)) {
      if (!one.at().plus(KEPT).isBefore(now)) continue;
      declared.remove(namespace, KIND, one.id());
      orders.forget(namespace, one.id());
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

  private void write(String namespace, RedriveOperation one, long term) {
    RedriveReport report = one.report();
    declared.put(namespace, KIND, one.id(), Json.of("state", one.state(), "operator", one.operator(), "started_at",
        one.startedAt(), "at", one.at(), "matched", report.matched(), "redriven", report.redriven(), "refused",
        report.refused(), "first_refusal", report.firstRefusal(), "halted", report.halted(), "term",
        term).write());
  }

  private RedriveOperation read(Declarations.Declaration stored) {
    Json.Obj it = RedriveOrders.object(stored);
    Instant at = Instant.parse(text(it, "at"));
    RedriveOperation.State state = RedriveOperation.State.valueOf(text(it, "state"));
    boolean lost = state == RedriveOperation.State.RUNNING && !running.containsKey(stored.name())
        && at.plus(SILENT).isBefore(store.now());
    return new RedriveOperation(stored.name(), lost ? RedriveOperation.State.LOST : state, text(it, "operator"),
        Instant.parse(text(it, "started_at")), at, new RedriveReport(number(it, "matched"), number(it, "redriven"),
            number(it, "refused"), RedriveOrders.text(it, "first_refusal"), RedriveOrders.text(it, "halted")));
  }

  private static String text(Json.Obj it, String member) {
    String text = RedriveOrders.text(it, member);
    return text == null ? "" : text;
  }

  private static int number(Json.Obj it, String member) {
    return (int) RedriveOrders.number(it, member);
  }

  private static long term(Declarations.Declaration stored) {
    return (long) RedriveOrders.number(RedriveOrders.object(stored), "term");
  }
}
