package dev.pawl.engine.store.sql;

import static dev.pawl.engine.store.sql.Samples.NOON;
import static dev.pawl.engine.store.sql.Samples.NS;
import static dev.pawl.engine.store.sql.Samples.start;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.SearchValue;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.StoreClock;
import dev.pawl.engine.store.StoreConfig;
import dev.pawl.engine.store.Visibility;
import dev.pawl.engine.store.Visibility.Field;
import dev.pawl.engine.store.Visibility.Filter;
import dev.pawl.engine.store.Visibility.Op;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Until;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/**
 * Lists, counts and deep pages over many runs, while others write. {@code -Dpawl.rows=1000000} makes them as many as the
 * fault catalogue wants them, and prints how long each question takes.
 */
class ManyRunsTest {
  private static final Duration SOON = Duration.ofMinutes(1);
  private static final int ROWS = Integer.getInteger("pawl.rows", 10_000);
  private static final int PAGE = 1_000;
  private static final long FIRST = Micros.of(NOON);

  private static final String RUN = """
      insert into pawl_runs (run_id, namespace, workflow_id, workflow_type, queue, priority, run_number, status, paused,
        version, phase, epoch, session, since, visible_at, seen, sticky, report, report_seq, losses, failures, admitted,
        reason, started_at, closed_at, last_seq, history_bytes, history_hash, commit_id, birth, state)
      values (?, ?, ?, 'Order', 'main', 5, 1, ?, 0, 1, ?, 1, null, 0, 0, 0, null, 0, 0, 0, 0, 0, null, ?, ?, 2, 0, ?, 1,
        '{}', '{}')""";
  private static final String ATTRIBUTE = """
      insert into pawl_search_attributes (run_id, name, ord, namespace, kind, text_value, int_value, real_value)
      values (?, ?, 0, ?, ?, ?, ?, ?)""";

  private static Dialect dialect(DatabaseServer server) {
    return switch (server.name()) {
      case "sqlite" -> new SqliteDialect();
      case "postgres" -> new PostgresDialect();
      default -> new MariadbDialect();
    };
  }

  /** Every thousandth is golden, half are closed, three begin in each microsecond. */
  private static void fill(Database database) throws SQLException {
    Dialect dialect = dialect(database.server());
    try (Connection connection = database.dataSource().getConnection();
        PreparedStatement run = connection.prepareStatement(RUN);
        PreparedStatement attribute = connection.prepareStatement(ATTRIBUTE)) {
      connection.setAutoCommit(false);
      for (int i = 0; i < ROWS; i++) {
        UUID id = new UUID(0x7000L, 0x8000_0000_0000_0000L + i);
        boolean closed = i % 2 == 0;
        dialect.bindUuid(run, 1, id);
        run.setString(2, NS);
        run.setString(3, "wf-" + i);
        run.setString(4, closed ? "COMPLETED" : "RUNNING");
        run.setString(5, closed ? "NONE" : "IDLE");
        run.setLong(6, FIRST + i / 3);
        run.setObject(7, closed ? FIRST + i : null);
        run.setBytes(8, new byte[16]);
        run.addBatch();
        attribute(attribute, dialect, id, "Tier", new SearchValue.Keyword(i % 1_000 == 0 ? "gold" : "silver"));
        attribute(attribute, dialect, id, "N", new SearchValue.Int(i));
        if (i % 2_000 == 1_999) flush(connection, run, attribute);
      }
      flush(connection, run, attribute);
    }
  }

  private static void attribute(PreparedStatement to, Dialect dialect, UUID run, String name, SearchValue value)
      throws SQLException {
    AttributeRows.Cell cell = AttributeRows.cells(value).getFirst();
    dialect.bindUuid(to, 1, run);
    to.setString(2, name);
    to.setString(3, NS);
    to.setString(4, cell.kind());
    to.setString(5, cell.text());
    to.setObject(6, cell.number());
    to.setObject(7, cell.real());
    to.addBatch();
  }

  private static void flush(Connection connection, PreparedStatement... batches) throws SQLException {
    for (PreparedStatement batch : batches) batch.executeBatch();
    connection.commit();
  }

