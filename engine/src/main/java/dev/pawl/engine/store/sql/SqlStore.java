package dev.pawl.engine.store.sql;

import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Event;
import dev.pawl.core.run.Mail;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RunId;
import dev.pawl.engine.store.Budgets;
import dev.pawl.engine.store.Checkup;
import dev.pawl.engine.store.Declarations;
import dev.pawl.engine.store.JobStore;
import dev.pawl.engine.store.Questions;
import dev.pawl.engine.store.RunAudit;
import dev.pawl.engine.store.ScheduleStore;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.StoreConfig;
import dev.pawl.engine.store.StoreCounters;
import dev.pawl.engine.store.Visibility;
import dev.pawl.protocol.json.PayloadJson;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The store on an SQL database. Each verb is one line here; the noun it belongs to does it. */
final class SqlStore implements Store {
  private static final String EFFECT_OF = "select result from pawl_step_results where run_id = ? and step = ?";
  private static final String RECORD_EFFECT =
      "insert into pawl_step_results (run_id, step, at, result) values (?, ?, {now}, ?)";

  private final Access access;
  private final StoreCounters counters = new StoreCounters();
  private final Commits<Write, Packed> commits;
  private final Loading loading;
  private final Queues queues;
  private final Sessions sessions;
  private final Upkeep upkeep;
  private final Quarantine quarantine;
  private final Search search;
  private final QuestionRows questions;
  private final DeclarationRows declarations;
  private final BudgetRows budgets;
  private final JobTables jobs;
  private final ScheduleRows schedules;
  private final RunSeals runAudit;

  SqlStore(Access access, CommitPath path, JobPath jobPath, Hashes hashes, StoreConfig config) {
    this.access = access;
    access.timelines().whenNew(hashes::clear);
    quarantine = new Quarantine(access, counters);
    loading = new Loading(access, hashes, quarantine);
    queues = new Queues(access, quarantine);
    sessions = new Sessions(access, quarantine);
    upkeep = new Upkeep(access);
    questions = new QuestionRows(access);
    declarations = new DeclarationRows(access);
    budgets = new BudgetRows(access);
    search = new Search(access, queues, loading, config);
    commits = new Commits<>(access, new RunCommits(access, path), config, counters);
    jobs = new JobTables(access, jobPath, config, counters);
    schedules = new ScheduleRows(access, config, counters);
    runAudit = new RunSeals(access);
  }

  @Override
  public long timeline() {
    return access.timelines().changes();
  }

  @Override
  public long epochFloor() {
    return access.timelines().epochFloor();
  }

  @Override
  public void whenTimelineIsNew(Runnable forget) {
    access.timelines().whenNew(forget);
  }

  @Override
  public List<Outcome> commit(List<Write> group, long timeline) {
    return group.isEmpty() ? List.of() : commits.commit(group, timeline);
  }

  @Override
  public Loaded load(Wanted wanted) {
    counters.loads.increment();
    return loading.load(wanted);
  }

  @Override
  public List<Event> events(RunId run, long after, int limit) {
    return loading.events(run, after, limit);
  }

  @Override
  public Map<RunId, List<Event>> events(Map<RunId, Long> after) {
    return loading.events(after);
  }

  @Override
  public Set<RunId> underWay(Collection<RunId> runs) {
    return loading.underWay(runs);
  }

  @Override
  public long find(RunId run, long after, long upTo, boolean reported) {
    return loading.find(run, after, upTo, reported);
  }

  @Override
  public List<Effect.Update> admitted(RunId run) {
    return loading.admitted(run);
  }

  @Override
  public boolean quarantine(RunId run, String why) {
    return quarantine.isolate(List.of(new Quarantine.OfRun(run, why))) > 0;
  }

  @Override
  public boolean refold(RunId run) {
    return new Refolding(access).refold(run);
  }

  @Override
  public List<RunId> readyRuns(String namespace, String queue, SessionId session, Duration stickyWait,
      Collection<String> types, int skip, int limit) {
    return queues.readyRuns(namespace, queue, session, stickyWait, types, skip, limit);
  }

