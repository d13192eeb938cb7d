package dev.pawl.engine.job;

import dev.pawl.core.job.Actor;
import dev.pawl.core.job.Breaker;
import dev.pawl.core.job.BulkOrder;
import dev.pawl.core.job.CancelJob;
import dev.pawl.core.job.JobBatch;
import dev.pawl.core.job.JobDecision;
import dev.pawl.core.job.JobEvent;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobLimits;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobRequest;
import dev.pawl.core.job.JobSituation;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.OperateJob;
import dev.pawl.core.job.OperatorAct;
import dev.pawl.core.job.OperatorPapers;
import dev.pawl.core.job.ReceiveCallback;
import dev.pawl.core.job.SubmitJob;
import dev.pawl.core.job.Transition;
import dev.pawl.core.job.UwerCode;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.failpoint.Failpoint;
import dev.pawl.engine.store.JobStore;
import dev.pawl.engine.store.Store;
import dev.pawl.protocol.job.JobAnswer;
import dev.pawl.protocol.job.JobApi;
import dev.pawl.protocol.job.JobRefusedException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** {@code JobApi} of an engine in this process. */
final class EngineJobs implements JobApi {
  /** Submissions that are decided at a time, so that the answers of a huge batch are not all in memory as requests. */
  private static final int SLICE = 10_000;

  static final Actor INGRESS = new Actor(Actor.Kind.INGRESS, "engine");

  private final Store store;
  private final JobStore jobs;
  private final JobLanes lanes;
  private final JobTypes types;
  private final Breakers breakers;
  private final JobBell bell;
  private final Consumer<String> namespaceKnown;
  private final AgreedPayloads payloads;
  private final Redrives redrives;

  /** @param namespaceKnown refuses a namespace that does not exist */
  EngineJobs(Store store, JobLanes lanes, JobTypes types, Breakers breakers, JobBell bell,
      Consumer<String> namespaceKnown, AgreedPayloads payloads) {
    this.payloads = payloads;
    this.redrives = new Redrives(store, order -> new Redrive(store, lanes, this, order));
    this.store = store;
    this.jobs = store.jobs();
    this.lanes = lanes;
    this.types = types;
    this.breakers = breakers;
    this.bell = bell;
    this.namespaceKnown = namespaceKnown;
  }

  // ---- callers

  @Override
  public List<JobAnswer<SubmitJob.Submitted>> submit(List<Submission> some) {
    if (some.size() > SLICE) {
      List<JobAnswer<SubmitJob.Submitted>> all = new ArrayList<>(some.size());
      for (int from = 0; from < some.size(); from += SLICE) {
        all.addAll(submit(some.subList(from, Math.min(some.size(), from + SLICE))));
      }
      return all;
    }
    Instant now = store.now();
    String last = null;
    List<SubmitJob> requests = new ArrayList<>(some.size());
    Map<Integer, JobAnswer<SubmitJob.Submitted>> refused = new TreeMap<>();
    int number = 0;
    for (Submission one : some) {
      String namespace = one.spec().namespace();
      if (!namespace.equals(last)) namespaceKnown.accept(namespace);
      last = namespace;
      try {
        requests.add(request(one, now));
      } catch (JobRefusedException no) {
        refused.put(number, new JobAnswer.Refused<>(no.code(), no.why(), no.pointer()));
      }
      number++;
    }
    Failpoint.START_BEFORE_COMMIT.reach();
    List<JobAnswer<SubmitJob.Submitted>> answers = lanes.submitAll(requests);
    Failpoint.START_BEFORE_REPLY.reach();
    if (refused.isEmpty()) return answers;
    List<JobAnswer<SubmitJob.Submitted>> all = new ArrayList<>(answers);
    refused.forEach(all::add);
    return all;
  }

  private SubmitJob request(Submission one, Instant now) {
    if (one.spec().payload().size() > Payload.MAX_BYTES) {
      throw new JobRefusedException(UwerCode.TOO_LARGE,
          "expected a payload of at most %d bytes, got %d".formatted(Payload.MAX_BYTES, one.spec().payload().size()),
          "/body/payload");
    }
    Actor actor = one.actor();
    return new SubmitJob(JobId.next(now, ThreadLocalRandom.current()), payloads.agreed(one.spec()), one.original(),
        actor == null ? INGRESS : actor);
  }