  private static Map<String, Filter> filters() {
    Map<String, Filter> filters = new LinkedHashMap<>();
    filters.put("all", new Filter.All());
    filters.put("Tier = 'gold'", new Filter.Attribute("Tier", Op.EQUAL, new SearchValue.Keyword("gold")));
    filters.put("N < 10", new Filter.Attribute("N", Op.LESS, new SearchValue.Int(10)));
    filters.put("WorkflowId = 'wf-17'",
        new Filter.Compare(Field.WORKFLOW_ID, Op.EQUAL, new SearchValue.Keyword("wf-17")));
    filters.put("WorkflowId starts with 'wf-99'",
        new Filter.Compare(Field.WORKFLOW_ID, Op.STARTS_WITH, new SearchValue.Keyword("wf-99")));
    filters.put("not Tier = 'silver' and not N >= 0", new Filter.And(List.of(
        new Filter.Not(new Filter.Attribute("Tier", Op.EQUAL, new SearchValue.Keyword("silver"))),
        new Filter.Not(new Filter.Attribute("N", Op.GREATER_OR_EQUAL, new SearchValue.Int(0))))));
    return filters;
  }

  private static long expected(String filter) {
    return switch (filter) {
      case "all" -> ROWS;
      case "Tier = 'gold'" -> (ROWS + 999) / 1_000;
      case "N < 10" -> 10;
      case "WorkflowId = 'wf-17'" -> 1;
      case "WorkflowId starts with 'wf-99'" -> java.util.stream.IntStream.range(0, ROWS)
          .filter(i -> Integer.toString(i).startsWith("99")).count();
      default -> 0;
    };
  }

