package dev.pawl.engine.store.sql;

import static dev.pawl.engine.store.sql.Samples.NOON;
import static dev.pawl.engine.store.sql.Samples.NS;
import static dev.pawl.engine.store.sql.Samples.done;
import static dev.pawl.engine.store.sql.Samples.effects;
import static dev.pawl.engine.store.sql.Samples.grant;
import static dev.pawl.engine.store.sql.Samples.report;
import static dev.pawl.engine.store.sql.Samples.starting;
import static dev.pawl.engine.store.sql.Samples.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import dev.pawl.core.run.Command;
import dev.pawl.core.run.CorruptHistory;
import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Mail;
import dev.pawl.core.run.Run;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RunId;
import dev.pawl.core.value.SearchValue;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.Store.Outcome.Conflict;
import dev.pawl.engine.store.Store.Outcome.Landed;
import dev.pawl.engine.store.StoreClock;
import dev.pawl.engine.store.StoreConfig;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Retention, erasure, namespaces, and the hash over history. */
class UpkeepTest {
  private static final List<String> TABLES = List.of("pawl_chains", "pawl_runs", "pawl_events", "pawl_tasks", "pawl_mailbox",
      "pawl_requests", "pawl_updates", "pawl_transitions", "pawl_late_reports", "pawl_step_results", "pawl_search_attributes");

  private Database database;

  private Store store(DatabaseServer server) {
    database = server.fresh();
    return Stores.open(database.jdbcUrl(), database.user(), database.password(), StoreConfig.STANDARD,
        StoreClock.of(new TestClock(NOON)));
  }

  private static Run land(Store store, Samples.Made made) {
    assertThat(store.commit(List.of(made.write()))).containsExactly(new Landed());
    return made.run();
  }

  /** A run with rows in every table. */
  private Run full(Store store, String workflowId) throws Exception {
    SessionId session = SessionId.random();
    Run run = land(store, Samples.start(starting(NS, workflowId, Samples.with(Duration.ZERO, 5,
        Map.of("a", new SearchValue.Keyword("b"))))));
    run = land(store, grant(run, session, NOON));
    run = land(store, report(run, session, false, StoreContract.activity(1),
        new Command.StartTimer(2, Duration.ofHours(1))));
    store.commit(List.of(effects(
        new Effect.AdmitUpdate(new Effect.Update(run.id(), "u", "add", null, Map.of(), Effect.UpdatePhase.ADMITTED,
            null)),
        new Effect.Remember(new Effect.Remembered(NS, workflowId, "req", "d", run.id(), 1, NOON)),
        new Effect.Note(NS, run.id(), 0, 1, "PAUSED", null, "anna", null, NOON),
        new Effect.KeepLateReport(new TaskToken(run.id(), 1, 1, 1), "complete", null, "late", NOON))));
    try (Connection users = database.dataSource().getConnection()) {
      store.recordEffect(users, run.id(), 3, Payload.NULL);
    }
    return run;
  }

  private Map<String, Long> rows() throws Exception {
    Map<String, Long> counts = new java.util.TreeMap<>();
    try (Connection c = database.dataSource().getConnection(); Statement s = c.createStatement()) {
      for (String table : TABLES) {
        try (ResultSet r = s.executeQuery("select count(*) from " + table)) {
          r.next();
          if (r.getLong(1) > 0) counts.put(table, r.getLong(1));
        }
      }
    }
    return counts;
  }

  @Everywhere
  void erasedRunLeavesNoRowAndFencesWhoeverHeldIt(DatabaseServer server) throws Exception {
    try (Store store = store(server)) {
      Run run = full(store, "gone");
      assertThat(rows().keySet()).containsExactlyInAnyOrderElementsOf(TABLES);
      Samples.Made late = report(run, run.task().session(), false, step(9));
      assertThat(store.erase(run.id())).isTrue();
      assertThat(rows()).isEmpty();
      assertThat(store.erase(run.id())).isFalse();
      assertThat(store.commit(List.of(late.write()))).containsExactly(new Conflict());
      assertThat(rows()).isEmpty();
    }
  }