  @Override
  public Optional<Joined> inTransaction(Connection connection) {
    return Optional.of(job -> submit(connection, job));
  }

  private SubmitJob.Submitted submit(Connection users, Submission one) {
    namespaceKnown.accept(one.spec().namespace());
    SubmitJob request = request(one, store.now());
    if (one.spec().ties().binding()) {
      throw new JobRefusedException(UwerCode.SCHEMA_VIOLATION,
          "a singleton, or a job of a batch, cannot be handed in within a transaction of yours", null);
    }
    try {
      if (!jobs.know(users, one.spec().namespace(), one.spec().type())) types.comes(one.spec());
      for (int trial = 1; ; trial++) {
        JobState there = trial == 1 ? null : jobs.byKey(List.of(JobLane.key(one.spec()))).get(JobLane.key(one.spec()));
        switch (request.decide(new JobSituation(there, null, null, store.now()))) {
          case JobDecision.Unchanged<SubmitJob.Submitted> same -> {
            return same.answer();
          }
          case JobDecision.Refused<SubmitJob.Submitted> no ->
              throw new JobRefusedException(no.code(), no.message(), no.pointer());
          case JobDecision.Change<SubmitJob.Submitted> birth -> {
            if (jobs.submit(users, birth)) return birth.answer();
            if (trial > 2) {
              throw new JobRefusedException(UwerCode.KEY_CONFLICT,
                  "key '%s' was taken in this very transaction".formatted(one.spec().key()), null);
            }
          }
        }
      }
    } catch (SQLException e) {
      throw new RejectedException(Rejection.because(Rejection.Code.STORE_UNAVAILABLE,
          "the job could not be written in your transaction: " + e.getMessage()), e);
    }
  }

  @Override
  public Optional<JobState> get(String namespace, JobId job) {
    return Optional.ofNullable(jobs.load(List.of(job)).get(job)).filter(there -> isOf(there, namespace));
  }

  private static boolean isOf(JobState job, String namespace) {
    return job.spec().namespace().equals(namespace);
  }

  @Override
  public Optional<JobState> find(String namespace, String type, String key) {
    JobStore.Key wanted = new JobStore.Key(namespace, type, key);
    return Optional.ofNullable(jobs.byKey(List.of(wanted)).get(wanted));
  }

  @Override
  public Page<JobState> list(Listing query) {
    return new JobPages(jobs).page(query);
  }

  @Override
  public Optional<Payload> original(String namespace, JobId job) {
    return get(namespace, job).isEmpty() ? Optional.empty() : jobs.original(job);
  }

  @Override
  public List<Transition> ledger(String namespace, JobId job, int limit) {
    List<Transition> lines = jobs.ledger(job, Math.min(Math.max(1, limit), 10_000));
    return lines.isEmpty() || !lines.getFirst().namespace().equals(namespace) ? List.of() : lines;
  }

  @Override
  public List<LateReport> lateReports(String namespace, JobId job, int limit) {
    if (get(namespace, job).isEmpty()) return List.of();
    List<LateReport> all = new ArrayList<>();
    for (JobStore.Refused late : jobs.late(job, Math.min(Math.max(1, limit), 1_000))) {
      Payload body = late.body();
      if (body != null) all.add(new LateReport(late.line(), body));
    }
    return all;
  }

  /** Nothing crosses a namespace: a job of another one is not there. */
  private <A> @Nullable JobAnswer<A> elsewhere(String namespace, JobId job) {
    if (get(namespace, job).isPresent()) return null;
    return new JobAnswer.Refused<>(UwerCode.NOT_FOUND, "there is no job " + job, null);
  }

  private <A> JobAnswer<A> about(String namespace, JobRequest<A> request) {
    JobAnswer<A> no = elsewhere(namespace, request.job());
    return no != null ? no : lanes.submit(request);
  }

  @Override
  public JobAnswer<JobPhase> cancel(String namespace, JobId job, Actor actor) {
    return about(namespace, new CancelJob(job, actor));
  }

  @Override
  public JobAnswer<JobPhase> callback(Callback callback) {
    return lanes.submit(new ReceiveCallback(callback.token().job(), callback.token().epoch(), callback.digest(),
        callback.result(), callback.error(), callback.actor()));
  }

  // ---- batches