  /** Compares each run many times, and finds none. */
  private static Filter expensive() {
    List<Filter> parts = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      parts.add(new Filter.Attribute("Tier", Op.STARTS_WITH, new SearchValue.Keyword("bronze" + i)));
    }
    return new Filter.Or(parts);
  }

  private static void assertRefused(Rejection.Code code, ThrowingCallable question) {
    assertThatThrownBy(question).isInstanceOfSatisfying(RejectedException.class,
        no -> assertThat(no.code()).as(no.getMessage()).isEqualTo(code));
  }

  @Everywhere
  void whatReadsTooLongIsRefused(DatabaseServer server) throws Exception {
    Database database = server.fresh();
    try (Store store = open(database, StoreConfig.STANDARD.withQueryPatience(Duration.ofMillis(20)))) {
      fill(database);
      Visibility visibility = store.visibility();
      assertThatThrownBy(() -> visibility.count(NS, expensive())).isInstanceOfSatisfying(RejectedException.class, no -> {
        assertThat(no.code()).isEqualTo(Rejection.Code.QUERY_TOO_EXPENSIVE);
        assertThat(no.rejection().field()).isEqualTo("filter");
        assertThat(no).hasMessageContaining("expected an answer within 0.02 s");
      });
      assertRefused(Rejection.Code.QUERY_TOO_EXPENSIVE, () -> visibility.list(NS, expensive(), 10, null));
      var virtual = new FutureTask<Long>(() -> visibility.count(NS, expensive()));
      Thread.ofVirtual().start(virtual);
      assertThatThrownBy(virtual::get).cause().isInstanceOfSatisfying(RejectedException.class,
          no -> assertThat(no.code()).as(no.getMessage()).isEqualTo(Rejection.Code.QUERY_TOO_EXPENSIVE));
      assertRefused(Rejection.Code.QUERY_TOO_EXPENSIVE, () -> visibility.count(NS, expensive()));
      // The connections are as good as before, and duties take their time.
      Until.holds(SOON, () -> finds(visibility, "WorkflowId = 'wf-17'"));
      assertThat(visibility.open(NS, ROWS, null).runs()).hasSize(ROWS / 2);
    }
  }

  /** What costs little is refused too while the machine is busy with other things. */
  private static boolean finds(Visibility visibility, String one) {
    try {
      return visibility.list(NS, filters().get(one), 10, null).runs().size() == 1;
    } catch (RejectedException no) {
      assertThat(no.code()).isEqualTo(Rejection.Code.QUERY_TOO_EXPENSIVE);
      return false;
    }
  }

  @Everywhere
  void whoeverAsksForTooMuchHoldsNoWorkUp(DatabaseServer server) throws Exception {
    Database database = server.fresh();
    try (Store store = open(database, StoreConfig.STANDARD.withReaders(2).withQueryPatience(Duration.ofSeconds(3)))) {
      fill(database);
      // On a busy machine anything may take long. Had the questions all connections, it would each time.
      Until.holds(SOON, () -> looksWhileOthersAsk(store));
    }
  }

  /** Whether no look for mails took as long as the questions, or half as long. */
  private static boolean looksWhileOthersAsk(Store store) {
    List<CompletableFuture<Void>> questions = Stream.of(1, 2).map(who -> CompletableFuture.runAsync(() -> {
      try {
        store.visibility().count(NS, expensive());
      } catch (RejectedException no) {
        assertThat(no.code()).isIn(Rejection.Code.QUERY_TOO_EXPENSIVE, Rejection.Code.OVERLOADED);
      }
    }, command -> Thread.ofPlatform().start(command))).toList();
    long began = System.nanoTime();
    long longest = 0;
    while (questions.stream().noneMatch(CompletableFuture::isDone)) {
      long asked = System.nanoTime();
      assertThat(store.dueMails(10)).isEmpty();
      longest = Math.max(longest, System.nanoTime() - asked);
    }
    long all = System.nanoTime() - began;
    questions.forEach(CompletableFuture::join);
    return longest < all / 2;
  }

  private static Store open(Database database, StoreConfig config) {
    return Stores.open(database.jdbcUrl(), database.user(), database.password(), config,
        StoreClock.of(new TestClock(NOON)));
  }

  /** Among few runs every question is answered; among very many it may be refused, but only for what it costs. */
  private static void timed(DatabaseServer server, String what, Runnable action) {
    long began = System.nanoTime();
    String end = "took";
    try {
      action.run();
    } catch (RejectedException no) {
      assertThat(ROWS).as(what + ": " + no.getMessage()).isGreaterThan(100_000);
      assertThat(no.code()).as(no.getMessage()).isEqualTo(Rejection.Code.QUERY_TOO_EXPENSIVE);
      end = "was refused after";
    }
    if (System.getProperty("pawl.rows") != null) {
      System.out.printf("%s: %d runs: %s %s %.0f ms%n", server, ROWS, what, end, (System.nanoTime() - began) / 1e6);
    }
  }

  @Everywhere
  void areListedCountedAndLeafedThroughWhileOthersWrite(DatabaseServer server) throws Exception {
    if (!System.getProperty("pawl.db", server.name()).equals(server.name())) return;
    Database database = server.fresh();
    // Few runs on a busy machine may take their time; very many have what a node grants by itself.
    StoreConfig config = ROWS > 100_000 ? StoreConfig.STANDARD
        : StoreConfig.STANDARD.withQueryPatience(Duration.ofMinutes(2));
    try (Store store = open(database, config)) {
      fill(database);
      var enough = new AtomicBoolean();
      var written = new AtomicInteger();
      CompletableFuture<Long> writing = CompletableFuture.supplyAsync(() -> {
        long slowest = 0;
        while (!enough.get()) {
          long began = System.nanoTime();
          int n = written.incrementAndGet();
          assertThat(store.commit(List.of(start("written-" + n, NOON.plus(n, ChronoUnit.MICROS)).write())))
              .containsExactly(new Store.Outcome.Landed());
          slowest = Math.max(slowest, System.nanoTime() - began);
        }
        return slowest;
      }, command -> Thread.ofPlatform().start(command));
      Visibility visibility = store.visibility();
      filters().forEach((name, filter) -> {
        timed(server, "count of " + name, () -> assertThat(visibility.count(NS, filter))
            .as(name).isGreaterThanOrEqualTo(expected(name)));
        timed(server, "first page of " + name, () -> assertThat(visibility.list(NS, filter, 10, null).runs())
            .as(name).hasSizeGreaterThanOrEqualTo((int) Math.min(10, expected(name))));
      });
      Set<String> seen = new HashSet<>();
      timed(server, "leafing through all", () -> {
        Visibility.Cursor cursor = null;
        do {
          Visibility.Page page = visibility.list(NS, new Filter.All(), PAGE, cursor);
          page.runs().forEach(run -> assertThat(seen.add(run.workflowId())).as(run.workflowId()).isTrue());
          cursor = page.next();
        } while (cursor != null);
      });
      for (int i = 0; i < ROWS; i++) assertThat(seen.contains("wf-" + i)).as("wf-" + i).isTrue();
      enough.set(true);
      long slowest = writing.join();
      assertThat(written.get()).isPositive();
      if (System.getProperty("pawl.rows") != null) {
        System.out.printf("%s: %d commits meanwhile, the slowest took %.0f ms%n", server, written.get(), slowest / 1e6);
      }
    }
  }
}