  @Everywhere
  void aNamespaceGoesWithEverythingInItAndNothingElse(DatabaseServer server) throws Exception {
    try (Store store = store(server)) {
      full(store, "a");
      full(store, "b");
      full(store, "c");
      store.jobs().commit(List.of(SampleJobs.born("j1")));
      store.declarations().put(NS, "k", "n", "{}");
      store.putNamespace(new Store.Namespace(NS, "", Duration.ofDays(1)));
      store.putNamespace(new Store.Namespace("other", "", Duration.ofDays(1)));
      store.declarations().put("other", "k", "n", "{}");
      assertThat(store.eraseNamespace(NS, 2)).isEqualTo(new Store.Erased(2, 1, 0));
      assertThat(store.namespaces()).extracting(Store.Namespace::name).containsExactly("other");
      assertThat(store.eraseNamespace(NS, 2)).isEqualTo(new Store.Erased(1, 0, 0));
      assertThat(store.eraseNamespace(NS, 2).others()).isPositive();
      assertThat(store.eraseNamespace(NS, 2).nothing()).isTrue();
      assertThat(namespacesIn()).as("of all tables that have a column for it").containsOnly("other");
      assertThat(rows()).isEmpty();
    }
  }

  /** Every name that stands in a column called so, whatever tables there are. */
  private List<String> namespacesIn() throws Exception {
    List<String> tables = new ArrayList<>();
    List<String> names = new ArrayList<>();
    try (Connection c = database.dataSource().getConnection(); Statement s = c.createStatement()) {
      try (ResultSet r = c.getMetaData().getColumns(c.getCatalog(), null, "pawl%", "namespace")) {
        while (r.next()) tables.add(r.getString("TABLE_NAME"));
      }
      assertThat(tables).contains("pawl_runs", "pawl_jobs", "pawl_declarations");
      for (String table : tables) {
        try (ResultSet r = s.executeQuery("select distinct namespace from " + table)) {
          while (r.next()) names.add(r.getString(1));
        }
      }
    }
    return names;
  }