  @Override
  public JobAnswer<Batch> openBatch(String namespace, String id, String callback) {
    namespaceKnown.accept(namespace);
    JobBatch there = jobs.openBatch(new JobBatch(namespace, id, callback, store.now(), null, null));
    return there.callback().equals(callback)
        ? new JobAnswer.Done<>(shown(there))
        : new JobAnswer.Refused<>(UwerCode.KEY_CONFLICT,
            "batch %s came before with the callback %s".formatted(id, there.callback()), null);
  }

  @Override
  public JobAnswer<Batch> closeBatch(String namespace, String id) {
    return jobs.closeBatch(namespace, id).<JobAnswer<Batch>>map(batch -> new JobAnswer.Done<>(shown(batch)))
        .orElseGet(() -> new JobAnswer.Refused<>(UwerCode.NOT_FOUND, "there is no batch " + id, null));
  }

  @Override
  public Optional<Batch> batch(String namespace, String id) {
    return jobs.batch(namespace, id).map(this::shown);
  }

  private Batch shown(JobBatch batch) {
    return new Batch(batch.id(), batch.callback(), batch.openedAt(), batch.closedAt(), batch.callbackJob(),
        jobs.members(batch.namespace(), batch.id()), jobs.tally(batch.namespace(), batch.id()));
  }

  // ---- operators

  @Override
  public JobAnswer<OperateJob.Operated> operate(String namespace, JobId job, OperatorAct act, OperatorPapers papers,
      long expectedEpoch, boolean dryRun) {
    return about(namespace, new OperateJob(job, act, papers, expectedEpoch, dryRun));
  }

  @Override
  public ActReport operateMany(ActOrder order) {
    return new ManyActs(jobs, lanes, this, order).run();
  }

  @Override
  public Page<DeadLetter> deadLetters(DeadLetters query) {
    if (query.limit() < 1 || query.limit() > 1_000) {
      throw new JobRefusedException(UwerCode.SCHEMA_VIOLATION, "expected 1 to 1000, got " + query.limit(), "/limit");
    }
    List<JobStore.Letter> found = jobs.letters(new JobStore.LetterQuery(query.namespace(), query.type(), query.cause(),
        query.limit() + 1, cursor(query.after())));
    boolean more = found.size() > query.limit();
    List<JobStore.Letter> page = more ? found.subList(0, query.limit()) : found;
    List<DeadLetter> items = page.stream()
        .map(l -> new DeadLetter(l.job(), l.type(), l.cause(), l.at(), l.error(), l.redriveAt())).toList();
    JobStore.Letter last = more ? page.getLast() : null;
    return new Page<>(items, last == null ? null : micros(last.at()) + "." + last.job());
  }

  private static long micros(Instant at) {
    return at.getEpochSecond() * 1_000_000L + at.getNano() / 1_000;
  }