  @Override
  public List<ActivityTask> claimActivities(String namespace, String queue, SessionId session,
      Collection<String> types, int limit) {
    return queues.claim(namespace, queue, session, types, limit);
  }

  @Override
  public List<Mail> dueMails(int limit) {
    return queues.dueMails(limit);
  }

  @Override
  public Optional<Instant> nextDue() {
    return queues.nextDue();
  }

  @Override
  public List<ActivityTask> overdueActivities(int limit) {
    return queues.overdue(limit);
  }

  @Override
  public Instant now() {
    return access.time().now();
  }

  @Override
  public Duration checkClock() {
    access.time().check(access);
    return access.time().jumped();
  }

  @Override
  public boolean renew(Session session, Duration leaseTime) {
    return sessions.renew(session, leaseTime);
  }

  @Override
  public Optional<Session> openSession(SessionId session) {
    return sessions.open(session);
  }

  @Override
  public void close(SessionId session) {
    sessions.close(session);
  }

  @Override
  public int expireSessions() {
    return sessions.expire();
  }

  @Override
  public List<HeldRun> abandonedRuns(int limit) {
    return sessions.abandonedRuns(limit);
  }

  @Override
  public List<ActivityTask> abandonedActivities(int limit) {
    return sessions.abandonedActivities(limit);
  }

  @Override
  public List<HeldLease> leasesOf(SessionId session) {
    return sessions.leasesOf(session);
  }

  @Override
  public List<SessionView> sessions(int limit) {
    return sessions.list(limit);
  }

  @Override
  public List<ActivityTask> beat(List<Beat> beats) {
    return sessions.beat(beats);
  }

  @Override
  public Optional<Payload> effectOf(RunId run, int step) {
    return access.read(link -> {
      try (Call call = link.sql(EFFECT_OF)) {
        return Optional.ofNullable(call.uuid(run.value()).number(step).first(row -> PayloadJson.read(row.text())));
      }
    });
  }

  @Override
  public void recordEffect(Connection users, RunId run, int step, Payload result) throws SQLException {
    try (Call call = access.onUsers(users, RECORD_EFFECT)) {
      call.uuid(run.value()).number(step).text(PayloadJson.write(result)).update();
    }
  }

  @Override
  public void post(Connection users, Mail mail) throws SQLException {
    String problem = Texts.name("mail", mail.key().item());
    if (problem != null) throw new IllegalArgumentException(problem);
    try (Call call = access.onUsers(users, RowWriter.INSERT_MAIL)) {
      RowWriter.mail(call, mail).update();
    }
  }

  @Override
  public Visibility visibility() {
    return search;
  }

  @Override
  public Questions questions() {
    return questions;
  }

  @Override
  public Declarations declarations() {
    return declarations;
  }

  @Override
  public Budgets budgets() {
    return budgets;
  }

  @Override
  public RunAudit runAudit() {
    return runAudit;
  }

  @Override
  public Checkup checkup() {
    return new CheckupRows(access);
  }

  @Override
  public JobStore jobs() {
    return jobs;
  }

  @Override
  public ScheduleStore schedules() {
    return schedules;
  }

  @Override
  public int prune(String namespace, Instant closedBefore, int limit) {
    return upkeep.prune(namespace, closedBefore, limit);
  }

  @Override
  public boolean erase(RunId run) {
    return upkeep.erase(run);
  }

  @Override
  public int forgetRequests(Instant before, int limit) {
    return upkeep.forgetRequests(before, limit);
  }

  @Override
  public List<Namespace> namespaces() {
    return upkeep.namespaces();
  }

  @Override
  public void putNamespace(Namespace namespace) {
    upkeep.putNamespace(namespace);
  }

  @Override
  public boolean addNamespace(Namespace namespace) {
    return upkeep.addNamespace(namespace);
  }

  @Override
  public Erased eraseNamespace(String name, int limit) {
    return upkeep.eraseNamespace(name, limit);
  }

  @Override
  public StoreCounters counters() {
    return counters;
  }

  @Override
  public void close() {
    access.close();
  }
}