  @Everywhere
  void pruneTakesClosedRunsInSlicesAndLeavesTheRest(DatabaseServer server) throws Exception {
    try (Store store = store(server)) {
      List<Run> closed = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        Run run = full(store, "closed-" + i);
        closed.add(land(store, report(run, run.task().session(), true, done())));
      }
      Run open = full(store, "open");
      assertThat(store.prune(NS, NOON, 10)).as("closed at noon, not before").isZero();
      // Closing took back the timers and tasks; what is left in the mailbox would be told to others first.
      assertThat(store.prune(NS, NOON.plusSeconds(1), 2)).isEqualTo(2);
      assertThat(store.prune("other", NOON.plusSeconds(1), 10)).isZero();
      var left = store.load(Samples.wanted(closed.stream().map(Run::id).toArray(RunId[]::new))).runs().keySet();
      assertThat(left).hasSize(3);
      Mail mail = new Mail(Mail.Key.toParent(left.iterator().next(), "ended"), NOON, new Mail.TimerDue(1));
      store.commit(List.of(effects(new Effect.Post(mail))));
      assertThat(store.prune(NS, NOON.plusSeconds(1), 10)).isEqualTo(2);
      store.commit(List.of(effects(new Effect.Take(mail.key()))));
      assertThat(store.prune(NS, NOON.plusSeconds(1), 10)).isEqualTo(1);
      assertThat(store.load(Samples.wanted(open.id())).runs()).hasSize(1);
      assertThat(rows()).containsEntry("pawl_runs", 1L).containsEntry("pawl_chains", 1L).containsEntry("pawl_events", 4L)
          .containsEntry("pawl_requests", 6L);
      assertThat(store.forgetRequests(NOON.plusSeconds(1), 100)).isEqualTo(6);
      store.erase(open.id());
      assertThat(rows()).isEmpty();
    }
  }

  @Everywhere
  void hashOfHistoryIsTheChainOverTheEventsAsStored(DatabaseServer server) throws Exception {
    try (Store store = store(server); Store other = Stores.open(database.jdbcUrl(), database.user(),
        database.password(), StoreConfig.STANDARD, StoreClock.of(new TestClock(NOON)))) {
      Run run = full(store, "hashed");
      // A node that never saw the run has to read what it adds to.
      Samples.Made signal = Samples.signal(run, "from elsewhere");
      assertThat(other.commit(List.of(signal.write()))).containsExactly(new Landed());
      Samples.Made next = report(signal.run(), run.task().session(), false, step(5), step(6));
      assertThat(store.commit(List.of(next.write()))).containsExactly(new Landed());
      try (Connection c = database.dataSource().getConnection(); Statement s = c.createStatement()) {
        byte[] hash = HistoryHash.START;
        long bytes = 0;
        try (ResultSet r = s.executeQuery("select seq, at, seen, type, data from pawl_events order by seq")) {
          while (r.next()) {
            byte[] data = r.getString(5).getBytes(java.nio.charset.StandardCharsets.UTF_8);
            bytes += data.length;
            hash = HistoryHash.next(hash, r.getLong(1), r.getLong(2), r.getLong(3), r.getString(4), data);
          }
        }
        try (ResultSet r = s.executeQuery("select history_hash, history_bytes from pawl_runs")) {
          r.next();
          assertThat(r.getBytes(1)).isEqualTo(hash);
          assertThat(r.getLong(2)).isEqualTo(bytes);
        }
      }
    }
  }

  @Everywhere
  void namespacesAreKept(DatabaseServer server) {
    try (Store store = store(server)) {
      assertThat(store.namespaces()).isEmpty();
      store.putNamespace(new Store.Namespace("shop", "first", Duration.ofDays(7)));
      store.putNamespace(new Store.Namespace("bank", "", Duration.ofDays(30)));
      store.putNamespace(new Store.Namespace("shop", "second", Duration.ofDays(14)));
      assertThat(store.namespaces()).containsExactly(new Store.Namespace("bank", "", Duration.ofDays(30)),
          new Store.Namespace("shop", "second", Duration.ofDays(14)));
    }
  }

  @Everywhere
  void unreadableRowIsReportedAndItsNeighboursAreRead(DatabaseServer server) throws Exception {
    try (Store store = store(server)) {
      Run good = full(store, "good");
      Run bad = full(store, "bad");
      try (Connection c = database.dataSource().getConnection(); Statement s = c.createStatement()) {
        s.executeUpdate("update pawl_runs set state = '{\"nonsense' where workflow_id = 'bad'");
      }
      Store.Loaded loaded = store.load(Samples.wanted(good.id(), bad.id()));
      assertThat(loaded.runs()).containsOnlyKeys(good.id());
      assertThat(loaded.corrupt()).containsOnlyKeys(bad.id());

      try (Connection c = database.dataSource().getConnection(); Statement s = c.createStatement()) {
        s.executeUpdate("update pawl_tasks set data = '[1, 2' where run_id = '%s'".formatted(bad.id()));
        // Due for certain: the database's clock may be a little behind this process's reading of it.
        s.executeUpdate("update pawl_tasks set visible_at = 0");
        s.executeUpdate("update pawl_mailbox set data = '[', due = 0 where owner = '%s'".formatted(bad.id()));
        s.executeUpdate("update pawl_mailbox set due = 0 where owner = '%s'".formatted(good.id()));
        s.executeUpdate("update pawl_events set data = 'x' where seq = 2 and run_id = '%s'".formatted(bad.id()));
      }
      TaskId goodTask = new TaskId(good.id(), 1);
      TaskId badTask = new TaskId(bad.id(), 1);
      Store.Loaded tasks = store.load(new Store.Wanted(List.of(), List.of(), List.of(goodTask, badTask), List.of(),
          List.of()));
      assertThat(tasks.tasks()).containsOnlyKeys(goodTask);
      assertThat(tasks.corrupt()).containsOnlyKeys(bad.id());
      assertThat(store.dueMails(10)).extracting(m -> m.key().owner()).containsExactly(good.id());
      assertThat(store.claimActivities(NS, "work", SessionId.random(), List.of(), 10)).extracting(t -> t.id())
          .containsExactly(goodTask);
      assertThatThrownBy(() -> store.events(bad.id(), 0, 10)).isInstanceOf(CorruptHistory.class)
          .hasMessageContaining("event 2");
    }
  }
}