  private static JobStore.@Nullable Cursor cursor(@Nullable String text) {
    if (text == null) return null;
    try {
      int dot = text.indexOf('.');
      long micros = Long.parseLong(text.substring(0, dot));
      return new JobStore.Cursor(Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L),
          Math.floorMod(micros, 1_000_000L) * 1_000L), JobId.parse(text.substring(dot + 1)));
    } catch (IndexOutOfBoundsException | IllegalArgumentException notOurs) {
      throw new JobRefusedException(UwerCode.SCHEMA_VIOLATION, "expected a cursor of the page before", "/after");
    }
  }

  @Override
  public RedriveReport redrive(RedriveOrder order) {
    return new Redrive(store, lanes, this, order).run();
  }

  @Override
  public RedriveOperation startRedrive(RedriveOrder order) {
    return redrives.start(order);
  }

  /** Goes on with what nodes that are gone had begun. @return how many */
  int adoptRedrives(Instant now) {
    return redrives.adopt(now);
  }

  @Override
  public Optional<RedriveOperation> redriveOperation(String namespace, String id) {
    return redrives.find(namespace, id);
  }

  @Override
  public List<RedriveOperation> redriveOperations(String namespace) {
    return redrives.list(namespace);
  }

  @Override
  public boolean haltRedrive(String namespace, String id, String operator) {
    return redrives.halt(namespace, id, operator);
  }

  /** What it does in the background ends. */
  void close() {
    redrives.close();
  }

  /** All letters that a query finds, one more than a bulk order may name. */
  List<JobId> matching(DeadLetters query) {
    List<JobId> all = new ArrayList<>();
    String after = null;
    do {
      Page<DeadLetter> page = deadLetters(
          new DeadLetters(query.namespace(), query.type(), query.cause(), 1_000, after));
      page.items().forEach(letter -> all.add(letter.job()));
      after = page.next();
    } while (after != null && all.size() <= BulkOrder.CAP);
    return all;
  }

  @Override
  public JobAnswer<Boolean> discard(String namespace, JobId job, OperatorPapers papers) {
    JobState there = get(namespace, job).orElse(null);
    if (there == null) return new JobAnswer.Refused<>(UwerCode.NOT_FOUND, "there is no job " + job, null);
    // The papers must be as good as for any other act; a rehearsal of the redrive says whether they are.
    JobAnswer<OperateJob.Operated> allowed = lanes.submit(
        new OperateJob(job, new OperatorAct.Redrive(), papers, there.epoch(), true));
    if (allowed instanceof JobAnswer.Refused<OperateJob.Operated> no) {
      return new JobAnswer.Refused<>(no.code(), no.message(), no.pointer());
    }
    Transition line = new Transition(job, namespace, store.now(), new Actor(Actor.Kind.OPERATOR, papers.operator()),
        JobEvent.FORCE_DEAD_LETTER, there.phase(), there.epoch(), there.phase(), there.epoch(), null, null, null, papers);
    return new JobAnswer.Done<>(jobs.discard(line));
  }

  @Override
  public AuditReport verifyAudit(String namespace) {
    JobStore.AuditReport report = jobs.verifyAudit(namespace);
    return new AuditReport(report.lines(), report.brokenAt(), report.why());
  }

  @Override
  public AuditReport verifyLedgers(String namespace) {
    JobStore.AuditReport report = jobs.verifySeals(namespace);
    return new AuditReport(report.lines(), report.brokenAt(), report.why());
  }

  @Override
  public List<AuditLine> audit(String namespace, long after, int limit) {
    if (limit < 1 || limit > 10_000) {
      throw new JobRefusedException(UwerCode.SCHEMA_VIOLATION, "expected 1 to 10000, got " + limit, "/limit");
    }
    return jobs.audit(namespace, after, limit).stream()
        .map(one -> new AuditLine(one.number(), HexFormat.of().formatHex(one.hash()), one.line())).toList();
  }

  // ---- types

  @Override
  public void pause(String namespace, String type, String actor, String reason) {
    namespaceKnown.accept(namespace);
    jobs.pause(namespace, type, new JobStore.Pause(store.now(), actor, reason));
    types.changed();
  }

  @Override
  public boolean resume(String namespace, String type) {
    boolean was = jobs.resume(namespace, type);
    types.changed();
    bell.ringAll();
    return was;
  }

  @Override
  public List<Pause> pauses(String namespace) {
    List<Pause> all = new ArrayList<>();
    for (JobStore.Type type : jobs.types()) {
      JobStore.Pause pause = type.pause();
      if (pause != null && type.namespace().equals(namespace)) {
        all.add(new Pause(type.type(), pause.at(), pause.actor(), pause.reason()));
      }
    }
    return all;
  }

  @Override
  public void limit(String namespace, String type, JobLimits limits) {
    namespaceKnown.accept(namespace);
    jobs.know(namespace, type);
    jobs.limit(namespace, type, limits);
    types.changed();
    bell.ringAll();
  }

  @Override
  public Map<String, JobLimits> limits(String namespace) {
    Map<String, JobLimits> all = new TreeMap<>();
    for (JobStore.Type type : jobs.types()) {
      if (type.namespace().equals(namespace) && !type.limits().none()) all.put(type.type(), type.limits());
    }
    return all;
  }

  @Override
  public List<Breaker> breakers(String namespace) {
    return jobs.breakers().stream().filter(one -> one.namespace().equals(namespace))
        .map(one -> one.at(store.now())).toList();
  }

  @Override
  public Breaker trip(String namespace, String dependency, String why) {
    namespaceKnown.accept(namespace);
    return breakers.trip(namespace, dependency, why);
  }

  @Override
  public Breaker probe(String namespace, String dependency) {
    namespaceKnown.accept(namespace);
    return breakers.probe(namespace, dependency);
  }

  @Override
  public List<Count> counts(String namespace) {
    return jobs.counts(namespace).stream().map(c -> new Count(c.type(), c.phase(), c.leased(), c.jobs())).toList();
  }
}
